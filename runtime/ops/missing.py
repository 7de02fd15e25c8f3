"""Sums, means and the like that leave missing numbers (NaN) out.

Source: https://keras.io/api/ops/numpy/
"""

import torch
from torch import Tensor

from runtime.ops.conversion import Axis, DType, TensorLike, axes, float_type, result_type, tensor
from runtime.ops.reductions import amax, amin, argmax, argmin, cumprod, cumsum, prod, sum
from runtime.ops.registration import numpy_op
from runtime.ops.statistics import quantiles


def _nothing(axis: Axis) -> bool:
    return isinstance(axis, list | tuple) and not axis


def _all_missing(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    return torch.all(x.isnan(), dim=axes(axis), keepdim=keepdims)


@numpy_op()
def nansum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over axes of what is not missing."""
    x = tensor(x)
    found = torch.nan_to_num(x, nan=0.0, posinf=torch.inf, neginf=-torch.inf)
    if _nothing(axis):
        return torch.nan_to_num(x, nan=0.0)
    return sum(found, axis, keepdims)


@numpy_op()
def nanprod(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The product over axes of what is not missing."""
    x = tensor(x)
    if _nothing(axis):
        return torch.nan_to_num(x, nan=1.0)
    return prod(torch.where(x.isnan(), torch.ones_like(x), x), axis, keepdims)


@numpy_op()
def nanmean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over axes of what is not missing."""
    x = tensor(x)
    if _nothing(axis):
        return x
    return torch.nanmean(x.to(result_type(x.dtype, float)), axes(axis), keepdims)


@numpy_op()
def nanvar(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over axes of what is not missing."""
    x = tensor(x)
    x = x.to(result_type(x.dtype, float))
    missing = x.isnan()
    if _nothing(axis):
        return torch.where(missing, x, 0)
    squares = torch.where(missing, 0, x - torch.nanmean(x, axes(axis), True)).square()
    count = torch.sum(~missing, axes(axis), keepdims)
    return torch.sum(squares, axes(axis), keepdims) / count


@numpy_op()
def nanstd(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes of what is not missing."""
    return nanvar(tensor(x), axis, keepdims).sqrt()


@numpy_op()
def nanmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number over axes that is not missing."""
    x = tensor(x)
    if _nothing(axis) or not x.is_floating_point():
        return amax(x, axis, keepdims)
    found = torch.amax(torch.where(x.isnan(), -torch.inf, x), () if axis is None else axes(axis), keepdims)
    return torch.where(_all_missing(x, axis, keepdims), torch.nan, found)


@numpy_op()
def nanmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The smallest number over axes that is not missing."""
    x = tensor(x)
    if _nothing(axis) or not x.is_floating_point():
        return amin(x, axis, keepdims)
    found = torch.amin(torch.where(x.isnan(), torch.inf, x), () if axis is None else axes(axis), keepdims)
    return torch.where(_all_missing(x, axis, keepdims), torch.nan, found)


@numpy_op()
def nanargmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the largest number that is not missing; -1 if all are."""
    x = tensor(x)
    if not x.is_floating_point():
        return argmax(x, axis, keepdims)
    found = argmax(torch.where(x.isnan(), -torch.inf, x), axis, keepdims)
    return torch.where(_all_missing(x, axis, keepdims), -1, found)


@numpy_op()
def nanargmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the smallest number that is not missing; -1 if all are."""
    x = tensor(x)
    if not x.is_floating_point():
        return argmin(x, axis, keepdims)
    found = argmin(torch.where(x.isnan(), torch.inf, x), axis, keepdims)
    return torch.where(_all_missing(x, axis, keepdims), -1, found)


@numpy_op()
def nancumsum(x: TensorLike, axis: int | None = None, dtype: DType = None) -> Tensor:
    """The running sum along an axis, missing numbers taken as 0."""
    return cumsum(torch.nan_to_num(tensor(x), nan=0.0), axis, dtype)


@numpy_op()
def nancumprod(x: TensorLike, axis: int | None = None, dtype: DType = None) -> Tensor:
    """The running product along an axis, missing numbers taken as 1."""
    return cumprod(torch.nan_to_num(tensor(x), nan=1.0), axis, dtype)


@numpy_op("x", "q")
def nanquantile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The number below which the fraction `q` of what is not missing lies."""
    return quantiles(torch.nanquantile, tensor(x), q, axis, method, keepdims)


@numpy_op("x", "q")
def nanpercentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The number below which `q` percent of what is not missing lies."""
    return quantiles(torch.nanquantile, tensor(x), tensor(q, float_type()) / 100, axis, method, keepdims)


@numpy_op()
def nanmedian(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The number in the middle of those that are not missing."""
    x = tensor(x)
    if _nothing(axis):
        return x
    return quantiles(torch.nanquantile, x, 0.5, axis, "linear", keepdims)
