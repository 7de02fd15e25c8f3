"""Layers: the steps a model is made of."""

from runtime.layers.base import Layer
from runtime.layers.core import Activation, Dense, Input, InputLayer
from runtime.layers.registration import deserialize, layer_names, layer_spec, registry, serialize

__all__ = [
    "Activation",
    "Dense",
    "Input",
    "InputLayer",
    "Layer",
    "deserialize",
    "layer_names",
    "layer_spec",
    "registry",
    "serialize",
]
