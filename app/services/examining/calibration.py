"""Whether a model is right as often as it is sure."""

from dataclasses import dataclass

import numpy as np

from app.services.datasets.dataset import Array

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Rows in bins by how sure the model is; only bins that hold rows are there.

    Args:
        sureness: Mean share given to the chosen class, in each bin.
        right: Share of rows told right, in each bin.
        rows: Rows in each bin.
        error: Expected calibration error: mean distance between both, each bin by its rows.
    """

    sureness: Array
    right: Array
    rows: Array
    error: float


def calibration(sureness: Array, is_right: Array) -> Calibration:
    """Compares how sure a model is with how often it is right.

    Args:
        sureness: The share (0–1) given to the chosen class, for each row.
        is_right: Whether that was the right one.

    Source:
        C. Guo, G. Pleiss, Y. Sun, K. Weinberger: On Calibration of Modern Neural Networks, 2017.
    """
    bins = np.minimum((sureness * BINS).astype(int), BINS - 1)
    rows = np.bincount(bins, minlength=BINS)
    used = rows > 0
    sure = np.bincount(bins, weights=sureness, minlength=BINS)[used] / rows[used]
    right = np.bincount(bins, weights=is_right.astype(float), minlength=BINS)[used] / rows[used]
    error = float((np.abs(sure - right) * rows[used]).sum() / max(len(sureness), 1))
    return Calibration(sure, right, rows[used], error)
