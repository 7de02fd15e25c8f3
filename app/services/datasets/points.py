"""Points of a plane in patterns: small tasks whose answer can be drawn as a map."""

import numpy as np

from app.services.datasets.catalogue import in_catalogue
from app.services.datasets.dataset import Answer, Array, Dataset, DatasetInfo, Gate, Split
from app.services.datasets.splits import stratified

ROWS = 1000


def _card(name: str, title: str, description: str, gate: Gate, classes: int = 2) -> DatasetInfo:
    return DatasetInfo(
        name=name,
        title=title,
        description=description,
        answer=Answer.one_of(*("blue", "orange", "green")[:classes]),
        preview="table",
        source="computed by Layerloom",
        licence="Apache-2.0",
        rows=ROWS,
        input_shape=(2,),
        gate=gate,
    )


def _dataset(info: DatasetInfo, points: Array, labels: Array) -> Dataset:
    points = points.astype(np.float32)
    answers = labels.reshape(-1, *info.answer.shape).astype(info.answer.dtype)
    train, test = stratified(Split(points, answers, points), labels)
    return Dataset(info, train, test, ("x", "y"), encode=lambda rows: rows.astype(np.float32))


@in_catalogue(
    _card(
        "moons",
        "Two moons",
        "Two crescents that reach into each other, with noise. Which one is a point from? "
        "No straight line parts them.",
        Gate("accuracy", 0.935, "one hidden layer of 32, 30 epochs"),
    )
)
def moons(info: DatasetInfo) -> Dataset:
    """Two crescents that reach into each other."""
    generator = np.random.RandomState(0)
    labels = np.arange(ROWS) % 2
    angle = np.pi * generator.rand(ROWS)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(labels[:, np.newaxis] == 0, upper, lower) + generator.normal(0, 0.15, (ROWS, 2))
    return _dataset(info, points, labels)


@in_catalogue(
    _card(
        "circles",
        "Two circles",
        "A ring around a smaller ring, with noise. Is a point from the inner or the outer one?",
        Gate("accuracy", 0.96, "one hidden layer, 30 epochs"),
    )
)
def circles(info: DatasetInfo) -> Dataset:
    """A ring within a ring."""
    generator = np.random.RandomState(0)
    labels = np.arange(ROWS) % 2
    angle = 2 * np.pi * generator.rand(ROWS)
    radius = np.where(labels == 0, 1.0, 0.45)[:, np.newaxis]
    points = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _dataset(info, points + generator.normal(0, 0.1, (ROWS, 2)), labels)


@in_catalogue(
    _card(
        "xor",
        "Exclusive or",
        "Points of four quarters: orange where exactly one of x and y is positive. "
        "The oldest task that one layer cannot do.",
        Gate("accuracy", 0.94, "one hidden layer, 30 epochs"),
    )
)
def xor(info: DatasetInfo) -> Dataset:
    """Four quarters in a chequered pattern."""
    points = np.random.RandomState(0).uniform(-1, 1, (ROWS, 2))
    return _dataset(info, points, ((points[:, 0] > 0) != (points[:, 1] > 0)).astype(int))


@in_catalogue(
    _card(
        "spirals",
        "Three spirals",
        "Three arms wound around each other. Which arm is a point on? A task that needs two hidden layers.",
        Gate("accuracy", 0.96, "two hidden layers, 100 epochs"),
        classes=3,
    )
)
def spirals(info: DatasetInfo) -> Dataset:
    """Three arms wound around each other."""
    generator = np.random.RandomState(0)
    labels = np.arange(ROWS) % 3
    radius = 0.1 + 0.9 * generator.rand(ROWS)
    angle = 5 * radius + 2 * np.pi / 3 * labels + generator.normal(0, 0.12, ROWS)
    points = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _dataset(info, points, labels)
