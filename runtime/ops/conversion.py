"""Tensors from what functions may be given (arrays, numbers, lists), by Keras's rules for element types."""

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from runtime import promotion
from runtime.device import get_device
from runtime.errors import ParameterError
from runtime.formats import floatx
from runtime.symbolic import KerasTensor, find_symbolic

TensorLike = Any
"""A tensor, an array, a number or nested lists of numbers; or a symbolic tensor."""
Axis = int | tuple[int, ...] | list[int] | None
"""One axis, several, or None for all."""
DType = Any
"""A name such as "float32", a dtype of torch or numpy, or None."""

_PYTHON_TYPES: dict[Any, torch.dtype] = {bool: torch.bool, int: torch.int32, complex: torch.complex64}
_OTHER_NAMES = {"uint16": torch.int32, "uint32": torch.int64, "int": torch.int32, "float": torch.float32}
_NARROW = {
    torch.int64: torch.int32,
    torch.float64: torch.float32,
    torch.complex128: torch.complex64,
}
_INT32 = range(-(2**31), 2**31)


class SymbolicArgumentError(Exception):
    """A symbolic tensor came where numbers are computed: the call becomes a step of a graph instead."""


def float_type() -> torch.dtype:
    """The element type that floating numbers get when nothing else is said."""
    return getattr(torch, floatx())


def tensor(x: TensorLike, dtype: DType = None) -> Tensor:
    """Anything that stands for numbers as a tensor.

    Args:
        x: Tensors stay as they are; Python's floats become float32 and its whole numbers int32.
        dtype: Element type of the result, None for what fits.

    Raises:
        SymbolicArgumentError: A symbolic tensor is in it.
        ParameterError: Something in it is no number.
    """
    if not isinstance(x, Tensor):
        x = _converted(x)
    return x if dtype is None else x.to(torch_dtype(dtype))


def tensors(xs: Any) -> list[Tensor]:
    """Each item of a list (or of a tensor's first axis) as a tensor."""
    if isinstance(xs, KerasTensor):
        raise SymbolicArgumentError
    return [tensor(x) for x in xs]


def optional(x: TensorLike | None, dtype: DType = None) -> Tensor | None:
    """The same for an argument that may be left out."""
    return None if x is None else tensor(x, dtype)


def _converted(x: Any) -> Tensor:
    if isinstance(x, bool | int | float | complex):
        dtype = _PYTHON_TYPES.get(type(x)) or float_type()
        if dtype is torch.int32 and x not in _INT32:
            dtype = torch.int64
        return torch.as_tensor(x, dtype=dtype, device=get_device())
    if isinstance(x, KerasTensor) or (isinstance(x, list | tuple) and find_symbolic(x)):
        raise SymbolicArgumentError
    value = getattr(x, "value", None)
    if isinstance(value, Tensor):
        return value
    if isinstance(x, list | tuple) and any(isinstance(item, Tensor) for item in x):
        return torch.stack([tensor(item) for item in x])
    return _from_array(x)


def _from_array(x: Any) -> Tensor:
    array = np.asarray(x)
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.astype(np.float32)).to(torch.bfloat16)
    if array.dtype.name not in _TORCH_NAMES:
        raise ParameterError(
            f"{str(x)[:100]!r} cannot be computed with.",
            received=x,
            hint="Give a tensor, an array, a number or a list of numbers.",
        )
    dtype = torch_dtype(array.dtype)
    if isinstance(x, list | tuple):
        # Lists hold Python's numbers, for which Keras never takes more than 32 bits.
        dtype = _NARROW.get(dtype, dtype)
    if not array.flags.writeable or any(stride < 0 for stride in array.strides):
        array = array.copy()
    if array.dtype.name in _OTHER_NAMES:
        array = array.astype(np.int64)
    return torch.as_tensor(array, dtype=dtype, device=get_device())


_TORCH_NAMES: dict[str, torch.dtype] = {
    **{
        str(dtype).removeprefix("torch."): dtype
        for dtype in vars(torch).values()
        if isinstance(dtype, torch.dtype)
    },
    **_OTHER_NAMES,
}


def torch_dtype(dtype: Any) -> torch.dtype:
    """The element type of a name, a Python or numpy type.

    Raises:
        ParameterError: There is none of that name.
    """
    if isinstance(dtype, torch.dtype):
        return dtype
    return float_type() if dtype is None or dtype is float else _named(dtype)


@cache
def _named(dtype: Any) -> torch.dtype:
    if dtype in _PYTHON_TYPES:
        return _PYTHON_TYPES[dtype]
    name = dtype if isinstance(dtype, str) else np.dtype(dtype).name
    if name not in _TORCH_NAMES:
        raise ParameterError(
            f"There is no element type {name!r}.",
            parameter="dtype",
            received=dtype,
            hint="For example 'float32', 'int32' or 'bool'.",
        )
    return _TORCH_NAMES[name]


def dtype_name(dtype: Any) -> str:
    """An element type by name: "float32"."""
    return str(torch_dtype(dtype)).removeprefix("torch.")


def result_type(*kinds: Any) -> torch.dtype:
    """The element type that comes of several, by Keras's rules: never more than 32 bits.

    Args:
        kinds: Element types; `int` and `float` stand for Python's numbers, which adapt to the others.
    """
    return _joined(float_type(), *kinds)


@cache
def _joined(usual: torch.dtype, *kinds: Any) -> torch.dtype:
    del usual  # What is remembered holds for this element type only.
    return torch_dtype(promotion.result_type(*kinds))


def kind_of(x: TensorLike) -> Any:
    """What `result_type` takes for a value: an element type, or Python's type of a number."""
    return x.dtype if hasattr(x, "dtype") else type(x)


def is_whole(dtype: torch.dtype) -> bool:
    """True for whole numbers and for yes or no."""
    return not (dtype.is_floating_point or dtype.is_complex)


def floating(x: TensorLike) -> Tensor:
    """A tensor; whole numbers become floating ones."""
    x = tensor(x)
    return x.to(float_type()) if is_whole(x.dtype) else x


def together(*xs: TensorLike, also: Any = None) -> tuple[list[Tensor], torch.dtype]:
    """Tensors of the element type that comes of all of them, and that type.

    Args:
        xs: What is brought together.
        also: A further type that counts, such as `float`.
    """
    found = [x if isinstance(x, int | float) and not isinstance(x, bool) else tensor(x) for x in xs]
    dtype = result_type(*(kind_of(x) for x in found), *([] if also is None else [also]))
    return [tensor(x, dtype) for x in found], dtype


def axes(axis: Axis) -> Any:
    """An axis argument as torch takes it: lists, which come from files, become tuples."""
    return tuple(axis) if isinstance(axis, list) else axis
