"""Finds out what kind of data was given, and makes batches of it."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from runtime.data.arrays import ArrayBatches, Shuffle
from runtime.data.batches import Batches
from runtime.data.class_weights import class_sample_weights
from runtime.data.conversion import as_tensors
from runtime.data.nested import flatten, map_leaves
from runtime.data.py_dataset import PyDataset
from runtime.data.streams import StreamBatches, iterable_source, iterator_source, py_dataset_source
from runtime.errors import DataError
from runtime.switches import max_steps_per_epoch


def make_batches(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    device: torch.device,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: Shuffle = False,
    class_weight: Mapping[Any, Any] | None = None,
) -> Batches:
    """Batches of whatever `fit`, `evaluate` and `predict` take.

    Args:
        x: Arrays, tensors, tables (in lists or dicts), a generator, a `PyDataset`, a torch data set.
        y: Targets; not with data that brings its own.
        sample_weight: Weights; not with data that brings its own.
        device: Where batches shall be.
        batch_size: Samples in a batch, 32 if None.
        steps: How many batches make an epoch; None for all.
        shuffle: True for a new order every epoch, "batch" for one within each batch.
        class_weight: Class id → weight.

    Raises:
        DataError: It is no data, or arguments contradict each other.
    """
    batches = _batches_of(
        x,
        y,
        sample_weight,
        device=device,
        batch_size=batch_size,
        steps=steps,
        shuffle=shuffle,
        class_weight=class_weight,
    )
    _limit_steps(batches)
    return batches


def _limit_steps(batches: Batches) -> None:
    """Holds an epoch to the number of batches that the program has set for all."""
    limit = max_steps_per_epoch()
    if limit is None or (batches.wanted_steps is not None and batches.wanted_steps <= limit):
        return
    available = batches.available_steps
    warnings.warn(f"Only {limit} batches are taken: set_max_steps_per_epoch() says so.", stacklevel=5)
    batches.wanted_steps = limit if available is None else min(limit, available)


def _batches_of(
    x: Any,
    y: Any,
    sample_weight: Any,
    *,
    device: torch.device,
    batch_size: int | None,
    steps: int | None,
    shuffle: Shuffle,
    class_weight: Mapping[Any, Any] | None,
) -> Batches:
    if isinstance(x, TensorDataset):
        x, y, sample_weight = (*x.tensors, None, None)[:3]
    if is_array_data(x):
        x, y = as_tensors(x, "x"), as_tensors(y, "y")
        weight = as_tensors(sample_weight, "sample_weight")
        if class_weight is not None:
            if weight is not None:
                raise DataError("Both class_weight and sample_weight were given.", hint="Use one of them.")
            weight = class_sample_weights(y, class_weight)
        return ArrayBatches(
            x,
            y,
            _one_weight_per_target(weight, y),
            batch_size=batch_size,
            shuffle=shuffle,
            steps=steps,
            device=device,
        )
    for value, name in ((y, "y"), (sample_weight, "sample_weight")):
        if value is not None:
            raise DataError(
                f"x is a {type(x).__name__}, which brings its own targets, but {name} was given too.",
                hint="Let it give tuples (inputs, targets) or (inputs, targets, weights).",
            )
    source, length = _stream(x, batch_size, bool(shuffle))
    return StreamBatches(source, length, steps=steps, device=device, class_weight=class_weight)


def is_array_data(x: Any) -> bool:
    """True for data in memory: arrays, tensors, tables, numbers, or lists and dicts of them."""
    return all(
        hasattr(leaf, "__array__")
        or isinstance(leaf, int | float | str | np.generic)
        or hasattr(leaf, "toarray")
        for leaf in flatten(x)
    ) and not (x is None or isinstance(x, PyDataset | Dataset | DataLoader))


def _stream(x: Any, batch_size: int | None, shuffle: bool) -> tuple[Any, int | None]:
    if isinstance(x, PyDataset):
        return py_dataset_source(x, shuffle=shuffle), x.num_batches
    if isinstance(x, Dataset):
        mixed = shuffle and not isinstance(x, IterableDataset)
        x = DataLoader(x, batch_size=batch_size or 32, shuffle=mixed)
    if isinstance(x, Iterator):
        return iterator_source(x), None
    if isinstance(x, Iterable) and not isinstance(x, str | dict | list | tuple):
        return iterable_source(x), _length(x)
    raise DataError(
        "x was not given." if x is None else f"x is a {type(x).__name__}, which is no data a model can use.",
        hint="Give arrays or tensors (or lists or dicts of them), a generator or a torch DataLoader.",
    )


def _length(x: Any) -> int | None:
    try:
        return len(x)
    except TypeError:
        return None


def _one_weight_per_target(weight: Any, y: Any) -> Any:
    """The same weights for each of several targets, where only one array of them was given."""
    if not isinstance(weight, torch.Tensor) or not isinstance(y, list | tuple | dict):
        return weight
    if weight.ndim > 2 or (weight.ndim == 2 and weight.shape[1] != 1):
        raise DataError(
            f"sample_weight has the shape {tuple(weight.shape)}, and there are several targets.",
            hint="Give one weight for each sample, or a list with one array for each target.",
        )
    return map_leaves(lambda _: weight, y)
