"""Training goes on where it stopped: the file has settings and state."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from runtime import losses, metrics, optimizers
from runtime.models import load_model
from tests.runtime.saving.zoo import many_ends, ours, perceptron, samples

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


in_whole_files = pytest.mark.parametrize("ending", [".h5", ".keras"])


def _data(model: Any) -> tuple[Any, Any]:
    inputs = samples(model, batch=8)
    return inputs, np.random.default_rng(1).random((8, 3)).astype("float32")


def _train(model: Any, steps: int) -> None:
    inputs, targets = _data(model)
    for _ in range(steps):
        model.train_on_batch(inputs, targets)


def _without_chance(build: Any) -> Any:
    """The perceptron without its dropout."""
    model = build(perceptron)
    model.layers[1].rate = 0.0
    return model


def _assert_equal_weights(mine: Any, real: Any) -> None:
    for one, other in zip(mine.get_weights(), real.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_the_real_keras_trains_an_h5_as_it_is(tmp_path: Path) -> None:
    """Not so with its own: there it gives the optimizer the state, but none of the weights."""
    mine = _without_chance(ours)
    mine.compile("adam", loss="mse")
    _train(mine, 2)
    mine.save(tmp_path / "m.h5")
    real: Any = keras.saving.load_model(tmp_path / "m.h5")
    real.layers[1].rate = 0.0
    inputs, targets = _data(real)
    before = real.evaluate(inputs, targets, verbose=0)
    real.fit(inputs, targets, epochs=20, verbose=0)
    assert real.evaluate(inputs, targets, verbose=0) < before


@in_whole_files
def test_a_schedule_goes_on(ending: str, tmp_path: Path) -> None:
    mine = _without_chance(ours)
    decay = optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    mine.compile(optimizers.SGD(decay), loss="mse")
    _train(mine, 2)
    mine.save(tmp_path / f"m{ending}")
    again = load_model(tmp_path / f"m{ending}")
    again.layers[1].rate = 0.0
    assert again.optimizer.learning_rate == pytest.approx(0.025)
    for model in (mine, again):
        _train(model, 1)
    _assert_equal_weights(again, mine)


@in_whole_files
def test_losses_and_metrics_for_each_output_come_back(ending: str, tmp_path: Path) -> None:
    mine = ours(many_ends)
    settings = {
        "loss": {"one": losses.Huber(delta=0.5), "multiply": "mae"},
        "loss_weights": {"one": 1.0, "multiply": 0.5},
        "metrics": {"one": [metrics.RootMeanSquaredError(name="distance")], "multiply": ["mse"]},
    }
    mine.compile("adam", **settings)
    inputs = samples(mine, batch=4)
    targets = [np.ones((4, 1), "float32"), np.ones((4, 2), "float32")]
    mine.save(tmp_path / f"m{ending}")
    again = load_model(tmp_path / f"m{ending}")
    wanted = mine.evaluate(inputs, targets, verbose=0)
    assert again.evaluate(inputs, targets, verbose=0) == pytest.approx(wanted)
    assert again.metrics_names == mine.metrics_names


def test_without_optimizer(tmp_path: Path) -> None:
    mine = ours(perceptron)
    mine.compile("adam", loss="mse")
    mine.save(tmp_path / "m.h5", include_optimizer=False)
    assert not load_model(tmp_path / "m.h5").compiled
    mine.save(tmp_path / "m.h5")
    assert not load_model(tmp_path / "m.h5", compile=False).compiled


def test_a_state_that_does_not_fit_is_left_with_a_warning(tmp_path: Path) -> None:
    mine = ours(perceptron)
    mine.compile("adam", loss="mse")
    _train(mine, 1)
    mine.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        group: Any = file["optimizer_state"]
        group.attrs["weight_names"] = group.attrs["weight_names"][:-1]
    with pytest.warns(UserWarning, match="starts anew"):
        again = load_model(tmp_path / "m.h5")
    assert again.optimizer.iterations == 0


@in_whole_files
def test_a_rate_keeps_its_digits(ending: str, tmp_path: Path) -> None:
    """The file has it in float32 beside the settings."""
    mine = ours(perceptron)
    mine.compile(optimizers.SGD(0.1), loss="mse")
    _train(mine, 1)
    mine.save(tmp_path / f"m{ending}")
    assert load_model(tmp_path / f"m{ending}").optimizer.get_config()["learning_rate"] == 0.1
    mine.optimizer.learning_rate = 0.025
    mine.save(tmp_path / f"m{ending}")
    assert load_model(tmp_path / f"m{ending}").optimizer.learning_rate == pytest.approx(0.025)


def test_weights_bring_the_optimizer_state_along(tmp_path: Path) -> None:
    mine = _without_chance(ours)
    mine.compile("adam", loss="mse")
    _train(mine, 3)
    mine.save_weights(tmp_path / "m.weights.h5")
    other = _without_chance(ours)
    other.compile("adam", loss="mse")
    other.load_weights(tmp_path / "m.weights.h5")
    _train(mine, 1)
    _train(other, 1)
    _assert_equal_weights(other, mine)
