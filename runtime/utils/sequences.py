"""Sequences of different lengths as one array."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from runtime.errors import DataError


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: str = "int32",
    padding: Literal["pre", "post"] = "pre",
    truncating: Literal["pre", "post"] = "pre",
    value: Any = 0.0,
) -> npt.NDArray[Any]:
    """Fills short sequences up and cuts long ones, so that all have one length.

    Args:
        sequences: Lists of numbers, or of rows of numbers.
        maxlen: The length; that of the longest by default.
        dtype: Type of the numbers that come out.
        padding: Where a short one is filled: "pre" before it, "post" after it.
        truncating: Where a long one is cut: "pre" loses its beginning, "post" its end.
        value: What it is filled with.

    Returns:
        An array (sequences, maxlen, …).

    Raises:
        DataError: An entry is no sequence, or its rows differ in shape from those of the first.
    """
    arrays: list[npt.NDArray[Any]] = []
    for place, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise DataError(
                f"Entry {place} is {sequence!r}, which is no sequence.",
                hint="Give a list of lists of numbers.",
            )
        arrays.append(np.asarray(sequence, dtype=dtype))
    length = maxlen if maxlen is not None else max((len(array) for array in arrays), default=0)
    row_shape = next((array.shape[1:] for array in arrays if len(array)), ())
    padded = np.full((len(arrays), length, *row_shape), value, dtype=dtype)
    for place, array in enumerate(arrays):
        if not len(array) or not length:
            continue
        if array.shape[1:] != row_shape:
            raise DataError(
                f"Sequence {place} has rows of shape {array.shape[1:]}, those before it {row_shape}.",
                hint="All rows must have one shape.",
            )
        kept = array[-length:] if truncating == "pre" else array[:length]
        if padding == "post":
            padded[place, : len(kept)] = kept
        else:
            padded[place, length - len(kept) :] = kept
    return padded
