"""Tensors joined along an axis, and split again.

Source: https://keras.io/api/ops/numpy/
"""

from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.ops.conversion import TensorLike, tensor, tensors
from runtime.ops.registration import numpy_op

Sections = int | list[int] | tuple[int, ...]


@numpy_op()
def concatenate(xs: Any, axis: int = 0) -> Tensor:
    """Tensors one behind the other along an axis."""
    return torch.cat(tensors(xs), axis)


@numpy_op()
def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape along a new axis."""
    return torch.stack(tensors(x), axis)


@numpy_op()
def vstack(xs: Any) -> Tensor:
    """Tensors below each other: along the first axis."""
    return torch.vstack(tensors(xs))


@numpy_op()
def hstack(xs: Any) -> Tensor:
    """Tensors beside each other: along the second axis, or the only one."""
    return torch.hstack(tensors(xs))


@numpy_op()
def dstack(xs: Any) -> Tensor:
    """Tensors behind each other: along the third axis."""
    return torch.dstack(tensors(xs))


@numpy_op("x1", "x2")
def append(x1: TensorLike, x2: TensorLike, axis: int | None = None) -> Tensor:
    """The second behind the first along an axis; all numbers on one axis if none is given."""
    x1, x2 = tensor(x1), tensor(x2)
    return torch.cat((x1.flatten(), x2.flatten())) if axis is None else torch.cat((x1, x2), axis)


@numpy_op()
def meshgrid(*x: TensorLike, indexing: str = "xy") -> list[Tensor]:
    """Coordinates of all points of a grid, one tensor for each axis."""
    return list(torch.meshgrid(*[tensor(item) for item in x], indexing=indexing))


def _places(indices_or_sections: Any) -> Any:
    """A number of parts, or the places where to cut."""
    if isinstance(indices_or_sections, int):
        return indices_or_sections
    return [int(place) for place in tensor(indices_or_sections).tolist()]


@numpy_op()
def split(x: TensorLike, indices_or_sections: Sections, axis: int = 0) -> list[Tensor]:
    """So many equal parts along an axis, or parts that end at the places given.

    Raises:
        ShapeError: The axis has no such equal parts.
    """
    x = tensor(x)
    sections = _places(indices_or_sections)
    length = x.shape[axis]
    if isinstance(sections, int) and length % sections:
        raise ShapeError(
            f"split() cannot cut {length} places into {sections} equal parts.",
            port="x",
            hint="Say where to cut with a list of places, or use ops.array_split.",
        )
    return list(torch.tensor_split(x, sections, axis))


@numpy_op()
def array_split(x: TensorLike, indices_or_sections: int, axis: int = 0) -> list[Tensor]:
    """So many parts along an axis, the first ones longer by one where they cannot be equal.

    Raises:
        ParameterError: The number of parts is none.
    """
    if not isinstance(indices_or_sections, int) or indices_or_sections < 1:
        raise ParameterError(
            f"array_split() got {indices_or_sections!r} parts, but it wants a whole number, at least 1.",
            parameter="indices_or_sections",
            received=indices_or_sections,
        )
    return list(torch.tensor_split(tensor(x), indices_or_sections, axis))


@numpy_op()
def hsplit(x: TensorLike, indices_or_sections: Sections) -> list[Tensor]:
    """Parts along the second axis, or the only one."""
    return list(torch.hsplit(tensor(x), _places(indices_or_sections)))


@numpy_op()
def vsplit(x: TensorLike, indices_or_sections: Sections) -> list[Tensor]:
    """Parts along the first axis."""
    return list(torch.vsplit(tensor(x), _places(indices_or_sections)))


@numpy_op()
def dsplit(x: TensorLike, indices_or_sections: Sections) -> list[Tensor]:
    """Parts along the third axis."""
    return list(torch.dsplit(tensor(x), _places(indices_or_sections)))
