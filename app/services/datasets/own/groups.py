"""Groups of rows: which belong together by a column, and how far each row is in its own."""

from typing import Any

import numpy as np

from app.services.datasets.dataset import Array
from app.services.datasets.own.cells import compute


class Groups:
    """Numbers the values of a column as they come."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def numbers(self, cells: Any) -> Array:
        """The number of each cell of a piece; empty cells are a group of their own."""
        encoded = compute("dictionary_encode", compute("fill_null", cells, ""))
        values = encoded.dictionary.to_pylist()
        known = np.array([self._known.setdefault(value, len(self._known)) for value in values], np.int64)
        return known[encoded.indices.to_numpy(zero_copy_only=False)]


def share_gone(series: Array, keep: Array) -> Array:
    """How much of its series has passed at each row, 0 to 1: the order of time where no column tells it.

    Args:
        series: Number of the series of each row; its rows are in order.
        keep: Which rows are used.
    """
    used = np.flatnonzero(keep)
    order = used[np.argsort(series[used], kind="stable")]
    lengths = np.bincount(series[order])
    firsts = np.cumsum(lengths) - lengths
    gone = np.zeros(len(keep))
    gone[order] = (np.arange(len(order)) - firsts[series[order]]) / lengths[series[order]]
    return gone
