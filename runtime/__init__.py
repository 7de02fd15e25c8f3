"""Keras's API on torch: `import runtime as keras`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from runtime import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    saving,
    utils,
)
from runtime.device import get_device, set_device
from runtime.initializers import Initializer
from runtime.layers import Input, InputLayer, Layer
from runtime.losses import Loss
from runtime.metrics import Metric
from runtime.models import Functional, Model, Sequential
from runtime.naming import clear_session
from runtime.optimizers import Optimizer
from runtime.regularizers import Regularizer
from runtime.symbolic import KerasTensor

if TYPE_CHECKING:
    from runtime import applications, datasets

__version__ = "0.1.0"

_ON_DEMAND = ("applications", "datasets")
"""Modules that few programs need: they are loaded when a program names them."""


def __getattr__(name: str) -> Any:
    if name in _ON_DEMAND:
        return import_module(f"runtime.{name}")
    raise AttributeError(f"module 'runtime' has no attribute '{name}'")


__all__ = [
    "Functional",
    "Initializer",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "__version__",
    "activations",
    "applications",
    "callbacks",
    "clear_session",
    "constraints",
    "datasets",
    "get_device",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "saving",
    "set_device",
    "utils",
]
