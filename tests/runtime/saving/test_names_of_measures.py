"""Every name of a loss or metric leads to a file that the real Keras opens and trains on."""

import inspect
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from runtime import losses, metrics
from runtime.models import load_model
from runtime.registries import Registry
from runtime.saving.training_settings import compile_config
from tests.runtime.saving.zoo import ours, perceptron, samples

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def _names(family: Registry[Any]) -> list[str]:
    """Names that alone say all: nothing has to be given besides."""
    return [name for name, entry in family._by_name.items() if _is_whole(entry)]


def _is_whole(entry: Any) -> bool:
    needed = [one for one in inspect.signature(entry).parameters.values() if one.default is one.empty]
    needed = [one for one in needed if one.kind is not one.VAR_KEYWORD]
    return len(needed) == (0 if isinstance(entry, type) else 2)


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_metrics(ending: str, tmp_path: Path) -> None:
    # Others want labels of another shape than the predictions, which are those of three classes.
    names = [
        "rmse",
        "RMSE",
        "kld",
        "KLD",
        "logcosh",
        "log_cosh",
        "huber",
        "mse",
        "RootMeanSquaredError",
        "acc",
    ]
    names += ["binary_focal_crossentropy", "categorical_focal_crossentropy", "cosine_similarity", "auc"]
    mine = ours(perceptron)
    mine.compile("sgd", loss="mse", metrics=names)
    inputs, targets = samples(mine), np.eye(3, dtype="float32")
    mine.train_on_batch(inputs, targets)
    wanted = mine.evaluate(inputs, targets, verbose=0, return_dict=True)
    mine.save(tmp_path / f"m{ending}")
    again = load_model(tmp_path / f"m{ending}")
    assert again.evaluate(inputs, targets, verbose=0, return_dict=True) == pytest.approx(wanted)
    real: Any = keras.saving.load_model(tmp_path / f"m{ending}")
    found = real.evaluate(inputs, targets, verbose=0, return_dict=True)
    if ending == ".keras":
        assert found == pytest.approx(wanted, rel=1e-5)
    # From .h5 it gives some the names of their classes in the logs.
    assert sorted(found.values()) == pytest.approx(sorted(wanted.values()), rel=1e-5)


@pytest.mark.parametrize("kind", ["losses", "metrics"])
def test_every_name_is_one_that_keras_knows(kind: str) -> None:
    family: Any = {"losses": losses.registry, "metrics": metrics.registry}[kind]
    known: Any = getattr(keras, kind)
    mine = ours(perceptron)
    for name in _names(family):
        measure = {"loss": name} if kind == "losses" else {"metrics": [name]}
        mine.compile("sgd", **{"loss": "mse", **measure})
        written: Any = compile_config(mine)
        value = written["loss"] if kind == "losses" else written["metrics"][0]
        read = known.get if isinstance(value, str) else keras.saving.deserialize_keras_object
        assert callable(read(value)), name
