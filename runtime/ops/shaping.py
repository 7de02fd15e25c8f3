"""The same numbers in other axes: reshaped, turned, repeated, padded.

Source: https://keras.io/api/ops/numpy/
"""

import math
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import ParameterError
from runtime.ops.conversion import Axis, TensorLike, axes, tensor
from runtime.ops.registration import core_op, numpy_op

Sizes = int | tuple[int, ...] | list[int]


def _listed(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Tensor):
        return tuple(value.reshape(-1).tolist())
    return tuple(value) if isinstance(value, list | tuple) else (value,)


@numpy_op()
def reshape(x: TensorLike, newshape: Sizes) -> Tensor:
    """The same numbers in other axes; one size may be -1, for what is left.

    Raises:
        ParameterError: More than one size is left to be found.
    """
    x = tensor(x)
    # A size that is not known while a graph is described is found from the numbers.
    sizes = tuple(-1 if size is None else size for size in _listed(newshape))
    if sizes.count(-1) > 1:
        raise ParameterError(
            f"reshape() got the shape {newshape}, in which more than one size is to be found.",
            parameter="newshape",
            received=newshape,
            hint="Only one may be -1.",
        )
    return torch.reshape(x, sizes)


@numpy_op()
def ravel(x: TensorLike) -> Tensor:
    """All numbers on one axis."""
    return torch.ravel(tensor(x))


@numpy_op()
def transpose(x: TensorLike, axes: tuple[int, ...] | list[int] | None = None) -> Tensor:
    """The axes in another order, the last first if none is given."""
    x = tensor(x)
    return x.permute(tuple(reversed(range(x.ndim))) if axes is None else tuple(axes))


@numpy_op()
def moveaxis(x: TensorLike, source: Sizes, destination: Sizes) -> Tensor:
    """Axes moved to other places; the others keep their order."""
    return torch.movedim(tensor(x), _listed(source), _listed(destination))


@numpy_op()
def swapaxes(x: TensorLike, axis1: int, axis2: int) -> Tensor:
    """Two axes in each other's place."""
    return torch.swapaxes(tensor(x), axis1, axis2)


@numpy_op()
def expand_dims(x: TensorLike, axis: Sizes) -> Tensor:
    """New axes of length 1."""
    x = tensor(x)
    places = _listed(axis)
    rank = x.ndim + len(places)
    for place in sorted(_checked(place, rank) for place in places):
        x = x.unsqueeze(place)
    return x


