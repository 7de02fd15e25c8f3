"""Curves that fade a piece of a signal in and out.

Source: https://keras.io/api/ops/numpy/
"""

from typing import Any

from torch import Tensor
from torch.signal import windows

from runtime.ops.conversion import TensorLike, tensor


def _length(x: TensorLike) -> int:
    return int(tensor(x))


def bartlett(x: TensorLike) -> Tensor:
    """A triangle of so many numbers."""
    return windows.bartlett(_length(x))


def blackman(x: TensorLike) -> Tensor:
    """A bell of so many numbers that lets little through at its ends."""
    return windows.blackman(_length(x))


def hamming(x: TensorLike) -> Tensor:
    """A raised cosine of so many numbers that does not quite reach 0."""
    return windows.hamming(_length(x))


def hanning(x: TensorLike) -> Tensor:
    """A raised cosine of so many numbers."""
    return windows.hann(_length(x))


def kaiser(x: TensorLike, beta: Any) -> Tensor:
    """A bell of so many numbers, the narrower the larger `beta`."""
    return windows.kaiser(_length(x), beta=float(beta))
