"""Parts of a tensor, by place or by condition, and numbers put into their places.

Source: https://keras.io/api/ops/core/
"""

import math
from typing import Any

import torch
from torch import Tensor

from runtime.errors import GraphError, ParameterError, ShapeError
from runtime.ops.conversion import TensorLike, result_type, tensor, tensors
from runtime.ops.registration import core_op, numpy_op
from runtime.symbolic import KerasTensor
from runtime.types import show_shape

_slice = slice


@numpy_op("x", "key")
def get_item(x: TensorLike, key: Any) -> Tensor:
    """A part: `x[key]`."""
    if isinstance(x, KerasTensor):
        _check_graph_key(x, key)
    return tensor(x)[tuple(key) if isinstance(key, list) else key]


def _check_graph_key(x: KerasTensor, key: Any) -> None:
    """Raises what is wrong with a part of a symbolic tensor.

    Raises:
        GraphError: Something else than numbers, slices, None and "..." is in the key.
        ShapeError: The part is not there.
    """
    items = list(key) if isinstance(key, tuple) else [key]
    for item in items:
        known = isinstance(item, int | _slice | type(...) | None) and not isinstance(item, bool)
        if not known or (isinstance(item, _slice) and (item.step or 1) < 1):
            raise GraphError(
                f"A symbolic tensor has no part [{item!r}].",
                hint="Take whole numbers, slices that go forward, None and '...'.",
            )
    named = [item for item in items if item is not None]
    rest = [None] * (x.ndim - len(named) + (... in named))
    if ... in named:
        place = named.index(...)
        named = [*named[:place], *rest, *named[place + 1 :]]
    wrong = len(named) > x.ndim or ... in named
    for item, size in zip(named, x.shape, strict=False):
        wrong = wrong or (isinstance(item, int) and size is not None and item not in range(-size, size))
    if wrong:
        raise ShapeError(
            f"The part {items} of {show_shape(x.shape)} is not there.",
            port="x",
            hint="The first axis is the batch: x[:, 0] is the first of the next axis.",
        )


