"""Layers that bring each sample's numbers to one length, without moving their mean."""

from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ShapeError
from runtime.layers.arguments import Epsilon
from runtime.layers.base import Layer
from runtime.layers.normalization import Normalizing, along
from runtime.layers.reach import Sight, kept
from runtime.layers.registration import register
from runtime.types import Shape, show_shape


@register("Normalization")
class UnitNormalization(Layer):
    """Scales each sample to length 1: only the direction of its features counts then.

    Formula: output = inputs / √(Σ inputs²)

    Args:
        axis: The axis or axes along which squares add up to 1, counted with the batch; -1 is the last one.

    Call args:
        inputs: Any shape; it stays.

    Source:
        https://keras.io/api/layers/normalization_layers/unit_normalization/
    """

    supports_mask = True
    traits = frozenset({"scales", "normalizes"})

    def __init__(self, axis: int | tuple[int, ...] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = (axis,) if isinstance(axis, int) else tuple(axis)
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input divided by its length."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        length = inputs.square().sum(dim=self.axis, keepdim=True).clamp(min=_SHORTEST**2).sqrt()
        return inputs / length

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """What is normalized together is seen together."""
        del place
        together = {axis % len(shape) for axis in self.axis}
        return kept(axis for axis in range(1, len(shape)) if axis not in together)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        for axis in self.axis:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ShapeError(
                    f"{self.label} has axis {axis}, which {show_shape(input_shape)} does not have.",
                    port="inputs",
                    hint="-1 is the last axis.",
                )
        return input_shape


_SHORTEST = 1e-12
"""Shorter vectors are divided by this, so that nothing is divided by 0."""


@register("Normalization")
class RMSNormalization(Normalizing):
    """Divides each sample's features by their root mean square, and multiplies with learned factors.

    Formula: output = scale · inputs / √(mean(inputs²) + epsilon)

    Args:
        axis: The axis or axes of the features, counted with the batch; -1 is the last one.
        epsilon: A small number added to the mean square, so that nothing is divided by 0.

    Call args:
        inputs: (batch, …); the shape stays.

    Source:
        Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
    """

    supports_mask = False

    computes_in_full = True

    def __init__(self, axis: int | tuple[int, ...] = -1, epsilon: Epsilon = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Makes the factors, with the sizes of the feature axes."""
        self._built_for = self.feature_sizes(input_shape, self.axis)
        self.scale = self.add_weight(self._built_for, "ones", name="scale")

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input with each sample's features scaled."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        rank, factors = inputs.ndim, cast(torch.Tensor, self.scale)
        axes = tuple(sorted(axis % rank for axis in self.axis))
        if axes == tuple(range(rank - len(axes), rank)):
            return F.rms_norm(inputs, inputs.shape[axes[0] :], factors, self.epsilon)
        outputs = inputs * torch.rsqrt(inputs.square().mean(axes, keepdim=True) + self.epsilon)
        return outputs * along(factors, axes, rank)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """What is normalized together is seen together."""
        del place
        together = {axis % len(shape) for axis in self.axis}
        return kept(axis for axis in range(1, len(shape)) if axis not in together)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.feature_sizes(input_shape, self.axis)
        return input_shape
