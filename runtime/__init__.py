"""Keras's API on torch: `import runtime as keras`."""

from runtime import (
    activations,
    callbacks,
    constraints,
    dtype_policies,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    saving,
)
from runtime.device import device, get_device, set_device
from runtime.dtype_policies import DTypePolicy, FloatDTypePolicy
from runtime.initializers import Initializer
from runtime.layers import Input, InputLayer, InputSpec, Layer
from runtime.losses import Loss
from runtime.metrics import Metric
from runtime.models import Functional, Model, Sequential
from runtime.naming import clear_session
from runtime.on_demand import load_on_demand as __getattr__  # noqa: F401 (Python itself calls it)
from runtime.optimizers import Optimizer
from runtime.regularizers import Regularizer
from runtime.release import __version__, version
from runtime.symbolic import KerasTensor

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Functional",
    "Initializer",
    "Input",
    "InputLayer",
    "InputSpec",
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
    "callbacks",
    "clear_session",
    "constraints",
    "device",
    "dtype_policies",
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
    "version",
]
