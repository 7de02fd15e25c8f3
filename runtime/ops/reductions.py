"""Many numbers made one: sums, means, the largest, and where it stands.

Source: https://keras.io/api/ops/numpy/
"""

from typing import Any

import torch
from torch import Tensor

from runtime.errors import DataError
from runtime.ops.conversion import (
    Axis,
    DType,
    TensorLike,
    axes,
    float_type,
    is_whole,
    optional,
    result_type,
    tensor,
    torch_dtype,
)
from runtime.ops.registration import numpy_op

_SMALL = (torch.bool, torch.uint8, torch.int8, torch.int16)
"""Element types whose sums Keras takes in int32."""


def _none(axis: Axis) -> bool:
    """True for an empty list of axes, over which nothing is reduced."""
    return isinstance(axis, list | tuple) and not axis


def _sum_type(dtype: torch.dtype) -> torch.dtype:
    return torch.int32 if dtype in _SMALL else dtype


@numpy_op()
def sum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over axes."""
    x = tensor(x)
    return x if _none(axis) else torch.sum(x, axes(axis), keepdims, dtype=_sum_type(x.dtype))


@numpy_op()
def mean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over axes."""
    x = tensor(x)
    if x.dtype is torch.float32 and not _none(axis):
        return torch.mean(x, axes(axis), keepdims)
    if _none(axis):
        return x
    found = x.dtype if not is_whole(x.dtype) else result_type(x.dtype, torch.float32)
    wide = x.to(result_type(x.dtype, torch.float32)) if x.dtype is not torch.float64 else x.float()
    return torch.mean(wide, axes(axis), keepdims).to(found)


@numpy_op()
def prod(x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DType = None) -> Tensor:
    """The product over axes."""
    x = tensor(x)
    found = _sum_type(result_type(x.dtype)) if dtype is None else torch_dtype(dtype)
    # float16 soon runs over.
    wide = torch.float32 if found is torch.float16 else found
    if axis is None:
        return torch.prod(x, dtype=wide).to(found)
    for place in sorted((_place(item, x.ndim) for item in _listed(axis)), reverse=True):
        x = torch.prod(x, place, keepdims, dtype=wide)
    return x.to(found)


def _listed(axis: Any) -> list[int]:
    return list(axis) if isinstance(axis, list | tuple) else [axis]


def _place(axis: int, rank: int) -> int:
    return axis % rank if rank else 0


