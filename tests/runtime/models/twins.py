"""Makes the same model here and in the real Keras, with the same start values."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

import runtime.callbacks
import runtime.layers
import runtime.losses
import runtime.metrics
import runtime.models
import runtime.optimizers
import runtime.regularizers

OURS = SimpleNamespace(
    Input=runtime.layers.Input,
    Model=runtime.models.Model,
    Sequential=runtime.models.Sequential,
    layers=runtime.layers,
    losses=runtime.losses,
    metrics=runtime.metrics,
    optimizers=runtime.optimizers,
    regularizers=runtime.regularizers,
    callbacks=runtime.callbacks,
)


def twins(make: Callable[[Any], Any], seed: int = 0) -> tuple[Any, Any]:
    """What `make` returns for our library and for Keras, with equal weights.

    Args:
        make: Function of a library to a model.
        seed: Makes the weights.
    """
    ours, theirs = make(OURS), make(keras)
    random = np.random.default_rng(seed)
    values = []
    for weight in theirs.weights:
        value = random.uniform(-0.5, 0.5, weight.shape).astype("float32")
        values.append(abs(value) + 0.5 if "variance" in weight.name else value)
    ours.set_weights(values)
    theirs.set_weights(values)
    return ours, theirs


def assert_same_results(ours: Any, theirs: Any, rtol: float = 1e-4, atol: float = 1e-6) -> None:
    """Fails unless two histories, dicts, lists or numbers of results agree, names and order included."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for name, values in theirs.items():
            np.testing.assert_allclose(ours[name], values, rtol=rtol, atol=atol, err_msg=name)
    else:
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)
