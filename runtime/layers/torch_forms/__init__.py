"""How each layer is written in plain PyTorch."""

from runtime.layers.torch_forms import (
    activations,
    attention,
    convolutions,
    core,
    features,
    functions,
    merging,
    normalization,
    pooling,
    recurrent,
    refused,
    reshaping,
    wrappers,
)
from runtime.layers.torch_forms.registration import form, form_of, reason_against
from runtime.layers.torch_forms.writing import Call, ModuleText, Value

__all__ = [
    "Call",
    "ModuleText",
    "Value",
    "activations",
    "attention",
    "convolutions",
    "core",
    "features",
    "form",
    "form_of",
    "functions",
    "merging",
    "normalization",
    "pooling",
    "reason_against",
    "recurrent",
    "refused",
    "reshaping",
    "wrappers",
]
