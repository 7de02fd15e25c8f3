"""Rows of a table as people see them, cell by cell: plain numbers, or fields of numbers and words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.evaluation import class_numbers

LOOKED_AT = 5000
"""Training rows that are looked at to learn what a column holds."""


def column_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the columns people see."""
    shown = dataset.train.shown
    names = dataset.shown_names if shown.dtype.names else dataset.feature_names
    count = len(shown.dtype.names or ()) or int(np.prod(shown.shape[1:]))
    return tuple(names) if len(names) == count else tuple(f"x{place}" for place in range(count))


def column(shown: Array, place: int) -> Array:
    """One column of some rows; what is written there, the rows have."""
    return shown[shown.dtype.names[place]] if shown.dtype.names else shown.reshape(len(shown), -1)[:, place]


def cells(row: Any) -> list[Any]:
    """The cells of one row."""
    return list(row.item()) if np.asarray(row).dtype.names else list(np.asarray(row).reshape(-1))


def row_of(values: Sequence[Any], like: Any) -> Array:
    """A row of some cells, of the same kind as another row."""
    pattern = np.asarray(like)
    if pattern.dtype.names:
        return np.array(tuple(values), dtype=pattern.dtype)
    return np.array(values, dtype=pattern.dtype).reshape(pattern.shape)


def numeric_places(dataset: Dataset) -> list[int]:
    """Which columns hold numbers."""
    shown = dataset.train.shown[:1]
    return [place for place in range(len(column_names(dataset))) if column(shown, place).dtype.kind in "fiu"]


def telling_places(dataset: Dataset, count: int) -> list[int]:
    """The columns of numbers that tell most of the answer by themselves, in the order of the table.

    Told is the share of a column's variance that lies between classes, or that goes with the amount.
    """
    y = dataset.train.y[:LOOKED_AT]
    classes = bool(dataset.info.answer.class_names)
    answers = class_numbers(dataset, y) if classes else np.asarray(y, float).reshape(len(y), -1)[:, 0]

    def told(place: int) -> float:
        values = np.asarray(column(dataset.train.shown[:LOOKED_AT], place), float)
        known = np.isfinite(values)
        values, right = values[known], answers[known]
        if not len(values) or not values.std() or not right.std():
            return 0.0
        if not classes:
            return float(np.corrcoef(values, right)[0, 1] ** 2)
        means = [values[right == number].mean() for number in np.unique(right)]
        counts = [(right == number).sum() for number in np.unique(right)]
        between = sum(n * (mean - values.mean()) ** 2 for n, mean in zip(counts, means, strict=True))
        return float(between / len(values) / values.var())

    places = numeric_places(dataset)
    return sorted(sorted(places, key=told, reverse=True)[:count])


def usual_row(dataset: Dataset) -> Array:
    """A row in the middle of the training rows: of numbers the median, of words the most frequent."""
    rows = dataset.train.shown[:LOOKED_AT]
    values = [_usual(column(rows, place)) for place in range(len(column_names(dataset)))]
    return row_of(values, rows[0])


def _usual(values: Array) -> Any:
    if values.dtype.kind in "fiu":
        known = np.asarray(values, float)[np.isfinite(np.asarray(values, float))]
        return float(np.median(known)) if len(known) else 0.0
    return Counter(values.tolist()).most_common(1)[0][0]
