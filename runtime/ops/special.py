"""Sums over segments, error functions, distances and complex numbers.

Source: https://keras.io/api/ops/core/
"""

import torch
from torch import Tensor

from runtime.errors import ShapeError
from runtime.ops.conversion import Axis, TensorLike, axes, tensor
from runtime.ops.registration import math_op


@math_op()
def erf(x: TensorLike) -> Tensor:
    """The error function: how probable a normal error of that size is."""
    return torch.erf(tensor(x))


@math_op()
def erfc(x: TensorLike) -> Tensor:
    """1 less the error function, exact where that is near 1."""
    return torch.erfc(tensor(x))


@math_op()
def erfinv(x: TensorLike) -> Tensor:
    """The number whose error function each number is."""
    return torch.erfinv(tensor(x))


@math_op()
def rsqrt(x: TensorLike) -> Tensor:
    """One divided by the square root."""
    return torch.rsqrt(tensor(x))


@math_op()
def logsumexp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials over axes, computed without overflow."""
    x = tensor(x)
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axes(axis), keepdims)


@math_op()
def logdet(x: TensorLike) -> Tensor:
    """The logarithm of the determinant of each matrix."""
    return torch.logdet(tensor(x))


@math_op("x", "y", named="CDist")
def cdist(x: TensorLike, y: TensorLike) -> Tensor:
    """The distance of each row of the first from each row of the second.

    Raises:
        ShapeError: There are no rows, or they have different lengths.
    """
    x, y = tensor(x), tensor(y)
    if min(x.ndim, y.ndim) < 2 or x.shape[-1] != y.shape[-1]:
        raise ShapeError(
            f"cdist() compares rows of one length, but got {tuple(x.shape)} and {tuple(y.shape)}.", port="y"
        )
    return (x.unsqueeze(-2) - y.unsqueeze(-3)).square().sum(-1).sqrt()


@math_op()
def view_as_complex(x: TensorLike) -> Tensor:
    """Pairs along the last axis as complex numbers.

    Raises:
        ShapeError: There are no pairs.
    """
    x = tensor(x)
    if x.ndim < 1 or x.shape[-1] != 2:
        raise ShapeError(
            f"view_as_complex() wants 2 numbers along the last axis of {tuple(x.shape)}.", port="x"
        )
    return torch.complex(x[..., 0].float(), x[..., 1].float())


@math_op()
def view_as_real(x: TensorLike) -> Tensor:
    """Complex numbers as pairs along a new last axis."""
    x = tensor(x)
    return torch.stack((x.real, x.imag), dim=-1)


def _segments(
    data: TensorLike, segment_ids: TensorLike, count: int | None, reduction: str, start: float
) -> Tensor:
    data, ids = tensor(data), tensor(segment_ids)
    if ids.ndim != 1 or ids.shape[0] != data.shape[0]:
        raise ShapeError(
            f"Segments want one id for each row, but got {tuple(ids.shape)} ids for {tuple(data.shape)}.",
            port="segment_ids",
        )
    size = count or int(ids.max()) + 1
    # What belongs to no segment goes to one more, which is left out.
    ids = torch.where((ids >= 0) & (ids < size), ids, size).long()
    found = torch.full((size + 1, *data.shape[1:]), start, device=data.device)
    places = ids.reshape(-1, *[1] * (data.ndim - 1)).expand(data.shape)
    return found.scatter_reduce(0, places, data.float(), reduction)[:-1].to(data.dtype)


@math_op("data", "segment_ids")
def segment_sum(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The sum of the rows of each segment."""
    return _segments(tensor(data), segment_ids, num_segments, "sum", 0.0)


@math_op("data", "segment_ids")
def segment_max(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The largest number of each place in the rows of each segment."""
    return _segments(tensor(data), segment_ids, num_segments, "amax", -torch.inf)


@math_op("data", "segment_ids")
def segment_min(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The smallest number of each place in the rows of each segment."""
    return _segments(tensor(data), segment_ids, num_segments, "amin", torch.inf)


@math_op("data", "segment_ids")
def segment_prod(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The product of the rows of each segment."""
    return _segments(tensor(data), segment_ids, num_segments, "prod", 1.0)
