"""Tensors in order: sorted, the largest few, the place where a number belongs.

Source: https://keras.io/api/ops/numpy/
"""

from typing import Any

import torch
from torch import Tensor

from runtime.errors import ShapeError
from runtime.ops.conversion import TensorLike, tensor
from runtime.ops.registration import math_op, numpy_op


def _sortable(x: TensorLike) -> Tensor:
    x = tensor(x)
    return x.to(torch.uint8) if x.dtype is torch.bool else x


@numpy_op()
def sort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """The numbers along an axis, the smallest first."""
    x = tensor(x)
    return torch.sort(x.reshape(-1) if axis is None else x, dim=-1 if axis is None else axis).values


@numpy_op()
def argsort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """The places of the numbers along an axis, that of the smallest first."""
    x = _sortable(x)
    x, axis = (x.reshape(-1), -1) if axis is None else (x, axis)
    return torch.argsort(x, dim=axis, stable=True).to(torch.int32)


@numpy_op()
def argpartition(x: TensorLike, kth: int, axis: int | None = -1) -> Tensor:
    """Places of the numbers along an axis, in an order in which those up to `kth` are the smallest."""
    x = tensor(x, torch.int32)
    x = x.flatten() if axis is None else x.transpose(axis, -1)
    small = torch.topk(-x, kth + 1).indices
    others = torch.ones_like(x).scatter(-1, small, 0)
    places = torch.cat((small, torch.topk(others, x.shape[-1] - kth - 1).indices), dim=-1)
    return (places if axis is None else places.transpose(-1, axis)).to(torch.int32)


@math_op(named="TopK")
def top_k(x: TensorLike, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The `k` largest numbers along the last axis, and their places."""
    found = torch.topk(tensor(x), k, sorted=sorted)
    return found.values, found.indices


@math_op("targets", "predictions", named="InTopK")
def in_top_k(targets: TensorLike, predictions: TensorLike, k: int) -> Tensor:
    """Whether the true class is among the `k` most probable ones."""
    classes, scores = tensor(targets).long()[:, None], tensor(predictions)
    return (torch.take_along_dim(scores, classes, -1) >= torch.topk(scores, k).values).any(-1)


@numpy_op("sorted_sequence", "values", named="SearchSorted")
def searchsorted(sorted_sequence: TensorLike, values: TensorLike, side: str = "left") -> Tensor:
    """The place of each number in a row of numbers in order.

    Raises:
        ShapeError: There is more than one row.
    """
    row, numbers = tensor(sorted_sequence), tensor(values)
    if row.ndim != 1:
        raise ShapeError(
            f"searchsorted() looks into one row, but got {tuple(row.shape)}.",
            port="sorted_sequence",
            hint="Use ops.vectorized_map for many rows.",
        )
    return torch.searchsorted(row, numbers, side=side, out_int32=True)


@numpy_op("x", "bins")
def digitize(x: TensorLike, bins: TensorLike) -> Tensor:
    """The part each number falls into, for the places where parts end."""
    return torch.bucketize(_sortable(x), tensor(bins), right=True).to(torch.int32)


@numpy_op()
def unique(
    x: TensorLike,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: TensorLike | None = None,
) -> Any:
    """The numbers (or rows along an axis) that occur, each once.

    Args:
        x: The tensor.
        sorted: True puts the smallest first.
        return_index: True gives the place where each occurs first, too.
        return_inverse: True gives the place of each number of `x` among those found, too.
        return_counts: True gives how often each occurs, too.
        axis: Along which rows are compared; None compares numbers.
        size: How many are returned: others are left out, missing ones filled up.
        fill_value: What fills up; None for 0.

    Returns:
        What is found, or a tuple of that and what else is asked for.
    """
    x = tensor(x)
    values, inverse, counts = torch.unique(
        x, sorted=sorted, return_inverse=True, return_counts=True, dim=axis
    )
    flat = inverse.reshape(-1)
    first = flat.new_full((counts.shape[0],), flat.shape[0]).scatter_reduce(
        0, flat, torch.arange(flat.shape[0], device=flat.device), "amin"
    )
    place = 0 if axis is None else axis % x.ndim
    found = [
        _sized(values, size, place, 0 if fill_value is None else fill_value),
        *([_sized(first, size, 0, 1)] if return_index else []),
        *([inverse] if return_inverse else []),
        *([_sized(counts, size, 0, 0)] if return_counts else []),
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _sized(x: Tensor, size: int | None, axis: int, fill: Any) -> Tensor:
    if size is None:
        return x
    missing = size - x.shape[axis]
    if missing <= 0:
        return x.narrow(axis, 0, size)
    shape = (*x.shape[:axis], missing, *x.shape[axis + 1 :])
    return torch.cat((x, torch.full(shape, fill, dtype=x.dtype, device=x.device)), axis)
