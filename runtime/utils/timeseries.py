"""`timeseries_dataset_from_array`: windows that move along a series."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from runtime.errors import ParameterError
from runtime.utils.batched import BatchedDataset


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: Literal["tf", "grain"] = "tf",
) -> BatchedDataset:
    """Windows of equal length, cut one after the other from a series.

    Args:
        data: The series, time along the first axis.
        targets: What belongs to the window that begins at the same place; None for windows alone.
        sequence_length: Steps in a window.
        sequence_stride: Steps from the beginning of one window to the next.
        sampling_rate: Steps between two values within a window.
        batch_size: Windows in a batch; None for single ones.
        shuffle: True mixes the windows, anew in each pass.
        seed: Makes the order.
        start_index: Where the used part of the series begins.
        end_index: Where it ends (not included).
        format: Accepted for Keras's sake: it is always a data set of this library.

    Returns:
        A data set of windows (batch, sequence_length, …), with their targets if there are some.

    Raises:
        ParameterError: A number cannot be, or no window fits into the series.

    Source:
        https://keras.io/api/data_loading/timeseries/
    """
    del format
    series = np.asarray(data)
    wanted = None if targets is None else np.asarray(targets)
    first, end = start_index or 0, len(series) if end_index is None else end_index
    if not 0 <= first < len(series):
        raise _wrong("start_index", start_index, f"Give a place in the series: 0 to {len(series) - 1}.")
    if not first < end <= len(series):
        raise _wrong("end_index", end_index, f"Give a place behind the start: {first + 1} to {len(series)}.")
    for name, value in (
        ("sequence_length", sequence_length),
        ("sequence_stride", sequence_stride),
        ("sampling_rate", sampling_rate),
    ):
        if not 0 < value <= len(series):
            raise _wrong(
                name, value, f"Give a whole number from 1 to {len(series)}, the steps of the series."
            )
    windows = end - first - (sequence_length - 1) * sampling_rate
    if wanted is not None:
        windows = min(windows, len(wanted))
    if windows < 1:
        raise _wrong(
            "sequence_length", sequence_length, "A window is longer than the series: make it shorter."
        )
    starts = np.arange(0, windows, sequence_stride)
    steps = np.arange(sequence_length) * sampling_rate
    used = series[first:end]
    used_targets = None if wanted is None else wanted[first:end]
    if used_targets is not None:
        # Beyond the targets there is nothing to predict.
        starts = starts[starts < len(used_targets)]

    def batch(numbers: Sequence[int]) -> Any:
        begun = starts[list(numbers)]
        cut = used[begun[:, None] + steps]
        return cut if used_targets is None else (cut, used_targets[begun])

    return BatchedDataset(len(starts), batch, batch_size, shuffle=shuffle, seed=seed)


def _wrong(name: str, value: Any, hint: str) -> ParameterError:
    return ParameterError(f"{name} is {value!r}.", parameter=name, received=value, hint=hint)
