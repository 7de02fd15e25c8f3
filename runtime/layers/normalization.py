"""What normalization layers share: a learned scale and offset for each feature, and their sizes."""

from typing import Any

import torch

from runtime.errors import ShapeError
from runtime.layers.base import Layer
from runtime.layers.checking import require_known
from runtime.layers.weights import Weight
from runtime.types import Shape, show_shape


class Normalizing(Layer):
    """Base of layers that bring numbers to mean 0 and spread 1, and then to a learned spread and mean.

    Args:
        axis: The axis of the features, counted with the batch; -1 is the last one.
        epsilon: A small number added to the variance, so that nothing is divided by 0.
        center: True adds a learned offset (beta).
        scale: True multiplies with a learned factor (gamma).
        beta_initializer: Start values of the offsets.
        gamma_initializer: Start values of the factors.
        beta_regularizer: Penalty on large offsets.
        gamma_regularizer: Penalty on large factors.
        beta_constraint: Rule the offsets are held to after each step.
        gamma_constraint: Rule the factors are held to after each step.
    """

    supports_mask = True
    traits = frozenset({"scales", "normalizes"})
    gamma: Weight | None
    beta: Weight | None
    epsilon: float
    center: bool
    scale: bool | Weight

    def keep_affine_arguments(self, center: bool, scale: bool, **arguments: Any) -> None:
        """Remembers how gamma and beta are made: `<name>_initializer`, `_regularizer` and `_constraint`."""
        self.center = center
        self.scale = scale
        for name, value in arguments.items():
            setattr(self, name, value)

    def add_affine(self, shape: tuple[int, ...]) -> None:
        """Makes gamma and beta of that shape, where they are wanted."""
        self.gamma = self._add("gamma", shape) if self.scale else None
        self.beta = self._add("beta", shape) if self.center else None
        self._built_for = shape

    def keep_rank(self, input_shape: Shape) -> None:
        """From now on the layer takes as many axes as this input has."""
        self._axes_built = len(input_shape)

    def _add(self, name: str, shape: tuple[int, ...]) -> Weight:
        return self.add_weight(
            shape,
            getattr(self, f"{name}_initializer"),
            name=name,
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
        )

    def as_measured(self, inputs: torch.Tensor) -> torch.Tensor:
        """Whole numbers in the layer's dtype; float64 wherever the layer computes in it, and nowhere else."""
        dtype = getattr(torch, self.compute_dtype)
        differs = inputs.dtype != dtype and torch.float64 in (inputs.dtype, dtype)
        return inputs.to(dtype) if differs or not inputs.is_floating_point() else inputs

    def feature_sizes(self, input_shape: Shape, axes: tuple[int, ...]) -> tuple[int, ...]:
        """Sizes of the axes that have a gamma and beta of their own.

        Raises:
            ShapeError: The input lacks an axis, or its size is unknown, or another than in build.
        """
        for axis in axes:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ShapeError(
                    f"{self.label} has axis {axis}, but its input has {len(input_shape)} axes: "
                    f"{show_shape(input_shape)}.",
                    port="inputs",
                    hint="-1 is the last axis, whatever the number of axes.",
                )
        rank = getattr(self, "_axes_built", len(input_shape))
        if len(input_shape) != rank:
            raise ShapeError(
                f"{self.label} was built for {rank} axes, but gets {show_shape(input_shape)} "
                f"({len(input_shape)} axes).",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal form.",
            )
        sizes = tuple(require_known(self, input_shape, axis, f"size of axis {axis}") for axis in axes)
        built_for = getattr(self, "_built_for", sizes)
        if sizes != built_for:
            raise ShapeError(
                f"{self.label} was built for {_product(built_for)} features, but gets {_product(sizes)}.",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal size.",
            )
        return sizes


def _product(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(str, sizes))


def along(values: torch.Tensor, axes: tuple[int, ...], rank: int) -> torch.Tensor:
    """Values of some axes in a form that fits tensors with all of them: the other axes have size 1."""
    shape = [1] * rank
    for axis, size in zip(axes, values.shape, strict=True):
        shape[axis] = size
    return values.reshape(shape)
