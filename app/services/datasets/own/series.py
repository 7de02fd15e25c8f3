"""Rows in the order of time, cut into windows: what has been, and what came some rows later."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.services.datasets.dataset import Array
from app.services.datasets.own.answers import shaped
from app.services.datasets.own.limits import check_room
from app.services.datasets.own.recipe import Windows
from app.services.datasets.own.version import release
from runtime.errors import DataError

WINDOWS_A_PIECE = 4_096
ROWS_FILE = "rows.npy"


class Timeline(NamedTuple):
    """Rows, one series after the other, each in the order of time.

    Args:
        x: The rows as numbers; a file, `ROWS_FILE`, which is removed in the end.
        y: Their classes, or their amounts as they were.
        when: The place of each in the order of time of them all; the latest are for the test.
        train: How many rows are of the time of training.
        series: Numbers of the series they belong to.
    """

    x: Array
    y: Array
    when: Array
    train: int
    series: Array


def write_windows(windows: Windows, plan: Any, rows: Timeline, folder: Path) -> tuple[int, int]:
    """Writes windows for training and test. None whose answer is of the test's time is for training.

    Args:
        windows: How they are cut.
        plan: The answer, its mean and its scale.
        rows: All rows.
        folder: Gets the arrays.

    Returns:
        How many windows are for training, and how many for the test.

    Raises:
        DataError: There are too few rows for windows of that length.
    """
    x, y = rows.x, rows.y
    reach = windows.length - 1 + windows.horizon
    starts = _starts(windows, rows.series)
    # In the order of time, so that the last of them, which `fit` holds back, are the latest.
    starts = starts[np.argsort(rows.when[starts + reach], kind="stable")]
    is_test = rows.when[starts + reach] >= rows.train
    parts = {"train": starts[~is_test], "test": starts[is_test]}
    if not len(parts["train"]) or not len(parts["test"]):
        raise DataError(
            f"{rows.train:,} rows to learn from and {len(x) - rows.train:,} to test are too few for "
            "windows of "
            f"{windows.length:,} rows with the answer {windows.horizon:,} later"
            f"{f', each within one {windows.within!r}' if windows.within else ''}.",
            hint="Make the windows shorter, or keep more rows for the test.",
        )
    check_room(folder, len(starts) * (windows.length * (x.shape[1] * 4 + 4) + 8))
    for part, begins in parts.items():
        _write_part(windows, plan, x, y, begins, folder, part)
    last = parts["test"] + windows.length - 1
    if not plan.answer.class_names:
        np.save(folder / "naive.npy", shaped(plan.answer, y[last], plan.mean, plan.scale))
    return len(parts["train"]), len(parts["test"])


def _starts(windows: Windows, series: Array) -> Array:
    """The rows at which windows begin whose answer is of the same series."""
    firsts = np.flatnonzero(np.diff(series, prepend=-1))
    lengths = np.diff(firsts, append=len(series))
    place = np.arange(len(series)) - np.repeat(firsts, lengths)
    has_room = place + windows.length - 1 + windows.horizon < np.repeat(lengths, lengths)
    return np.flatnonzero(has_room & (place % windows.step == 0))


def _write_part(
    windows: Windows, plan: Any, x: Array, y: Array, begins: Array, folder: Path, part: str
) -> None:
    def room(array: str, shape: tuple[int, ...], dtype: Any) -> Array:
        return np.lib.format.open_memmap(
            folder / f"{part}_{array}.npy", "w+", dtype=np.dtype(dtype), shape=(len(begins), *shape)
        )

    rows = room("x", (windows.length, x.shape[1]), np.float32)
    shown = room("shown", (windows.length,), np.float32)
    answers = y[begins + windows.length - 1 + windows.horizon]
    room("y", plan.answer.shape, plan.answer.dtype)[...] = shaped(plan.answer, answers, plan.mean, plan.scale)
    for place in range(0, len(begins), WINDOWS_A_PIECE):
        here = slice(place, place + WINDOWS_A_PIECE)
        steps = begins[here, np.newaxis] + np.arange(windows.length)
        rows[here] = x[steps]
        shown[here] = y[steps]
        release(rows)
        release(shown)