def _checked(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise ParameterError(
            f"A tensor of {rank} axes has no axis {axis}.",
            parameter="axis",
            received=axis,
            hint=f"Axes are counted from {-rank} to {rank - 1}.",
        )
    return axis % rank


@numpy_op()
def squeeze(x: TensorLike, axis: Axis = None) -> Tensor:
    """The same without axes of length 1."""
    x = tensor(x)
    return torch.squeeze(x) if axis is None else torch.squeeze(x, axes(axis))


@numpy_op()
def broadcast_to(x: TensorLike, shape: Sizes) -> Tensor:
    """The numbers repeated along axes of length 1, up to a shape."""
    x = tensor(x)
    return torch.broadcast_to(x, tuple(-1 if size is None else size for size in _listed(shape)))


@numpy_op()
def tile(x: TensorLike, repeats: Sizes) -> Tensor:
    """The whole tensor so many times along each axis."""
    return torch.tile(tensor(x), _listed(repeats))


@numpy_op()
def repeat(x: TensorLike, repeats: Any, axis: int | None = None) -> Tensor:
    """Each number so many times in a row."""
    x = tensor(x)
    if isinstance(repeats, list | tuple) and len(repeats) == 1:
        repeats = repeats[0]
    if not isinstance(repeats, int):
        return torch.repeat_interleave(x, tensor(repeats, "int32").to(x.device), axis)
    if axis is None:
        x, axis = x.reshape(-1), 0
    return (
        x.unsqueeze((place := axis % x.ndim) + 1)
        .expand(*x.shape[: place + 1], repeats, *x.shape[place + 1 :])
        .flatten(place, place + 1)
    )


@numpy_op()
def flip(x: TensorLike, axis: Axis = None) -> Tensor:
    """The other way round along axes."""
    x = tensor(x)
    return torch.flip(x, tuple(range(x.ndim)) if axis is None else _listed(axis))


@numpy_op()
def fliplr(x: TensorLike) -> Tensor:
    """The second axis the other way round."""
    return torch.fliplr(tensor(x))


@numpy_op()
def flipud(x: TensorLike) -> Tensor:
    """The first axis the other way round."""
    return torch.flipud(tensor(x))


@numpy_op()
def roll(x: TensorLike, shift: Sizes, axis: Axis = None) -> Tensor:
    """The numbers moved on; those that leave at one end come in at the other."""
    return torch.roll(tensor(x), _listed(shift), () if axis is None else _listed(axis))


@numpy_op("array", named="Rot90")
def rot90(array: TensorLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """Turned by a quarter, `k` times, in the plane of two axes.

    Raises:
        ParameterError: There are no two such axes.
    """
    array = tensor(array)
    places = [axis % max(array.ndim, 1) for axis in axes]
    if array.ndim < 2 or len(places) != 2 or places[0] == places[1]:
        raise ParameterError(
            f"rot90() turns the plane of two axes, but {array.ndim} axes have no plane {tuple(axes)}.",
            parameter="axes",
            received=axes,
        )
    return torch.rot90(array, k, places)


@numpy_op()
def tril(x: TensorLike, k: int = 0) -> Tensor:
    """What stands on and below a diagonal, zeros above."""
    return torch.tril(tensor(x), k)


@numpy_op()
def triu(x: TensorLike, k: int = 0) -> Tensor:
    """What stands on and above a diagonal, zeros below."""
    return torch.triu(tensor(x), k)


@numpy_op()
def diag(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with the numbers on a diagonal, or the diagonal of a matrix."""
    return torch.diag(tensor(x), k)


@numpy_op()
def diagflat(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with all numbers on a diagonal."""
    return torch.diagflat(tensor(x), k)


@numpy_op()
def diagonal(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonal of the plane of two axes."""
    return torch.diagonal(tensor(x), offset, axis1, axis2)


@numpy_op()
def trace(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of the diagonal of the plane of two axes."""
    x = tensor(x)
    dtype = torch.int32 if x.dtype in (torch.bool, torch.int8, torch.int16, torch.uint8) else x.dtype
    return torch.diagonal(x, offset, axis1, axis2).sum(-1, dtype=dtype)


@numpy_op("x", "constant_values")
def pad(
    x: TensorLike, pad_width: Any, mode: str = "constant", constant_values: TensorLike | None = None
) -> Tensor:
    """Numbers added before and after each axis.

    Args:
        x: The tensor.
        pad_width: How many: one number, (before, after), or such a pair for each axis.
        mode: "constant", or "reflect" and "symmetric" for what stands at the edge, mirrored or repeated.
        constant_values: The number that is added; None for 0.

    Raises:
        ParameterError: A number is given for a mode that has none.
    """
    if constant_values is not None and mode != "constant":
        raise ParameterError(
            f"pad(mode={mode!r}) takes no constant_values.",
            parameter="constant_values",
            received=constant_values,
        )
    x = tensor(x)
    amounts = [amount for pair in reversed(_pairs(pad_width, x.ndim)) for amount in pair]
    if mode == "constant":
        return F.pad(x, amounts, value=0 if constant_values is None else float(constant_values))
    while len(amounts) > 2 and amounts[-2:] == [0, 0]:
        amounts = amounts[:-2]
    # torch's function wants floating numbers, and as many axes in front as it pads, and one or two more.
    values = x if x.is_floating_point() else x.to(torch.float32)
    lead = max(len(amounts) // 2 + 1 - x.ndim, 0)
    values = values.reshape(*[1] * lead, *x.shape)
    padded = F.pad(values, amounts, mode="replicate" if mode == "symmetric" else mode)
    return padded.reshape(padded.shape[lead:]).to(x.dtype)


def _pairs(pad_width: Any, rank: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, int):
        return [(pad_width, pad_width)] * rank
    if isinstance(pad_width[0], int):
        return [(pad_width[0], pad_width[-1])] * rank
    pairs = [(int(width[0]), int(width[-1])) for width in pad_width]
    return pairs * rank if len(pairs) == 1 else pairs


@core_op()
def unstack(x: TensorLike, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """A tensor for each place along an axis, which they no longer have."""
    del num
    return list(torch.unbind(tensor(x), axis))


@numpy_op()
def size(x: TensorLike) -> Tensor:
    """How many numbers there are."""
    return torch.tensor(math.prod(tensor(x).shape))


@numpy_op()
def ndim(x: TensorLike) -> int:
    """How many axes there are."""
    return tensor(x).ndim
