"""Layers that prepare raw data, so that a model can be fed with it as it is."""

from typing import Any

import torch

from runtime.errors import ShapeError
from runtime.layers.base import Layer
from runtime.layers.registration import register
from runtime.types import Shape, show_shape

Numbers = float | tuple[float, ...]
"""One number for all, or one for each place of the last axis."""


@register("Preprocessing", rank=0)
class Rescaling(Layer):
    """Brings numbers into another range: pixels of 0-255 into 0-1 with a scale of 1/255.

    Args:
        scale: What each number is multiplied with; a list has one for each channel.
        offset: What is added to it afterwards; a list has one for each channel.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    supports_mask = True

    def __new__(cls, scale: Any, offset: Any = 0.0, **kwargs: Any) -> "Rescaling":
        """Takes arrays, too."""
        return super().__new__(cls, _plain(scale), _plain(offset), **kwargs)

    def __init__(self, scale: Numbers, offset: Numbers = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = _plain(scale)
        self.offset = _plain(offset)
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Each number times scale, plus offset."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        outputs = inputs * _beside(self.scale, inputs)
        return outputs + _beside(self.offset, inputs) if self.offset else outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays, as long as there is one number for each channel."""
        for name, numbers in (("scale", self.scale), ("offset", self.offset)):
            channels = input_shape[-1] if input_shape else 1
            if isinstance(numbers, tuple) and len(numbers) > 1 and channels not in (None, len(numbers)):
                raise ShapeError(
                    f"{self.label} has a {name} of {len(numbers)} numbers, but the last axis of "
                    f"{show_shape(input_shape)} has size {channels}.",
                    port="inputs",
                    hint="Give one number for all, or one for each channel.",
                )
        return input_shape


def _plain(value: Any) -> Any:
    """Arrays and lists as tuples; a number stays."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return tuple(value) if isinstance(value, list) else value


def _beside(numbers: Numbers, inputs: torch.Tensor) -> Any:
    """Numbers in a form that goes with a tensor."""
    return inputs.new_tensor(numbers) if isinstance(numbers, tuple) else numbers
