"""Whatever holds numbers becomes a tensor; what holds none is refused with a reason."""

from typing import Any

import numpy as np
import torch

from runtime.data.nested import map_leaves
from runtime.errors import DataError


def as_tensors(value: Any, what: str) -> Any:
    """The same structure with tensors as leaves; double precision becomes single.

    Args:
        value: Arrays, tensors, tables, lists of numbers, or lists, tuples and dicts of those.
        what: What it is called in messages: "x".

    Raises:
        DataError: Something in it is no number.
    """
    if isinstance(value, list | tuple) and value and _is_numbers(value):
        value = _array_of(value, what)
    return map_leaves(lambda leaf: as_tensor(leaf, what), value)


def as_tensor(value: Any, what: str) -> torch.Tensor:
    """One array, tensor, table or number as a tensor; double precision becomes single."""
    if isinstance(value, torch.Tensor):
        tensor = value.detach()
    else:
        array = _array_of(value, what)
        if not array.flags.writeable or any(step < 0 for step in array.strides):
            array = array.copy()
        tensor = torch.from_numpy(array)
    if tensor.dtype == torch.float64:
        tensor = tensor.to(torch.float32)
    return tensor


def _array_of(value: Any, what: str) -> np.ndarray[Any, Any]:
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    elif hasattr(value, "toarray"):
        value = value.toarray()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(
            f"{what} is a list whose entries have different lengths.",
            hint="Make them equally long; pad_sequences() does so for texts.",
        ) from error
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"{what} holds values of the type {array.dtype.name}, which are no numbers.",
            hint="Convert it with array.astype('float32'); texts and dates must become numbers first.",
        )
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        # torch computes little with unsigned numbers beyond one byte.
        return array.astype("int64" if array.dtype.itemsize > 2 else "int32")
    if array.dtype.byteorder == ">":
        return array.astype(array.dtype.newbyteorder("="))
    return array if array.dtype.name != "float128" else array.astype("float64")


def _is_numbers(value: Any) -> bool:
    """True if a list is itself the data: nested lists of numbers, not a list of arrays."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, int | float | np.number | np.bool_ | str)
