"""Cuts rows into training and test rows, the same ones each time and on each machine."""

from collections.abc import Callable

import numpy as np

from app.services.datasets.dataset import Array, Split

TEST_FRACTION = 0.2
SEED = 1
"""Gives each set ordinary test rows; with 0, the patients of the diabetes test are unusually hard to tell."""


def dealt(labels: Array, seed: int = SEED) -> Array:
    """An order of rows in which every stretch has its share of each class.

    Args:
        labels: One class number a row.
        seed: Chooses among such orders.

    Returns:
        Row numbers.
    """
    # RandomState's stream is frozen by NumPy, so the test rows are the same ones in every later version.
    generator = np.random.RandomState(seed)
    shuffled = generator.permutation(len(labels))
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        place[members] = (np.arange(len(members)) + generator.rand()) / len(members)
    return np.argsort(place, kind="stable")


def stratified(rows: Split, labels: Array) -> tuple[Split, Split]:
    """Training and test rows with the same shares of each class, shuffled.

    Args:
        rows: All rows.
        labels: One class number a row.

    Returns:
        Training rows, test rows.
    """
    order = dealt(labels)
    test_rows = round(len(rows) * TEST_FRACTION)
    return rows.take(order[test_rows:]), rows.take(order[:test_rows])


def tenths(answers: Array) -> Array:
    """Amounts as ten classes of the same size, from the smallest to the largest."""
    ranks = np.argsort(np.argsort(answers.reshape(-1), kind="stable"), kind="stable")
    return ranks * 10 // len(ranks)


def by_time(rows: Split) -> tuple[Split, Split]:
    """Training rows from the past, test rows from the latest part."""
    boundary = len(rows) - round(len(rows) * TEST_FRACTION)
    return rows.take(slice(None, boundary)), rows.take(slice(boundary, None))


def standardised(train: Array, test: Array) -> tuple[Array, Array, Array, Array]:
    """Columns with mean 0 and deviation 1 over the training rows.

    Args:
        train: Training rows, original units.
        test: Test rows; nothing is measured on them.

    Returns:
        Both, scaled, float32; then the means and the deviations that were used.
    """
    axes = tuple(range(train.ndim - 1))
    mean = train.mean(axis=axes, dtype=np.float64)
    scale = train.std(axis=axes, dtype=np.float64)
    scale = np.where(scale > 0, scale, 1.0)
    return (
        ((train - mean) / scale).astype(np.float32),
        ((test - mean) / scale).astype(np.float32),
        mean,
        scale,
    )


def scaling(mean: Array, scale: Array) -> Callable[[Array], Array]:
    """Scales further rows as those were for which `standardised` gave mean and deviation."""
    return lambda rows: ((np.asarray(rows, np.float64) - mean) / scale).astype(np.float32)
