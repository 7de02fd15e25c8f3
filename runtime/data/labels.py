"""Labels: class ids to one-hot vectors."""

from typing import Any

import numpy as np
import torch

from runtime.errors import DataError


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray[Any, Any]:
    """Turns class ids into one-hot vectors: 2 of 4 classes becomes [0, 0, 1, 0].

    Args:
        x: Class ids from 0, of any shape; a last axis of size 1 is dropped.
        num_classes: How many classes there are; None for the largest id plus 1.

    Returns:
        An array with one more axis, of size `num_classes`.

    Raises:
        DataError: An id is negative, or too large.

    Source:
        https://keras.io/api/utils/python_utils/
    """
    ids = np.asarray(x.cpu() if isinstance(x, torch.Tensor) else x).astype("int64")
    if ids.ndim > 1 and ids.shape[-1] == 1:
        ids = ids.reshape(ids.shape[:-1])
    classes = num_classes or (int(ids.max()) + 1 if ids.size else 0)
    if ids.size and (ids.min() < 0 or ids.max() >= classes):
        raise DataError(
            f"Class ids go from {ids.min()} to {ids.max()}, but there are {classes} classes: "
            f"ids must be from 0 to {classes - 1}.",
            hint="Count classes from 0, or give a larger num_classes.",
        )
    one_hot = np.zeros((ids.size, classes))
    one_hot[np.arange(ids.size), ids.ravel()] = 1
    return one_hot.reshape((*ids.shape, classes))
