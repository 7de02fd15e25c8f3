"""Products of vectors, matrices and tensors.

Source: https://keras.io/api/ops/numpy/
"""

import math
import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.ops.conversion import TensorLike, float_type, result_type, tensor
from runtime.ops.conversion import tensor as as_tensor
from runtime.ops.registration import einops_op, numpy_op


def _in_floats(function: Callable[..., Tensor], x1: TensorLike, x2: TensorLike) -> Tensor:
    """A product that torch has for floating numbers only, in the type that comes of both."""
    x1, x2 = tensor(x1), tensor(x2)
    result = result_type(x1.dtype, x2.dtype)
    inner = result_type(result, float)
    return function(x1.to(inner), x2.to(inner)).to(result)


@numpy_op("x1", "x2")
def matmul(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The matrix product of the last two axes, for each place of the others."""
    x1, x2 = tensor(x1), tensor(x2)
    if x1.dtype == x2.dtype and x1.dtype is torch.float32:
        return torch.matmul(x1, x2)
    both_small = x1.dtype is torch.int8 and x2.dtype is torch.int8
    result = torch.int32 if both_small else result_type(x1.dtype, x2.dtype)
    inner = float_type() if result is torch.bool else result
    return torch.matmul(x1.to(inner), x2.to(inner)).to(result)


def _dot(x1: Tensor, x2: Tensor) -> Tensor:
    if x1.ndim == 0 or x2.ndim == 0:
        return x1 * x2
    return torch.matmul(x1, x2)


@numpy_op("x1", "x2")
def dot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of products along the last axis of the first."""
    return _in_floats(_dot, x1, x2)


@numpy_op("x1", "x2")
def vdot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of products of two vectors."""
    return _in_floats(torch.vdot, x1, x2)


@numpy_op("x1", "x2")
def inner(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sums of products along both last axes."""
    return _in_floats(torch.inner, x1, x2)


@numpy_op("x1", "x2")
def outer(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Each number of the first times each of the second."""
    return torch.outer(tensor(x1).flatten(), tensor(x2).flatten())


@numpy_op("x1", "x2")
def kron(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The second as often as the first has numbers, each time multiplied with one of them."""
    return torch.kron(tensor(x1), tensor(x2))


@numpy_op("x1", "x2")
def cross(
    x1: TensorLike, x2: TensorLike, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """The vector at right angles to two vectors of three numbers.

    Raises:
        ParameterError: Vectors along different axes.
    """
    if (axisa, axisb, axisc) != (-1, -1, -1):
        raise ParameterError(
            "cross() takes its vectors along one axis.",
            parameter="axisa",
            received=axisa,
            hint="Say it with axis=…; ops.moveaxis brings the vectors there.",
        )
    x1, x2 = tensor(x1), tensor(x2)
    dtype = result_type(x1.dtype, x2.dtype)
    if axis is None:
        # As numpy's and torch's: the first axis of three.
        axis = next((place for place, size in enumerate(x1.shape) if size == 3), -1)
    return torch.linalg.cross(*torch.broadcast_tensors(x1.to(dtype), x2.to(dtype)), dim=axis)


@numpy_op("x1", "x2")
def tensordot(x1: TensorLike, x2: TensorLike, axes: Any = 2) -> Tensor:
    """The sums of products over axes: so many at the end and the beginning, or a pair of lists."""
    if isinstance(axes, list | tuple):
        axes = [list(each) if isinstance(each, list | tuple) else [each] for each in axes]
    return _in_floats(lambda one, other: torch.tensordot(one, other, axes), x1, x2)


@numpy_op("operands")
def einsum(subscripts: str, *operands: TensorLike, **kwargs: Any) -> Tensor:
    """A sum of products in Einstein's notation: "bij,bjk->bik" is a matrix product."""
    del kwargs
    found = [tensor(operand) for operand in operands]
    if all(operand.dtype is torch.int8 for operand in found):
        found = [operand.to(torch.int32) for operand in found]
    return torch.einsum(subscripts, *found)


@einops_op("tensor", "pattern")
def rearrange(tensor: TensorLike, pattern: str, **axes_lengths: int) -> Tensor:
    """Axes split, merged and put in another order, as a pattern says: "b (h w) c -> b h w c".

    Args:
        tensor: The numbers.
        pattern: Names of the axes before and after; those in brackets are one axis. Lengths that cannot be
            worked out are given by name.
        axes_lengths: Lengths of axes.

    Raises:
        ParameterError: The pattern does not fit.
    """
    x = as_tensor(tensor)
    before, _, after = pattern.partition("->")
    groups, target = _groups(before), _groups(after)
    names = [name for group in groups for name in group]
    if sorted(names) != sorted(name for group in target for name in group) or len(groups) != x.ndim:
        raise ParameterError(
            f"rearrange() got the pattern {pattern!r} for {x.ndim} axes: each must have a name, the same on "
            "both sides.",
            parameter="pattern",
            received=pattern,
            hint="For example 'b (h w) c -> b h w c', with h=… for the height.",
        )
    lengths = dict(axes_lengths)
    for group, size in zip(groups, x.shape, strict=True):
        for name in group:
            if name not in lengths:
                lengths[name] = size // math.prod(lengths.get(other, 1) for other in group)
    split = x.reshape([lengths[name] for name in names])
    turned = split.permute([names.index(name) for group in target for name in group])
    return turned.reshape([math.prod(lengths[name] for name in group) for group in target])


def _groups(side: str) -> list[list[str]]:
    return [(group or name).split() for group, name in re.findall(r"\(([^)]*)\)|(\S+)", side)]
