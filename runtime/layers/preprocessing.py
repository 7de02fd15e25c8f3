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
        scale: What each number is multiplied with.
        offset: What is added to it afterwards.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    supports_mask = True

    def __init__(self, scale: float, offset: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Each number times scale, plus offset."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        return inputs * self.scale + self.offset if self.offset else inputs * self.scale

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape
