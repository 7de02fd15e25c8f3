"""`split_dataset`: cuts data in two."""

from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, Subset, TensorDataset, random_split

from runtime.errors import DataError, ParameterError


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Subset[Any], Subset[Any]]:
    """Cuts data in two, such as one part to train on and one to test on.

    Args:
        dataset: An array or tensor, a list or tuple of equally long ones, or a torch data set.
        left_size: Size of the first part: a whole number of samples, or a share between 0 and 1.
        right_size: Size of the second part; None for the rest.
        shuffle: True mixes the samples before.
        seed: Makes the order.
        preferred_backend: Accepted for Keras's sake.

    Returns:
        Two torch data sets of tuples of tensors; `fit` takes them.

    Raises:
        ParameterError: A size cannot be, or a part would be empty.
        DataError: It is no data that can be cut.
    """
    del preferred_backend
    samples = _as_dataset(dataset)
    total = len(samples)  # type: ignore[arg-type]
    left, right = _sizes(left_size, right_size, total)
    if shuffle:
        generator = torch.Generator()
        if seed is None:
            generator.seed()
        else:
            generator.manual_seed(seed)
        first, second, _ = random_split(samples, [left, right, total - left - right], generator)
        return first, second
    return Subset(samples, range(left)), Subset(samples, range(total - right, total))


def _as_dataset(dataset: Any) -> Dataset[Any]:
    if isinstance(dataset, Dataset):
        if not hasattr(dataset, "__len__"):
            raise DataError("A data set that does not say its length cannot be cut.")
        return dataset
    arrays = list(dataset) if isinstance(dataset, list | tuple) else [dataset]
    if not arrays or not all(isinstance(array, np.ndarray | torch.Tensor) for array in arrays):
        raise DataError(
            f"A {type(dataset).__name__} of something else than arrays cannot be cut.",
            hint="Give an array, a list of arrays, or a torch data set.",
        )
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        raise DataError(f"The arrays have different lengths: {sorted(lengths)}.")
    return TensorDataset(*(torch.as_tensor(array) for array in arrays))


def _sizes(left: float | None, right: float | None, total: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ParameterError(
            "split_dataset got no size.", parameter="left_size", hint="Give left_size, right_size or both."
        )
    counts = [_count("left_size", left, total), _count("right_size", right, total)]
    first = total - (counts[1] or 0) if counts[0] is None else counts[0]
    second = total - first if counts[1] is None else counts[1]
    if first + second > total or not first or not second:
        raise ParameterError(
            f"{total} samples cannot be cut into {first} and {second}.",
            parameter="left_size",
            received=left,
            hint="Both parts must hold something, and not more than there is.",
        )
    return first, second


def _count(name: str, size: float | None, total: int) -> int | None:
    if size is None:
        return None
    whole = isinstance(size, int) and not isinstance(size, bool)
    if whole and 0 < size < total:
        return int(size)
    if isinstance(size, float) and 0 < size < 1:
        return round(size * total)
    raise ParameterError(
        f"{name} is {size!r}.",
        parameter=name,
        received=size,
        hint=f"Give a share between 0 and 1, or a whole number from 1 to {total - 1}.",
    )
