"""The ways of the workloads in Keras's API, for any library that has it."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.benchmarks.speed.models import MODELS
from tests.benchmarks.speed.workloads import Workload

Run = Callable[[], Any]

LOSS = "sparse_categorical_crossentropy"


def prepared(keras: Any, work: Workload) -> Run:
    """The function that does the work of one measurement."""
    model, (x, y) = MODELS[work.model](keras), work.data()
    model.compile("adam", LOSS, metrics=["accuracy"])
    return WAYS[work.way](keras, model, x, y, work)


def fit(keras: Any, model: Any, x: Any, y: Any, work: Workload, **settings: Any) -> Run:
    del keras
    return lambda: model.fit(
        x, y, epochs=work.epochs, verbose=0, **{"batch_size": work.batch_size, **settings}
    )


def evaluate(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    del keras
    return lambda: [model.evaluate(x, y, batch_size=work.batch_size, verbose=0) for _ in range(work.epochs)]


def predict(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    del keras, y
    return lambda: [model.predict(x, batch_size=work.batch_size, verbose=0) for _ in range(work.epochs)]


def validation(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    half = len(x) // 2
    return fit(keras, model, x[:half], y[:half], work, validation_data=(x[half:], y[half:]))


def callbacks(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    """A callback that looks at the loss after each batch, and those of a usual training."""

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.last = batch, logs["loss"]

    usual = [
        keras.callbacks.EarlyStopping("loss", patience=1000),
        keras.callbacks.ReduceLROnPlateau("loss", patience=1000),
    ]
    return fit(keras, model, x, y, work, callbacks=[Watch(), *usual])


def class_weights(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    return fit(keras, model, x, y, work, class_weight=work.class_weights())


def sample_weights(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    return fit(keras, model, x, y, work, sample_weight=work.sample_weights())


def two_outputs(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    model.compile("adam", {"kind": LOSS, "size": "mse"}, metrics={"kind": ["accuracy"], "size": ["mae"]})
    return fit(keras, model, x, {"kind": y, "size": x[:, :1]}, work)


def metrics(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    top = keras.metrics.SparseTopKCategoricalAccuracy(2)
    model.compile("adam", LOSS, metrics=["accuracy", top, LOSS])
    return fit(keras, model, x, y, work)


def generator(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    size = work.batch_size

    def batches() -> Iterator[Any]:
        while True:
            for start in range(0, len(x), size):
                yield x[start : start + size], y[start : start + size]

    steps = len(range(0, len(x), size))
    return lambda: model.fit(batches(), epochs=work.epochs, steps_per_epoch=steps, verbose=0)


def py_dataset(keras: Any, model: Any, x: Any, y: Any, work: Workload) -> Run:
    size = work.batch_size
    steps = len(range(0, len(x), size))

    class Rows(keras.utils.PyDataset):
        def __len__(self) -> int:
            return steps

        def __getitem__(self, index: int) -> Any:
            return x[index * size : (index + 1) * size], y[index * size : (index + 1) * size]

    return lambda: model.fit(Rows(), epochs=work.epochs, verbose=0)


WAYS: dict[str, Callable[..., Run]] = {
    "fit": fit,
    "evaluate": evaluate,
    "predict": predict,
    "validation": validation,
    "callbacks": callbacks,
    "class weights": class_weights,
    "sample weights": sample_weights,
    "two outputs": two_outputs,
    "metrics": metrics,
    "generator": generator,
    "PyDataset": py_dataset,
}
