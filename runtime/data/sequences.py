"""Sequences of different lengths, made equally long."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from runtime.errors import DataError, ParameterError

Side = Literal["pre", "post"]


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: Side = "pre",
    truncating: Side = "pre",
    value: Any = 0.0,
) -> np.ndarray[Any, Any]:
    """Makes sequences equally long: short ones are filled up, long ones are cut.

    Args:
        sequences: The sequences, such as lists of word ids.
        maxlen: The length; None for that of the longest.
        dtype: Element type of the result.
        padding: "pre" fills up in front, "post" behind.
        truncating: "pre" cuts the front away, "post" the end.
        value: What is filled in.

    Returns:
        An array (sequences, maxlen, …).

    Raises:
        DataError: An entry is no sequence, or their further axes differ.

    Source:
        https://keras.io/api/data_loading/timeseries/
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ParameterError(
                f"pad_sequences got {name}={side!r}.",
                parameter=name,
                received=side,
                hint="Use 'pre' or 'post'.",
            )
    for place, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise DataError(
                f"Entry {place} of the sequences is {sequence!r}, which has no length.",
                hint="Give a list of lists.",
            )
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    filled = next((np.asarray(sequence) for sequence in sequences if len(sequence)), np.empty(0))
    padded = np.full((len(sequences), length, *filled.shape[1:]), value, dtype=dtype)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = np.asarray(sequence)
        if not len(kept) or not length:
            continue
        if kept.shape[1:] != filled.shape[1:]:
            raise DataError(
                f"One sequence has entries of shape {kept.shape[1:]}, another one of {filled.shape[1:]}."
            )
        kept = kept[-length:] if truncating == "pre" else kept[:length]
        if padding == "pre":
            row[-len(kept) :] = kept
        else:
            row[: len(kept)] = kept
    return padded
