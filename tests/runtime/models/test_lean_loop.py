"""What the fast loop does differently inside is not seen outside."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from runtime import layers, metrics, models, optimizers
from runtime.data import ArrayBatches
from runtime.losses import mean_squared_error
from runtime.models.quick import QuickPlan
from tests.runtime.models.twins import OURS, assert_same_results, twins

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(48, 4)).astype("float32")
Y = RANDOM.normal(size=(48, 1)).astype("float32")


def graph(lib: Any, kind: Any = None) -> Any:
    inputs = lib.Input((4,))
    hidden = lib.layers.Dense(6, activation="tanh", kernel_regularizer=lib.regularizers.L2(0.01))(inputs)
    return (kind or lib.Model)(inputs, lib.layers.Dense(1)(hidden))


def fitted(model: Any, **settings: Any) -> Any:
    return model.fit(X, Y, **{"epochs": 2, "batch_size": 10, "shuffle": False, "verbose": 0, **settings})


def per_batch(y_true: Any, y_pred: Any) -> Any:
    """Root of the mean over a batch: what several batches give together is not the mean of theirs."""
    return ((y_true - y_pred) ** 2).mean() ** 0.5


def test_functions_that_look_at_whole_batches_get_one_batch_at_a_time() -> None:
    histories, measured = [], []
    for model in twins(graph):
        model.compile("adam", per_batch, metrics=[per_batch])
        histories.append(fitted(model).history)
        measured.append(model.evaluate(X, Y, batch_size=10, verbose=0))
    assert_same_results(*histories)
    assert_same_results(*measured)


def test_losses_and_metrics_as_functions_are_named_after_them() -> None:
    model = graph(OURS)
    model.compile(
        "adam", mean_squared_error, metrics=[mean_squared_error, metrics.MeanAbsoluteError(), per_batch]
    )
    assert list(fitted(model).history) == ["loss", "mean_absolute_error", "mean_squared_error", "per_batch"]


def test_freezing_and_compiling_again_changes_what_is_trained() -> None:
    model = graph(OURS)
    model.compile("adam", "mse")
    fitted(model)
    first = model.layers[1]
    first.trainable = False
    model.compile("adam", "mse")
    before = first.get_weights()
    fitted(model)
    for old, new in zip(before, first.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    first.trainable = True
    model.compile("adam", "mse")
    fitted(model)
    assert not np.array_equal(before[0], first.get_weights()[0])


def test_training_goes_on_where_it_stopped() -> None:
    split, whole = (graph(OURS) for _ in range(2))
    split.set_weights(whole.get_weights())
    for model in (split, whole):
        model.compile("adam", "mse")
    fitted(split, epochs=1)
    fitted(split, epochs=3, initial_epoch=1)
    fitted(whole, epochs=3)
    assert split.history.epoch == [1, 2]
    for one, other in zip(split.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_copy_is_trained_apart() -> None:
    model = graph(OURS)
    model.compile("adam", "mse")
    fitted(model)
    before = model.get_weights()
    twin = models.clone_model(model)
    twin.compile("adam", "mse")
    fitted(twin)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_plans_stay_with_their_model() -> None:
    model = graph(OURS)
    model.compile("adam", "mse")
    fitted(model)
    assert isinstance(model._plans[True], QuickPlan)
    assert not copy.deepcopy(model._plans)
    assert not pickle.loads(pickle.dumps(model._plans))


def test_compile_settings_can_be_carried_over() -> None:
    model = graph(OURS)
    assert model.get_compile_config() is None
    model.compile(optimizers.Adam(0.05), "mse", metrics=["mae"])
    other = graph(OURS)
    other.compile_from_config(model.get_compile_config())
    assert other.optimizer.learning_rate == pytest.approx(0.05)
    assert list(fitted(other).history) == ["loss", "mae"]


def test_layers_added_after_training_are_trained_too() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(X, np.zeros((48, 2)), verbose=0)
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    before = model.layers[1].get_weights()[0]
    fitted(model)
    assert not np.array_equal(before, model.layers[1].get_weights()[0])


def test_the_last_activation_is_reported_though_the_loss_has_it_inside() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    seen: list[torch.Tensor] = []

    def look(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        seen.append(y_pred)
        return y_pred[:, 0]

    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[look])
    model.fit(X, np.arange(48) % 3, batch_size=16, verbose=0)
    assert len(seen) == 3
    for probabilities in seen:
        np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [None, 7, 5000])
def test_predictions_are_those_of_a_call_whatever_the_batch_size(batch_size: int | None) -> None:
    x = RANDOM.normal(size=(2100, 4)).astype("float32")
    model = graph(OURS)
    found = model.predict(x, batch_size=batch_size, verbose=0)
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, model(x).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_batches_are_joined_only_when_nobody_counts_them() -> None:
    sizes: list[int] = []

    class Spy(layers.Layer):
        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            sizes.append(len(inputs))
            return inputs

    model = models.Sequential([layers.Input((4,)), Spy(), layers.Dense(1)])
    sizes.clear()
    model.predict(X, batch_size=16, verbose=0)
    # A layer of one's own may look at the batch as a whole.
    assert sizes == [16, 16, 16]

    batches: list[int] = []
    from runtime.callbacks import LambdaCallback

    plain = graph(OURS)
    plain.predict(
        X,
        batch_size=16,
        verbose=0,
        callbacks=[LambdaCallback(on_predict_batch_end=lambda b, logs: batches.append(len(logs["outputs"])))],
    )
    assert batches == [16, 16, 16]


def test_many_pixels_are_trained_on_without_a_copy_in_floating_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.data.arrays._CONVERTED_AT_ONCE", 0)
    kept: list[Any] = []
    plain = ArrayBatches.arrange

    def arrange(self: ArrayBatches, *arguments: Any) -> None:
        plain(self, *arguments)
        kept.append(self._prepared[0][0].dtype)  # type: ignore[index]

    monkeypatch.setattr(ArrayBatches, "arrange", arrange)
    pixels = RANDOM.integers(0, 255, (32, 4)).astype("uint8")
    histories = []
    for model in twins(
        lambda lib: lib.Sequential([lib.Input((4,)), lib.layers.Rescaling(1 / 255), lib.layers.Dense(1)])
    ):
        model.compile("adam", "mse")
        histories.append(model.fit(pixels, Y[:32], epochs=2, shuffle=False, verbose=0).history)
    assert kept == [torch.uint8]
    assert_same_results(*histories)


DATA: dict[str, Callable[[], Any]] = {
    "tensors": lambda: (torch.from_numpy(X), torch.from_numpy(Y)),
    "lists": lambda: (X.tolist(), Y.tolist()),
    "generator": lambda: ((X[at : at + 10], Y[at : at + 10]) for at in range(0, 48, 10)),
    "data loader": lambda: torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)), batch_size=10
    ),
}


@pytest.mark.parametrize("form", DATA)
def test_the_form_of_the_data_does_not_change_the_result(form: str) -> None:
    plain, other = (graph(OURS) for _ in range(2))
    other.set_weights(plain.get_weights())
    for model in (plain, other):
        model.compile("adam", "mse", metrics=["mae"])
    data = DATA[form]()
    given = data if isinstance(data, tuple) else (data,)
    wanted = fitted(plain, epochs=1).history
    assert_same_results(other.fit(*given, batch_size=10, shuffle=False, verbose=0).history, wanted)


def test_seeds_repeat_a_training_bit_for_bit() -> None:
    from runtime.utils import set_random_seed

    histories = []
    for _ in range(2):
        set_random_seed(11)
        model = models.Sequential([layers.Input((4,)), layers.Dense(8), layers.Dropout(0.3), layers.Dense(1)])
        model.compile("adam", "mse")
        histories.append(model.fit(X, Y, epochs=2, batch_size=8, verbose=0).history)
    assert histories[0] == histories[1]


def test_running_averages_replace_the_weights_at_the_end() -> None:
    results = []
    for model, lib in zip(twins(graph), (OURS, keras), strict=True):
        model.compile(lib.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
        fitted(model)
        results.append(model.get_weights())
    for mine, real in zip(*results, strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-6)


def test_a_metric_that_makes_new_tensors_can_be_evaluated_and_trained_in_turns() -> None:
    class Largest(metrics.Metric):
        def __init__(self) -> None:
            super().__init__(name="largest")
            self.value = torch.zeros(())

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.value = torch.maximum(self.value, (y_true - y_pred).abs().max())

        def result(self) -> torch.Tensor:
            return self.value

        def reset_state(self) -> None:
            self.value.zero_()

    model = graph(OURS)
    model.compile("sgd", "mse", metrics=[Largest()])
    history = fitted(model, validation_data=(X, Y)).history
    model.evaluate(X, Y, verbose=0)
    fitted(model)
    assert min(history["largest"]) > 0


def test_metrics_updated_inside_a_layer_are_reported() -> None:
    class Measures(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.size = metrics.Mean(name="size")

        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            self.size.update_state(inputs.detach().abs())
            return inputs

    model = models.Sequential([layers.Input((4,)), Measures(), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = fitted(model, validation_data=(X[:8], Y[:8])).history
    np.testing.assert_allclose(history["size"], np.abs(X).mean(), rtol=1e-5)
    np.testing.assert_allclose(history["val_size"], np.abs(X[:8]).mean(), rtol=1e-5)
    assert model.metrics_names == ["loss", "size"]


class CountsReads(TorchDispatchMode):
    """Counts how often Python waits for a number of a tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.reads += function is torch.ops.aten._local_scalar_dense.default
        return function(*args, **(kwargs or {}))


def test_steps_do_not_wait_for_numbers() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    labels = np.arange(48) % 3
    reads = []
    for batch_size in (48, 1):
        with CountsReads() as counted:
            model.fit(X, labels, batch_size=batch_size, verbose=0)
        reads.append(counted.reads)
    # 48 steps read no more numbers than one.
    assert reads[1] == reads[0]
