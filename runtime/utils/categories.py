"""Class numbers as rows with a single 1."""

from typing import Any

import numpy as np
import numpy.typing as npt

from runtime.errors import DataError


def to_categorical(x: Any, num_classes: int | None = None) -> npt.NDArray[np.float64]:
    """Turns class numbers into one-hot rows: 2 of 4 classes is `[0, 0, 1, 0]`.

    Args:
        x: Class numbers from 0, in any shape; a last axis of size 1 is dropped.
        num_classes: How many classes there are; one more than the largest number by default.

    Returns:
        An array of the shape of `x` with a further axis of size `num_classes`.

    Raises:
        DataError: A number is negative, or not smaller than `num_classes`.
    """
    numbers = np.asarray(x, dtype="int64")
    if numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers[..., 0]
    classes = num_classes if num_classes is not None else int(numbers.max(initial=-1)) + 1
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < classes:
        raise DataError(
            f"Class numbers go from {numbers.min()} to {numbers.max()}, but there are {classes} classes: "
            f"0 to {classes - 1}.",
            hint="Count classes from 0, or give a larger num_classes.",
        )
    return np.eye(classes)[numbers]
