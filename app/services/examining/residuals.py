"""How far off amounts are, and whether that has a pattern."""

from dataclasses import dataclass

import numpy as np

from app.services.datasets import Dataset
from app.services.datasets.dataset import Array


@dataclass(frozen=True)
class Residuals:
    """Answers and how far off they are, one number a test row, in original units.

    Args:
        given: The model's answers.
        expected: The right ones.
    """

    given: Array
    expected: Array

    @property
    def values(self) -> Array:
        """The answer minus the right one: above 0 where the model says too much."""
        return self.given - self.expected

    @property
    def bias(self) -> float:
        """The mean: what the model says too much on average."""
        return float(self.values.mean())

    @property
    def root_mean_square(self) -> float:
        """Root of the mean square."""
        return float(np.sqrt((self.values**2).mean()))

    @property
    def usual(self) -> tuple[float, float]:
        """Bounds within which nine of ten residuals lie."""
        low, high = np.percentile(self.values, (5, 95))
        return float(low), float(high)

    @property
    def memory(self) -> float:
        """Correlation of each residual with the one before it: in time, what a forecast could still learn."""
        values = self.values
        if len(values) < 3 or not values.std():
            return 0.0
        centred = values - values.mean()
        return float((centred[1:] * centred[:-1]).sum() / (centred**2).sum())


def residuals(dataset: Dataset, predictions: Array, place: int = 0) -> Residuals:
    """Compares amounts with the right ones.

    Args:
        dataset: The data set.
        predictions: The model's answers.
        place: Which value of an answer that has several.
    """
    rows = len(predictions)
    given = np.asarray(predictions).reshape(rows, -1)[:, place]
    expected = np.asarray(dataset.test.y).reshape(rows, -1)[:, place]
    return Residuals(
        dataset.original(given.astype(np.float64)), dataset.original(expected.astype(np.float64))
    )
