"""Questions about symbolic tensors and element types."""

from typing import Any

import torch

from runtime.errors import UnknownNameError
from runtime.symbolic import KerasTensor, find_symbolic

_PYTHON_TYPES = {bool: "bool", int: "int32", float: "float32", str: "string"}
_NAMES = {"int": "int32", "float": "float32"}


def is_keras_tensor(x: Any) -> bool:
    """True for a symbolic tensor.

    Args:
        x: Anything.
    """
    return isinstance(x, KerasTensor)


def get_source_inputs(tensor: KerasTensor) -> list[KerasTensor]:
    """The inputs a symbolic tensor was computed from.

    Args:
        tensor: The tensor.
    """
    found: list[KerasTensor] = []
    waiting, seen = [tensor], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        before = find_symbolic(one.node.arguments) if one.node else []
        waiting += reversed(before)
        if not before:
            found.append(one)
    return found


def standardize_dtype(dtype: Any) -> str:
    """Name of an element type, however it was given.

    Args:
        dtype: A name, a type of torch, numpy or Python; None for "float32".

    Raises:
        UnknownNameError: There is no such type.
    """
    if dtype is None:
        return "float32"
    name = _PYTHON_TYPES.get(dtype) if isinstance(dtype, type) else None
    name = name or getattr(dtype, "name", None) or getattr(dtype, "__name__", None)
    name = str(name or dtype).rpartition(".")[2]
    name = _NAMES.get(name, name)
    known = {key for key, value in vars(torch).items() if isinstance(value, torch.dtype)} | {"string"}
    if name not in known:
        raise UnknownNameError("dtype", name, known)
    return name
