"""How good a trained model is on the test rows: measures, confusion matrix, right and wrong samples."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from app.services.datasets import Dataset, load
from app.services.datasets.dataset import Array

CHECKPOINT = "checkpoint.h5"
"""The model as it was last."""

BEST = "best.h5"
"""The model as it was after its best epoch; runs that were imported have none."""

PREDICTIONS = "predictions.npy"
RESULTS = "results.json"

Which = Literal["last", "best"]
"""Which model of a run is meant."""

MODELS: dict[Which, str] = {"last": CHECKPOINT, "best": BEST}
PREFIXES: dict[Which, str] = {"last": "", "best": "best-"}
"""Begin the names of the files in which the examination of a model stands."""

Choice = Literal["first", "wrong", "worst", "blind", "surest", "unsure"]
ROWS_AT_ONCE = 1024
LARGE_FILE = 64_000_000
"""Bytes of answers from which on they stay on disk."""


@dataclass(frozen=True)
class Evaluation:
    """The examination of a run on the test rows.

    Args:
        dataset: The data set.
        metrics: Loss and metrics, as the model computed them.
        measures: Accuracy, or errors and share of variance, by name; see `measured`.
        predictions: The model's answers, one row a test row.
    """

    dataset: Dataset
    metrics: Mapping[str, float]
    measures: Mapping[str, float]
    predictions: Array

    @property
    def has_classes(self) -> bool:
        """Whether the answers are classes."""
        return bool(self.dataset.info.answer.class_names)

    @property
    def misfit(self) -> str:
        """Why the answers cannot be compared with the right ones, in words; empty when they can."""
        rows, names = len(self.dataset.test), self.dataset.info.answer.class_names
        given, wanted = self.predictions.shape, self.dataset.test.y.shape
        if len(self.predictions) != rows:
            return (
                f"The run was examined on {len(self.predictions):,} rows, and the data set now has {rows:,}."
            )
        if not names:
            if given == wanted:
                return ""
            return f"The model answers with shape {_shape(given)}, and the data set has {_shape(wanted)}."
        widths = (1, 2) if len(names) == 2 else (len(names),)
        if len(given) == 2 and given[1] in widths:
            return ""
        return (
            f"The model answers with shape {_shape(given)}, and the data set has {len(names)} classes: "
            f"its last layer should give {' or '.join(map(str, widths))} "
            f"{'value' if widths == (1,) else 'values'}."
        )

    @cached_property
    def expected(self) -> Array:
        """The right class of each test row, by number."""
        return class_numbers(self.dataset, self.dataset.test.y)

    @cached_property
    def predicted(self) -> Array:
        """The class the model gives each test row, by number."""
        return class_numbers(self.dataset, self.predictions)

    @cached_property
    def confusion(self) -> Array:
        """How many test rows of each class (rows) were taken for each class (columns)."""
        classes = len(self.dataset.info.answer.class_names)
        matrix = np.zeros((classes, classes), dtype=np.int64)
        np.add.at(matrix, (self.expected, self.predicted), 1)
        return matrix

    @cached_property
    def sureness(self) -> Array:
        """The share (0–1) the model gives to the class it chose, for each test row."""
        return self.shares.max(axis=1)

    @cached_property
    def shares(self) -> Array:
        """The share (0–1) the model gives to each class (columns), for each test row."""
        return self.as_shares(self.predictions)

    @cached_property
    def gives_shares(self) -> bool:
        """Whether the answers are shares (0–1) already; else they are logits."""
        return bool(self.predictions.min() >= 0 and self.predictions.max() <= 1)

    def as_shares(self, answers: Array) -> Array:
        """Answers of the same model, to whatever rows, as the share of each class (columns)."""
        return class_shares(answers, gives_shares=self.gives_shares)

    @cached_property
    def errors(self) -> Array:
        """How far off the answer to each test row is: the share the right class lacks, or the mean error."""
        if self.has_classes:
            return 1 - self.shares[np.arange(len(self.shares)), self.expected]
        means = [
            np.abs(given - wanted).reshape(len(given), -1).mean(axis=1)
            for given, wanted in _in_blocks(self.predictions, self.dataset.test.y)
        ]
        return np.concatenate(means) * self.dataset.target_scale

    def rows(self, choice: Choice, limit: int = 24) -> list[int]:
        """Numbers of test rows to look at.

        Args:
            choice: "first"; "wrong", the first that were taken for another class; "worst", the largest errors
                first; "blind", mistakes the model is most sure of; "surest" and "unsure", those it is most
                and least sure of, right or wrong.
            limit: At most so many.
        """
        if choice == "wrong" and self.has_classes:
            return [int(row) for row in np.flatnonzero(self.expected != self.predicted)[:limit]]
        if choice in {"worst", "wrong"}:
            return [int(row) for row in np.argsort(-self.errors, kind="stable")[:limit]]
        if self.has_classes and choice in {"blind", "surest", "unsure"}:
            order = np.argsort(self.sureness if choice == "unsure" else -self.sureness, kind="stable")
            if choice == "blind":
                order = order[self.expected[order] != self.predicted[order]]
            return [int(row) for row in order[:limit]]
        return list(range(min(limit, len(self.dataset.test))))

    def cell(self, expected: int, predicted: int, limit: int = 24) -> list[int]:
        """Test rows of one cell of the confusion matrix."""
        found = np.flatnonzero((self.expected == expected) & (self.predicted == predicted))
        return [int(row) for row in found[:limit]]


def read_evaluation(folder: Path, which: Which = "last") -> Evaluation | None:
    """The examination of a run; None while there is none of the model as it is now.

    Args:
        folder: The run's folder.
        which: Which of its models was examined.
    """
    try:
        written_at = (folder / f"{PREFIXES[which]}{RESULTS}").stat().st_mtime_ns
        model = folder / MODELS[which]
        if model.exists() and written_at < model.stat().st_mtime_ns:
            # The run has gone on since.
            return None
        return _read(folder, which, written_at)
    except FileNotFoundError:
        return None


def results_of(model: Any, dataset: Dataset, batch_size: int) -> tuple[dict[str, Any], Array]:
    """Examines a model on the test rows.

    Args:
        model: A compiled model.
        dataset: The data set.
        batch_size: Rows that are computed at once.

    Returns:
        What is kept as `RESULTS`, and the answers that are kept as `PREDICTIONS`.
    """
    test = dataset.test
    scores = model.evaluate(test.x, test.y, batch_size=batch_size, verbose=0, return_dict=True)
    predictions = np.asarray(model.predict(test.x, batch_size=batch_size, verbose=0), dtype=np.float32)
    results = {
        "dataset": dataset.info.name,
        "rows": len(test),
        "metrics": {name: float(value) for name, value in scores.items()},
        "measures": measured(dataset, predictions),
    }
    return results, predictions


# What was computed for one page is there for the next.
@lru_cache(maxsize=4)
def _read(folder: Path, which: Which, written_at: int) -> Evaluation:
    del written_at
    results = json.loads((folder / f"{PREFIXES[which]}{RESULTS}").read_text(encoding="utf-8"))
    answers = folder / f"{PREFIXES[which]}{PREDICTIONS}"
    stays = answers.stat().st_size > LARGE_FILE
    predictions = np.load(answers, mmap_mode="r" if stays else None, allow_pickle=False)
    return Evaluation(load(results["dataset"]), results["metrics"], results["measures"], predictions)


def measured(dataset: Dataset, predictions: Array) -> dict[str, float]:
    """What a person asks of the answers to the test rows.

    Args:
        dataset: The data set.
        predictions: The model's answers.

    Returns:
        For classes accuracy. Else mae (in the answer's original units), mse (of the scaled answers), r2 (the
        share of the variance explained, where there is any) and for forecasts mae_ratio (mae over that of the
        naive forecast, where it errs). Nothing when the answers do not have the shape the data set asks for.
    """
    expected = dataset.test.y
    if Evaluation(dataset, {}, {}, predictions).misfit:
        return {}
    if dataset.info.answer.class_names:
        numbers = class_numbers(dataset, predictions)
        return {"accuracy": float((numbers == class_numbers(dataset, expected)).mean())}
    middle = expected.mean(axis=0, dtype=np.float64)
    off = squared = spread = 0.0
    for given, wanted in _in_blocks(predictions, expected):
        error = given.astype(np.float64) - wanted
        off += float(np.abs(error).sum())
        squared += float((error**2).sum())
        spread += float(((wanted - middle) ** 2).sum())
    mae = off / expected.size
    measures = {"mae": mae * dataset.target_scale, "mse": squared / expected.size}
    if spread:
        measures["r2"] = 1 - squared / spread
    if dataset.naive is not None and (naive := float(np.abs(dataset.naive - expected).mean())):
        measures["mae_ratio"] = mae / naive
    return measures


def class_numbers(dataset: Dataset, answers: Array) -> Array:
    """Answers as class numbers, be they numbers already, one value for two classes, or one for each class."""
    classes = len(dataset.info.answer.class_names)
    if answers.ndim > 1 and answers.shape[-1] == classes:
        return answers.argmax(axis=-1)
    if np.issubdtype(answers.dtype, np.integer):
        return answers.reshape(len(answers))
    # Answers outside of 0–1 come from a last layer without sigmoid: there the even chance is at 0.
    even = 0.0 if answers.min() < 0 or answers.max() > 1 else 0.5
    return (answers.reshape(len(answers), -1)[:, 0] > even).astype(np.int64)


def class_shares(predictions: Array, *, gives_shares: bool) -> Array:
    """The share of each class in each answer, 0–1.

    Args:
        predictions: One value for each class, or one for two of them.
        gives_shares: Whether these are shares already; else they are logits.
    """
    values = np.asarray(predictions).reshape(len(predictions), -1).astype(np.float64)
    if values.shape[1] == 1:
        second = values[:, 0] if gives_shares else 1 / (1 + np.exp(-np.clip(values[:, 0], -60, 60)))
        return np.stack([1 - second, second], axis=1)
    if gives_shares:
        return values
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _in_blocks(given: Array, wanted: Array) -> Iterator[tuple[Array, Array]]:
    """Both arrays some rows at a time: they may be larger than the memory."""
    for first in range(0, len(given), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        yield given[rows], wanted[rows]


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(["rows", *map(str, shape[1:])])
