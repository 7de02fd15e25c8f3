"""Writes arrays and lists of names into HDF5 groups, as Keras does."""

from collections.abc import Iterable, Sequence
from typing import Any

import h5py
import numpy as np
import torch

MAX_HEADER = 64512
"""Bytes of one attribute; longer lists are split."""
KERAS_VERSION = "3.15.1"
"""The Keras whose layout is written."""


def write_names(group: h5py.Group, attribute: str, names: Sequence[str]) -> None:
    """Keeps a list of names beside a group, split into several when it is long."""
    encoded = [name.encode() for name in names]
    count = 1
    whole = np.asarray(encoded)
    parts = [whole]
    while any(part.nbytes > MAX_HEADER for part in parts):
        count += 1
        parts = np.array_split(whole, count)
    if count == 1:
        group.attrs[attribute] = encoded
    else:
        for number, part in enumerate(parts):
            group.attrs[f"{attribute}{number}"] = part


def write_arrays(group: h5py.Group, arrays: Iterable[tuple[str, torch.Tensor]]) -> None:
    """Keeps tensors in a group under their names, and the list of names beside it."""
    names: list[str] = []
    for wanted, tensor in arrays:
        name = _free_name(wanted, group)
        names.append(name)
        write_array(group, name, tensor)
    write_names(group, "weight_names", names)


def write_array(group: h5py.Group, name: str, tensor: torch.Tensor) -> None:
    """Keeps one tensor in a group."""
    tensor = tensor.detach().cpu()
    if tensor.dtype == torch.bfloat16:
        # HDF5 has no such type: Keras stores the two bytes and says so beside them.
        raw = tensor.contiguous().view(torch.int16).numpy().view("V2")
        group.create_dataset(name, data=raw).attrs["dtype"] = "bfloat16"
        return
    group.create_dataset(name, data=_contiguous(tensor))


def _contiguous(tensor: torch.Tensor) -> Any:
    array = tensor.numpy()
    return np.ascontiguousarray(array) if array.ndim else array


def _free_name(name: str, group: h5py.Group) -> str:
    """Two weights in models nested in one another may have the same path."""
    free, number = name, 0
    while free in group:
        number += 1
        free = f"{name}_{number}"
    return free