@numpy_op("x", "indices")
def take(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """What stands at places along an axis; places below 0 count from the end."""
    x, places = tensor(x), tensor(indices).long()
    if axis is None:
        places = torch.where(places < 0, places + x.shape[0], places)
        x, axis = x.reshape(-1), 0
    along = axis % x.ndim
    places = torch.where(places < 0, places + x.shape[along], places)
    found = torch.index_select(x, along, places.reshape(-1))
    return found.reshape(*x.shape[:along], *places.shape, *x.shape[along + 1 :])


@numpy_op("x", "indices")
def take_along_axis(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """What stands at places along an axis, other places for each row."""
    x, places = tensor(x), tensor(indices).long()
    length = x.shape[0 if axis is None else axis]
    return torch.take_along_dim(x, torch.where(places < 0, places + length, places), axis)


@numpy_op("condition", "x1", "x2")
def where(condition: TensorLike, x1: TensorLike | None = None, x2: TensorLike | None = None) -> Tensor:
    """The first where the condition holds, the second elsewhere; alone, the places where it holds.

    Raises:
        ParameterError: Only one of both is given.
    """
    condition = tensor(condition, torch.bool)
    if x1 is None and x2 is None:
        return torch.stack(torch.where(condition))
    if x1 is None or x2 is None:
        raise ParameterError("where() takes both x1 and x2, or none of them.", parameter="x2")
    return torch.where(condition, tensor(x1), tensor(x2))


@numpy_op("condlist", "choicelist", "default")
def select(condlist: Any, choicelist: Any, default: TensorLike = 0) -> Tensor:
    """For each place the choice whose condition is the first to hold.

    Raises:
        ParameterError: There are no conditions or no choices.
    """
    if not all(isinstance(given, list | tuple) and given for given in (condlist, choicelist)):
        raise ParameterError(
            "select() wants a list of conditions and a list of choices.",
            parameter="condlist",
            received=condlist,
        )
    found = tensor(default)
    choices = list(zip(tensors(condlist), tensors(choicelist), strict=False))
    for condition, choice in reversed(choices):
        found = torch.where(condition, choice, found)
    return found


@numpy_op()
def nonzero(x: TensorLike) -> Tensor:
    """The places of all numbers that are not 0: one row for each axis."""
    return torch.nonzero(tensor(x)).T.to(torch.int32)


@numpy_op()
def unravel_index(indices: TensorLike, shape: tuple[int, ...] | list[int]) -> tuple[Tensor, ...]:
    """Places on one axis as places in a shape, one tensor for each axis."""
    places = tensor(indices)
    rows: list[Tensor] = []
    for axis, size in enumerate(shape):
        rest = math.prod(shape[axis + 1 :])
        rows.append((torch.div(places, rest, rounding_mode="floor") % size).to(result_type(places.dtype)))
    return tuple(rows)


@core_op("indices", "values")
def scatter(indices: TensorLike, values: TensorLike, shape: tuple[int, ...] | list[int]) -> Tensor:
    """Zeros, and numbers added at places: `indices[i]` is the place of `values[i]`."""
    places, numbers = tensor(indices).long(), tensor(values)
    depth = places.shape[-1]
    zeros = torch.zeros(tuple(shape), dtype=numbers.dtype, device=numbers.device)
    return zeros.index_put(
        tuple(places.reshape(-1, depth).T), numbers.reshape(-1, *shape[depth:]), accumulate=True
    )


@core_op("inputs", "indices", "updates")
def scatter_update(
    inputs: TensorLike, indices: TensorLike, updates: TensorLike, reduction: str | None = None
) -> Tensor:
    """A tensor with other numbers at places: `indices[i]` is the place of `updates[i]`.

    Args:
        inputs: The tensor.
        indices: Places: one row for each, with a number for each axis.
        updates: The numbers.
        reduction: What is done with the number that was there: None to replace it, "add", "max", "min" or
            "mul" to keep what comes of both.

    Raises:
        ParameterError: Another reduction.
    """
    inputs = tensor(inputs)
    places = tuple(tensor(indices).long().T)
    numbers = tensor(updates, inputs.dtype)
    kind = None if reduction is None else reduction.lower()
    if kind is None:
        return inputs.index_put(places, numbers)
    if kind == "add":
        return inputs.index_put(places, numbers, accumulate=True)
    if kind not in _REDUCTIONS:
        raise ParameterError(
            f"scatter_update(reduction=…) got {reduction!r}.",
            parameter="reduction",
            received=reduction,
            hint="Take None, 'add', 'max', 'min' or 'mul'.",
        )
    # One after the other, since several may go to the same place.
    result = inputs
    for row, place in enumerate(zip(*(axis.tolist() for axis in places), strict=True)):
        there = tuple(torch.as_tensor(item, device=inputs.device) for item in place)
        result = result.index_put(there, _REDUCTIONS[kind](result[place], numbers[row]))
    return result


_REDUCTIONS = {"max": torch.maximum, "min": torch.minimum, "mul": torch.mul}


@core_op("inputs", "start_indices")
def slice(inputs: TensorLike, start_indices: Any, shape: Any) -> Tensor:
    """The part of a shape that begins at given places."""
    part = tensor(inputs)
    for axis, (start, length) in enumerate(zip(_numbers(start_indices), _numbers(shape), strict=True)):
        part = part[(_slice(None),) * axis + (_slice(start, start + length),)]
    return part


@core_op("inputs", "start_indices", "updates")
def slice_update(inputs: TensorLike, start_indices: Any, updates: TensorLike) -> Tensor:
    """A tensor with other numbers in the part that begins at given places."""
    inputs, updates = tensor(inputs), tensor(updates)
    starts = _numbers(start_indices)
    part = tuple(_slice(start, start + length) for start, length in zip(starts, updates.shape, strict=False))
    result = inputs.clone()
    result[part] = updates.to(inputs.dtype)
    return result


def _numbers(values: Any) -> list[int]:
    if isinstance(values, list | tuple) and all(isinstance(value, int) for value in values):
        return list(values)
    return [int(value) for value in tensor(values).tolist()]
