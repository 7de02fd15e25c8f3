"""What is wrong with data, said before training begins."""

import math
from typing import Any

import torch

from runtime.data.nested import flatten
from runtime.errors import DataError


def check_lengths(x: Any, y: Any, sample_weight: Any) -> int:
    """Number of samples, the same in all arrays.

    Raises:
        DataError: They differ, or there are none.
    """
    lengths: dict[str, list[int]] = {}
    for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        for tensor in flatten(value):
            if tensor.ndim == 0:
                raise DataError(
                    f"{name} is a single number.",
                    hint="It needs an axis of samples, even if there is only one.",
                )
            lengths.setdefault(name, []).append(len(tensor))
    counts = {length for found in lengths.values() for length in found}
    if len(counts) > 1:
        told = ", ".join(f"{name} has {' and '.join(map(str, found))}" for name, found in lengths.items())
        raise DataError(
            f"The numbers of samples differ: {told}.", hint="Each sample needs its own target (and weight)."
        )
    if not counts:
        raise DataError("There is no data: x is empty.", hint="Give an array with at least one sample.")
    (samples,) = counts
    if samples == 0:
        raise DataError(
            f"There is no data: x has the shape {tuple(flatten(x)[0].shape)}.",
            hint="Give at least one sample; was everything filtered out?",
        )
    return samples


def check_finite(value: Any, what: str) -> None:
    """Fails if a number is missing (NaN) or infinite.

    Args:
        value: Tensors in any structure.
        what: What they are called in messages: "x".

    Raises:
        DataError: Some are; how many, and where the first one is.
    """
    for tensor in flatten(value):
        # A sum costs one quick pass, and any NaN or infinity shows in it.
        if not tensor.is_floating_point() or math.isfinite(float(tensor.sum())):
            continue
        broken = ~torch.isfinite(tensor)
        count = int(broken.sum())
        if count == 0:
            continue
        place = tuple(int(index) for index in torch.nonzero(broken)[0])
        kind = "NaN (missing values)" if bool(torch.isnan(tensor).any()) else "infinite values"
        raise DataError(
            f"{what} has {kind} in {count} of {tensor.numel()} places, the first at {place}.",
            hint="Fill them in (for example with the column's mean), or drop these rows.",
        )


def check_shares(y: torch.Tensor, what: str = "y") -> None:
    """Fails if a label of yes or no is below 0 or above 1.

    Args:
        y: Labels.
        what: What they are called in messages.

    Raises:
        DataError: One is out of range.
    """
    if y.numel() == 0:
        return
    low, high = float(y.min()), float(y.max())
    if low < 0 or high > 1:
        raise DataError(
            f"{what} has labels from {low:g} to {high:g}, but binary_crossentropy expects 0 (no) to 1 (yes).",
            hint="For several classes take 'sparse_categorical_crossentropy' and a unit for each class; "
            "for other numbers a loss such as 'mse'.",
        )


def check_class_ids(y: torch.Tensor, classes: int, what: str = "y") -> None:
    """Fails if a class id is negative, or too large for the number of outputs.

    Args:
        y: Class ids.
        classes: How many classes the model tells apart.
        what: What they are called in messages.

    Raises:
        DataError: One is out of range.
    """
    if y.numel() == 0:
        return
    low, high = float(y.min()), float(y.max())
    if y.is_floating_point() and bool((y != y.floor()).any()):
        raise DataError(
            f"{what} has class ids with fractions, such as {float(y[y != y.floor()][0]):g}.",
            hint="Class ids are whole numbers; for measured numbers take a loss such as 'mse'.",
        )
    if low >= 0 and high < classes:
        return
    counted_from_one = low == 1 and high == classes
    raise DataError(
        f"{what} has class ids from {low:g} to {high:g}, but the model's output has {classes} classes: "
        f"ids go from 0 to {classes - 1}.",
        hint="Count classes from 0: subtract 1 from the labels."
        if counted_from_one
        else f"Give the last layer {int(high) + 1} units, or mend the labels."
        if low >= 0
        else "Mend the negative labels.",
    )
