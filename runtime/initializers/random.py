"""Initializers that draw random numbers of a given spread, and random rotations."""

import math
from collections.abc import Sequence
from typing import Annotated

import torch
from torch import Tensor

from runtime.errors import ShapeError
from runtime.initializers.base import DType, RandomInitializer, registry, torch_dtype
from runtime.types import Range

Spread = Annotated[float, Range(min=0)]


@registry.register(aliases=("normal",))
class RandomNormal(RandomInitializer):
    """Draws from a normal distribution, the bell curve.

    Args:
        mean: Middle of the bell.
        stddev: Spread of the bell (standard deviation).
        seed: A whole number that makes each call give the same values.
    """

    def __init__(self, mean: float = 0.0, stddev: Spread = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Draws the values."""
        return self.draw_normal(shape, self.mean, self.stddev, dtype)


@registry.register
class TruncatedNormal(RandomInitializer):
    """Draws from a normal distribution without its far ends: nothing beyond two standard deviations.

    Args:
        mean: Middle of the bell.
        stddev: Spread of the bell before its ends are cut off.
        seed: A whole number that makes each call give the same values.
    """

    def __init__(self, mean: float = 0.0, stddev: Spread = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Draws the values."""
        return self.draw_truncated_normal(shape, self.mean, self.stddev, dtype)


@registry.register(aliases=("uniform",))
class RandomUniform(RandomInitializer):
    """Draws evenly between two bounds.

    Args:
        minval: Lower bound.
        maxval: Upper bound.
        seed: A whole number that makes each call give the same values.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Draws the values."""
        return self.draw_uniform(shape, self.minval, self.maxval, dtype)


@registry.register(aliases=("OrthogonalInitializer",))
class Orthogonal(RandomInitializer):
    """Starts a weight as a random rotation: its rows (or columns) stand at right angles to each other.

    Args:
        gain: What the rotation is multiplied with.
        seed: A whole number that makes each call give the same values.

    Source: Saxe et al. 2014, https://arxiv.org/abs/1312.6120
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Draws the rotation.

        Raises:
            ShapeError: The weight has fewer than two axes.
        """
        if len(shape) < 2:
            raise ShapeError(
                f"Orthogonal starts a weight with two axes or more; this one has the shape {tuple(shape)}.",
                hint="Choose another initializer, such as 'random_normal'.",
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        # torch finds rotations in full precision only.
        exact = "float64" if torch_dtype(dtype) == torch.float64 else "float32"
        noise = self.draw_normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, exact)
        rotation, triangle = torch.linalg.qr(noise)
        # QR leaves the signs open; taking them from the diagonal makes every rotation equally likely.
        rotation = rotation * triangle.diagonal().sign()
        chosen = rotation.T if rows < columns else rotation
        return self.gain * chosen.reshape(tuple(shape)).to(torch_dtype(dtype))
