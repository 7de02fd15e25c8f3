"""What bad settings and bad data get: an error that says what came, what was wanted and how to mend it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from runtime import layers, losses, models
from runtime.callbacks import EarlyStopping
from runtime.errors import (
    CompileError,
    DataError,
    LayerloomError,
    ParameterError,
    ShapeError,
    UnknownNameError,
)

X = np.ones((20, 4), "float32")
Y = np.arange(20) % 3


def mlp(units: int = 3, activation: str | None = "softmax", **settings: Any) -> Any:
    model = models.Sequential([layers.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile(**{"loss": "sparse_categorical_crossentropy", **settings})
    return model


def two_outputs(**settings: Any) -> Any:
    inputs = layers.Input((4,))
    model = models.Model(inputs, [layers.Dense(2, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
    model.compile(optimizer="sgd", **settings)
    return model


def stream() -> Iterator[Any]:
    while True:
        yield X[:5], Y[:5]


def fit(model: Any, *data: Any, **settings: Any) -> Any:
    return model.fit(*data, verbose=0, **settings)


TWO = [np.ones((20, 2)), np.ones((20, 1))]
CASES: dict[str, tuple[Callable[[], Any], type[LayerloomError], str]] = {
    "not compiled": (
        lambda: fit(models.Sequential([layers.Input((4,)), layers.Dense(1)]), X, Y),
        CompileError,
        "was not compiled.*model.compile",
    ),
    "unknown loss": (
        lambda: mlp(loss="categorical_crosentropy"),
        UnknownNameError,
        "Did you mean 'categorical_crossentropy'",
    ),
    "unknown metric": (lambda: mlp(metrics=["acuracy"]), UnknownNameError, "'accuracy'"),
    "unknown optimizer": (lambda: mlp(optimizer="adma"), UnknownNameError, "'Adam'"),
    "metrics not in a list": (lambda: mlp(metrics="accuracy"), CompileError, r"metrics=\['accuracy'\]"),
    "steps_per_execution": (lambda: mlp(steps_per_execution=0), CompileError, "at least 1"),
    "loss weights": (lambda: mlp(loss_weights="a"), CompileError, "list of numbers"),
    "lengths differ": (lambda: fit(mlp(), X, Y[:7]), DataError, "x has 20, y has 7"),
    "no samples": (lambda: fit(mlp(), X[:0], Y[:0]), DataError, r"no data: x has the shape \(0, 4\)"),
    "no data": (lambda: fit(mlp()), DataError, "x was not given"),
    "used-up generator": (lambda: fit(mlp(), iter([])), DataError, "gives no batch"),
    "missing numbers": (
        lambda: fit(mlp(), np.where(np.arange(80).reshape(20, 4) == 37, np.nan, X), Y),
        DataError,
        r"x has NaN.* 1 of 80 places, the first at \(9, 1\)",
    ),
    "infinite targets": (
        lambda: fit(mlp(1, None, loss="mse"), X, np.where(Y == 1, np.inf, Y)),
        DataError,
        "y has infinite values in 7",
    ),
    "classes from 1": (lambda: fit(mlp(), X, Y + 1), DataError, "from 1 to 3.*0 to 2.*subtract 1"),
    "too many classes": (lambda: fit(mlp(), X, Y * 2), DataError, "from 0 to 4.*5 units"),
    "negative class": (lambda: fit(mlp(), X, Y - 1), DataError, "from -1 to 1"),
    "class out of range in evaluate": (lambda: mlp().evaluate(X, Y + 5, verbose=0), DataError, "7"),
    "one-hot for a sparse loss": (lambda: fit(mlp(), X, np.eye(3)[Y]), DataError, "look one-hot"),
    "ids for a one-hot loss": (
        lambda: fit(mlp(loss="categorical_crossentropy"), X, Y),
        DataError,
        "look like class ids",
    ),
    "targets of another shape": (
        lambda: fit(mlp(3, None, loss="mse"), X, np.ones((20, 2))),
        DataError,
        r"\(20, 2\).*\(20, 3\)",
    ),
    "no target": (lambda: fit(mlp(), X), CompileError, "needs a target"),
    "no loss": (lambda: fit(mlp(loss=None), X, Y), CompileError, "no loss to compute"),
    "a loss without gradient": (
        lambda: fit(mlp(loss=lambda true, predicted: predicted.detach().sum(-1)), X, Y),
        CompileError,
        "depends on none of its weights",
    ),
    "a loss of many numbers": (
        lambda: fit(mlp(loss=losses.SparseCategoricalCrossentropy(reduction=None)), X, Y),
        CompileError,
        "not one number",
    ),
    "split of a generator": (
        lambda: fit(mlp(), stream(), steps_per_epoch=2, validation_split=0.2),
        DataError,
        "x is a generator",
    ),
    "split of one sample": (
        lambda: fit(mlp(), X[:1], Y[:1], validation_split=0.2),
        DataError,
        "1 samples cannot be split",
    ),
    "split beyond 1": (lambda: fit(mlp(), X, Y, validation_split=1.5), DataError, "between 0 and 1"),
    "targets beside a generator": (
        lambda: fit(mlp(), stream(), Y, steps_per_epoch=2),
        DataError,
        "brings its own",
    ),
    "class weights for two outputs": (
        lambda: fit(two_outputs(loss="mse"), X, TWO, class_weight={0: 1.0}),
        DataError,
        "sample_weight in its place",
    ),
    "class and sample weights": (
        lambda: fit(mlp(), X, Y, class_weight={0: 1.0}, sample_weight=np.ones(20)),
        DataError,
        "Use one of them",
    ),
    "class and sample weights of a batch": (
        lambda: mlp().train_on_batch(X, Y, class_weight={0: 1.0}, sample_weight=np.ones(20)),
        DataError,
        "Use one of them",
    ),
    "weights of another shape": (
        lambda: fit(mlp(), X, Y, sample_weight=np.ones((20, 3))),
        DataError,
        "one weight for each sample",
    ),
    "objects": (
        lambda: fit(mlp(), np.array([["a", 1, 2, 3]] * 20, dtype=object), Y),
        DataError,
        "no numbers",
    ),
    "texts as targets": (lambda: fit(mlp(), X, np.array(["cat"] * 20)), DataError, "y holds values"),
    "ragged lists": (lambda: fit(mlp(), [[1, 2], [1, 2, 3]], Y), DataError, "pad_sequences"),
    "a single number": (lambda: fit(mlp(), 3.0, Y), DataError, "axis of samples"),
    "other features": (lambda: fit(mlp(), np.ones((20, 5)), Y), ShapeError, "batch × 4, but gets batch × 5"),
    "batch size 0": (lambda: fit(mlp(), X, Y, batch_size=0), DataError, "at least 1"),
    "validation frequency": (
        lambda: fit(mlp(), X, Y, validation_data=(X, Y), validation_freq=0),
        DataError,
        "validation_freq",
    ),
    "one loss too few": (
        lambda: fit(two_outputs(loss=["mse"]), X, TWO),
        CompileError,
        r"list of 1.*2 outputs \(a, b\)",
    ),
    "loss of no output": (
        lambda: fit(two_outputs(loss={"aa": "mse"}), X, TWO),
        CompileError,
        "Did you mean 'a'",
    ),
    "target of no output": (
        lambda: fit(two_outputs(loss="mse"), X, {"a": TWO[0], "c": TWO[1]}),
        DataError,
        "Its outputs are a, b",
    ),
    "one target too few": (lambda: fit(two_outputs(loss="mse"), X, TWO[0]), DataError, "y has 1 array"),
    "metrics for which output": (
        lambda: fit(two_outputs(loss="mse", metrics=["mae"]), X, TWO),
        CompileError,
        "one entry for each output",
    ),
    "one input too few": (
        lambda: models.Model(
            [a := layers.Input((2,)), b := layers.Input((2,))], layers.Add()([a, b])
        ).predict(X[:, :2]),
        DataError,
        "has 2 inputs",
    ),
    "watched metric": (
        lambda: fit(mlp(metrics=["accuracy"]), X, Y, callbacks=[EarlyStopping("val_acuracy")]),
        CompileError,
        "Did you mean 'accuracy'",
    ),
    "no callback": (lambda: fit(mlp(), X, Y, callbacks=["stop"]), ParameterError, "'stop' is no callback"),
    "callback class": (lambda: fit(mlp(), X, Y, callbacks=[EarlyStopping]), ParameterError, "call it"),
}


@pytest.mark.parametrize("name", CASES)
def test_error_says_what_is_wrong(name: str) -> None:
    action, kind, pattern = CASES[name]
    with pytest.raises(kind, match=pattern):
        action()


def test_missing_numbers_are_left_to_layers_of_ones_own() -> None:
    class FillIn(layers.Layer):
        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return torch.nan_to_num(inputs)

    model = models.Sequential([layers.Input((4,)), FillIn(), layers.Dense(1)])
    model.compile(loss="mse")
    holey = X.copy()
    holey[3, 2] = np.nan
    history = model.fit(holey, Y, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_training_ends_with_a_warning_when_a_generator_is_used_up() -> None:
    model = mlp()
    with pytest.warns(UserWarning, match="no more data for epoch 2"):
        history = model.fit((batch for batch in [(X, Y)]), epochs=3, verbose=0)
    assert history.epoch == [0]


def test_fewer_batches_than_steps_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="ran out"):
        mlp().fit(X, Y, batch_size=10, steps_per_epoch=5, verbose=0)


# torch itself uses what it warns of when it loads its compiler.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_machine_without_a_compiler_is_told_what_it_lacks() -> None:
    import torch._inductor.config

    # Not taken from what an earlier run has translated.
    without = {"cpp.cxx": (None, "/no/compiler"), "force_disable_caches": True}
    with (
        torch._inductor.config.patch(without),
        pytest.raises(CompileError, match=r"could not translate.*C\+\+ compiler"),
    ):
        fit(mlp(jit_compile=True), X, Y)


def test_a_model_without_weights_to_train_says_so() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax", trainable=False)])
    model.compile(loss="sparse_categorical_crossentropy")
    before = model.get_weights()
    with pytest.warns(UserWarning, match="no weights to train"):
        model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
