"""What a model answers over a plane of two features: its decision boundary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.examining.rows import column
from runtime.errors import DataError

POINTS = 100
"""Points along each side."""

MOST_ROWS = 100_000
"""Rows whose range is looked at."""

MARGIN = 0.08
"""How far beyond the rows the plane reaches, as a share of their range."""


Answer = Callable[[Array], Array]
"""Answers prepared rows: the share of each class, or one amount in its original unit, one row a row."""


@dataclass(frozen=True)
class Plane:
    """Answers over a grid, in original units.

    Args:
        x: Values of the first feature.
        y: Values of the second.
        answers: y × x × classes, the share of each; or y × x × 1, the amount.
    """

    x: Array
    y: Array
    answers: Array


def plane(dataset: Dataset, features: tuple[int, int], row: Array, answer: Answer) -> Plane:
    """Asks a model over a plane.

    Args:
        dataset: A table, or points of a plane.
        features: Numbers of the two features that differ.
        row: The other features, as people see them.
        answer: Asks the model.
    """
    x, y = (_reach(column(dataset.train.shown, feature)) for feature in features)
    grid = np.repeat(np.asarray(row)[np.newaxis], POINTS * POINTS, axis=0)
    across, up = np.meshgrid(x, y)
    column(grid, features[0])[:] = across.reshape(-1)
    column(grid, features[1])[:] = up.reshape(-1)
    answers = answer(prepared(dataset, grid))
    return Plane(x, y, answers.reshape(POINTS, POINTS, -1))


def along(dataset: Dataset, feature: int, row: Array, answer: Answer) -> tuple[Array, Array]:
    """How the answer to a row changes with one feature, the others as they are.

    Returns:
        Values of the feature, in original units; the answers to each.
    """
    values = _reach(column(dataset.train.shown, feature))
    grid = np.repeat(np.asarray(row)[np.newaxis], len(values), axis=0)
    column(grid, feature)[:] = values
    return values, answer(prepared(dataset, grid))


def prepared(dataset: Dataset, shown: Array) -> Array:
    """Rows as people see them, made into inputs as those of the data set were.

    Raises:
        DataError: The data set does not know how.
    """
    if dataset.encode is None:
        raise DataError("This data set cannot prepare other rows than its own.")
    return dataset.encode(shown)


def painted(plane: Plane, colors: Sequence[str]) -> Array:
    """The plane as a picture: the colour of the class that is answered, paler where the model is less sure.

    Args:
        plane: Answers that are classes.
        colors: "#rrggbb" of each class.

    Returns:
        y × x × 3, 0 to 255, the largest y first.
    """
    classes = plane.answers.shape[2]
    palette = np.array([_rgb(colors[number % len(colors)]) for number in range(classes)], np.float32)
    chosen, sure = plane.answers.argmax(axis=2), plane.answers.max(axis=2)
    strength = 0.12 + 0.5 * np.clip((sure - 1 / classes) / (1 - 1 / classes), 0, 1)[..., np.newaxis]
    return (255 + (palette[chosen] - 255) * strength).astype(np.uint8)[::-1]


def _reach(values: Array) -> Array:
    numbers = np.asarray(values[:MOST_ROWS], np.float64)
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    beyond = (high - low or 1.0) * MARGIN
    return np.linspace(low - beyond, high + beyond, POINTS)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
