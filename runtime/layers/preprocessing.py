"""Layers that prepare raw data, so that a model can be fed with it as it is."""

from typing import Any

import torch

from runtime.layers.base import Layer
from runtime.layers.registration import register
from runtime.types import Shape


@register("Preprocessing")
class Rescaling(Layer):
    """Brings numbers into another range: pixels of 0-255 into 0-1 with a scale of 1/255.

    Args:
        scale: What each number is multiplied with; a list has one factor for each entry of the last axis.
        offset: What is added to it afterwards; a list has one for each entry of the last axis.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    supports_mask = True

    def __init__(self, scale: float | list[float], offset: float | list[float] = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Each number times scale, plus offset."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        scaled = inputs * _factor(self.scale, inputs)
        return scaled + _factor(self.offset, inputs) if self.offset else scaled

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape


def _factor(value: float | list[float], inputs: torch.Tensor) -> float | torch.Tensor:
    if isinstance(value, list | tuple):
        return torch.tensor(value, dtype=inputs.dtype, device=inputs.device)
    return value