@numpy_op()
def all(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all numbers over axes are true (not 0)."""
    x = tensor(x)
    found = x if _none(axis) else torch.all(x, dim=axes(axis), keepdim=keepdims)
    return found.to(torch.bool)


@numpy_op()
def any(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether some number over axes is true (not 0)."""
    x = tensor(x)
    found = x if _none(axis) else torch.any(x, dim=axes(axis), keepdim=keepdims)
    return found.to(torch.bool)


@numpy_op()
def amax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number over axes."""
    x = tensor(x)
    if axis is None:
        return torch.amax(x)
    return x if _none(axis) else torch.amax(x, axes(axis), keepdims)


@numpy_op()
def amin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The smallest number over axes."""
    x = tensor(x)
    if axis is None:
        return torch.amin(x)
    return x if _none(axis) else torch.amin(x, axes(axis), keepdims)


@numpy_op()
def max(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike | None = None
) -> Tensor:
    """The largest number over axes, and no less than `initial`.

    Raises:
        DataError: There is no number, and no `initial` either.
    """
    x = tensor(x)
    if x.numel() == 0:
        return _of_nothing("max", x, keepdims, initial)
    # Over all numbers torch.max shares out the gradient as Keras does; over axes it is amax.
    found = torch.max(x) if axis is None else amax(x, axis, keepdims)
    floor = optional(initial, found.dtype)
    return found if floor is None else torch.maximum(found, floor)


@numpy_op()
def min(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike | None = None
) -> Tensor:
    """The smallest number over axes, and no more than `initial`.

    Raises:
        DataError: There is no number, and no `initial` either.
    """
    x = tensor(x)
    if x.numel() == 0:
        return _of_nothing("min", x, keepdims, initial)
    found = torch.min(x) if axis is None else amin(x, axis, keepdims)
    ceiling = optional(initial, found.dtype)
    return found if ceiling is None else torch.minimum(found, ceiling)


def _of_nothing(name: str, x: Tensor, keepdims: bool, initial: TensorLike | None) -> Tensor:
    if initial is None:
        raise DataError(
            f"{name}() of a tensor of the shape {tuple(x.shape)}, which has no numbers.",
            hint="Give initial=…, the result for no numbers.",
        )
    return torch.full(
        [1] * x.ndim if keepdims else [], float(initial) if isinstance(initial, int) else initial
    )


@numpy_op()
def ptp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number less the smallest."""
    x = tensor(x)
    if axis is None:
        return x.max() - x.min()
    return torch.zeros_like(x) if _none(axis) else amax(x, axis, keepdims) - amin(x, axis, keepdims)


def _for_search(x: TensorLike) -> Tensor:
    x = tensor(x)
    return x.to(torch.uint8) if x.dtype is torch.bool else x


@numpy_op()
def argmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the largest number along an axis."""
    return torch.argmax(_for_search(x), axis, keepdims).to(torch.int32)


@numpy_op()
def argmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the smallest number along an axis."""
    return torch.argmin(_for_search(x), axis, keepdims).to(torch.int32)


@numpy_op()
def count_nonzero(x: TensorLike, axis: Axis = None) -> Tensor:
    """How many numbers over axes are not 0."""
    x = tensor(x)
    if _none(axis):
        return x.ne(0).to(torch.int32)
    return torch.count_nonzero(x, axes(axis)).to(torch.int32)


def _running(x: TensorLike, axis: int | None, dtype: DType) -> tuple[Tensor, int, torch.dtype]:
    x = tensor(x)
    found = result_type(x.dtype if dtype is None else torch_dtype(dtype))
    if axis is None:
        x, axis = x.flatten(), 0
    return x, axis, torch.int32 if found is torch.bool else found


@numpy_op()
def cumsum(x: TensorLike, axis: int | None = None, dtype: DType = None) -> Tensor:
    """The running sum along an axis."""
    x, axis, found = _running(x, axis, dtype)
    return torch.cumsum(x, axis, dtype=found)


@numpy_op()
def cumprod(x: TensorLike, axis: int | None = None, dtype: DType = None) -> Tensor:
    """The running product along an axis."""
    x, axis, found = _running(x, axis, dtype)
    return torch.cumprod(x, axis, dtype=found)


@numpy_op("x", "weights")
def average(x: TensorLike, axis: Axis = None, weights: TensorLike | None = None) -> Tensor:
    """The mean, in which some numbers may count more than others."""
    x = tensor(x)
    weight = optional(weights)
    dtype = result_type(x.dtype, float, *([] if weight is None else [weight.dtype]))
    x = x.to(dtype)
    if _none(axis):
        return x
    if weight is None:
        return torch.mean(x, axes(axis))
    weight = weight.to(dtype)
    return torch.sum(x * weight, axes(axis)) / weight.sum(-1)


@numpy_op()
def var(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over axes: the mean square of the distances from the mean."""
    x = tensor(x)
    found = result_type(x.dtype, float)
    if _none(axis):
        return torch.zeros_like(x, dtype=found)
    wide = x.to(result_type(x.dtype, torch.float32))
    return torch.var(wide, axes(axis), correction=0, keepdim=keepdims).to(found)


@numpy_op()
def std(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes: the root of the variance."""
    x = tensor(x)
    x = x.to(float_type()) if is_whole(x.dtype) else x
    return torch.std(x, axes(axis), correction=0, keepdim=keepdims)
