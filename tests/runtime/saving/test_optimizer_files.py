"""Every optimizer goes on where it stopped, here and in the real Keras, from every kind of file."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import keras
import numpy as np
import pytest

import runtime
from runtime import optimizers
from runtime.models import load_model
from runtime.optimizers import schedules
from tests.runtime.optimizers.test_optimizers import UnaliasedScheduleFreeAdamW
from tests.runtime.saving.cells import FROM_KERAS, TO_KERAS
from tests.runtime.saving.zoo import perceptron, samples, stir

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Make = Callable[[Any], Any]
"""Makes an optimizer of a library's modules, `runtime` or the real `keras`."""


def _by_part(lib: Any) -> Any:
    parts = lib.optimizers.OptimizerMap(lib.optimizers.SGD(0.05, momentum=0.9))
    parts[".*hidden/kernel"] = lib.optimizers.Adam(0.01, clipnorm=0.5)
    return lib.optimizers.MultiOptimizer(parts)


def _planned(name: str, *arguments: Any) -> Make:
    return lambda lib: lib.optimizers.SGD(getattr(lib.optimizers.schedules, name)(*arguments), momentum=0.5)


def _plain(name: str, **arguments: Any) -> Make:
    return lambda lib: getattr(lib.optimizers, name)(**arguments)


SETTINGS: dict[str, Make] = {
    "SGD": _plain("SGD", learning_rate=0.1),
    "SGD with momentum": _plain("SGD", learning_rate=0.1, momentum=0.9, nesterov=True),
    "Adam": _plain("Adam", learning_rate=0.02),
    "Adam, amsgrad": _plain("Adam", amsgrad=True, clipvalue=0.5),
    "AdamW": _plain("AdamW", weight_decay=0.1),
    "RMSprop": _plain("RMSprop", momentum=0.5, centered=True),
    "Adagrad": _plain("Adagrad", learning_rate=0.1),
    "Adadelta": _plain("Adadelta", learning_rate=1.0),
    "Adafactor": _plain("Adafactor", learning_rate=0.05),
    "Nadam": _plain("Nadam"),
    "Adamax": _plain("Adamax", clipnorm=0.5),
    "Ftrl": _plain("Ftrl", learning_rate=0.1, l1_regularization_strength=0.01),
    "Lion": _plain("Lion", learning_rate=0.01),
    "Lamb": _plain("Lamb", learning_rate=0.01),
    "Muon": _plain("Muon", learning_rate=0.02),
    "ScheduleFreeAdamW": _plain("ScheduleFreeAdamW", learning_rate=0.02, warmup_steps=3),
    "averages": _plain("Adam", use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
    "accumulation": _plain("SGD", learning_rate=0.1, momentum=0.5, gradient_accumulation_steps=2),
    "LossScaleOptimizer": lambda lib: lib.optimizers.LossScaleOptimizer(
        lib.optimizers.Adam(0.02), initial_scale=64.0, dynamic_growth_steps=2
    ),
    "MultiOptimizer": _by_part,
    "ExponentialDecay": _planned("ExponentialDecay", 0.1, 1, 0.5),
    "PiecewiseConstantDecay": _planned("PiecewiseConstantDecay", [1, 3], [0.1, 0.05, 0.2]),
    "PolynomialDecay": _planned("PolynomialDecay", 0.1, 6, 0.01, 2.0),
    "InverseTimeDecay": _planned("InverseTimeDecay", 0.1, 2, 0.5),
    "CosineDecay": _planned("CosineDecay", 0.1, 6),
    "CosineDecayRestarts": _planned("CosineDecayRestarts", 0.1, 3),
}
each = pytest.mark.parametrize("setting", SETTINGS)
NOT_IN_KERAS = {
    ("Lamb", TO_KERAS, ".h5"): "It knows no Lamb when it opens .h5, its own neither.",
    ("Adafactor", FROM_KERAS, ".h5"): "It cannot write its own: two arrays have one name.",
}
"""Setting, way and kind of file → why the real Keras has no such file."""
BATCHES = 3
"""An odd number, so that sums of two batches are under way when they are saved."""


def _epoch(model: Any) -> None:
    inputs = samples(model, batch=4 * BATCHES)
    targets = np.random.default_rng(1).random((4 * BATCHES, 3)).astype("float32")
    for at in range(0, len(inputs), 4):
        model.train_on_batch(inputs[at : at + 4], targets[at : at + 4])


def _made(lib: ModuleType, setting: str, seed: int = 3) -> Any:
    """The perceptron without its dropout, compiled."""
    model = perceptron(lib.layers, lib.models)
    model.layers[1].rate = 0.0
    stir(model, seed)
    model.compile(SETTINGS[setting](lib), loss="mean_squared_error")
    return model


def _read(lib: ModuleType, path: Path, setting: str) -> Any:
    """A model from a file; for the real Keras and `.h5`, with the optimizer state, which it leaves alone."""
    if path.name.endswith(".weights.h5"):
        model: Any = _made(lib, setting, seed=4)
        if lib is keras:
            # It gives a state to nothing but an optimizer that has begun.
            model.optimizer.build(model.trainable_variables)
        model.load_weights(path)
        return model
    model = (keras.saving.load_model if lib is keras else load_model)(path)
    model.layers[1].rate = 0.0
    if lib is keras and path.suffix == ".h5":
        model.optimizer.build(model.trainable_variables)
        with h5py.File(path) as file:
            group: Any = file["optimizer_state"]
            state = [np.asarray(group[name]) for name in group.attrs["weight_names"]]
        assert [tuple(v.shape) for v in model.optimizer.variables] == [value.shape for value in state]
        for variable, value in zip(model.optimizer.variables, state, strict=True):
            variable.assign(value)
    return model


@each
@pytest.mark.parametrize("way", [TO_KERAS, FROM_KERAS])
def test_training_goes_on(way: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        keras.optimizers.ScheduleFreeAdamW, "assign_sub", UnaliasedScheduleFreeAdamW.assign_sub
    )
    writer, reader = (runtime, keras) if way == TO_KERAS else (keras, runtime)
    first = _made(writer, setting)
    _epoch(first)
    steps = int(first.optimizer.iterations)
    # The real Keras takes the optimizer out of the settings in writing .h5: none is in what it writes then.
    endings = [one for one in (".keras", ".weights.h5", ".h5") if (setting, way, one) not in NOT_IN_KERAS]
    for ending in endings:
        (first.save_weights if ending == ".weights.h5" else first.save)(tmp_path / f"m{ending}")
    _epoch(first)
    for ending in endings:
        path = tmp_path / f"m{ending}"
        again = _read(reader, path, setting)
        assert type(again.optimizer).__name__ == type(first.optimizer).__name__
        assert int(again.optimizer.iterations) == steps, path.name
        _epoch(again)
        for one, two in zip(again.get_weights(), first.get_weights(), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4, err_msg=path.name)


def test_no_optimizer_is_left_out() -> None:
    known = {type(make(runtime)).__name__ for make in SETTINGS.values()}
    assert {setting for setting, _, _ in NOT_IN_KERAS} <= set(SETTINGS)
    assert known == set(optimizers.registry._entries)
    planned = {one.__name__ for one in schedules.LearningRateSchedule.__subclasses__()}
    assert planned <= set(SETTINGS)
