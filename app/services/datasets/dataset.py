"""What a data set is: arrays ready for a model, and what a learner should know about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Task = Literal["classification", "binary classification", "regression", "forecast", "reconstruction"]
Preview = Literal["images", "table", "series", "text"]
Measure = Literal["accuracy", "r2", "mse", "mae_ratio"]


@dataclass(frozen=True)
class Gate:
    """The result on the test rows that a small network should reach.

    Args:
        measure: "accuracy"; "r2", the share of the variance explained; "mse"; or "mae_ratio", the mean
            absolute error divided by that of the naive forecast.
        value: The bound.
        network: The network that reached it, in words.
    """

    measure: Measure
    value: float
    network: str

    @property
    def higher_is_better(self) -> bool:
        """Whether the bound is a lower one."""
        return self.measure in {"accuracy", "r2"}

    def reached(self, result: float) -> bool:
        """Whether a result on the test rows is good enough."""
        return result >= self.value if self.higher_is_better else result <= self.value


@dataclass(frozen=True)
class Answer:
    """What a network is asked for, and how to end and compile one that answers it.

    Args:
        task: The kind of question.
        shape: Shape of one answer; empty for a class number.
        dtype: Type of the answers.
        units: Units of the last layer.
        activation: Activation of the last layer.
        loss: The loss to begin with.
        metrics: The metrics to begin with.
        class_names: Names of the classes, by number; empty when the answer is no class.
        unit: What an amount counts, in its original scale.
    """

    task: Task
    shape: tuple[int, ...]
    dtype: str
    units: int
    activation: str
    loss: str
    metrics: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    unit: str = ""

    @classmethod
    def one_of(cls, *classes: str) -> "Answer":
        """One of some classes: a probability for each or, of two, that of the second."""
        if len(classes) == 2:
            return cls(
                *("binary classification", (1,), "float32", 1, "sigmoid", "binary_crossentropy"),
                metrics=("accuracy",),
                class_names=classes,
            )
        return cls(
            *("classification", (), "int64", len(classes), "softmax", "sparse_categorical_crossentropy"),
            metrics=("accuracy",),
            class_names=classes,
        )

    @classmethod
    def amount(cls, unit: str, task: Task = "regression") -> "Answer":
        """A number, scaled to mean 0 and deviation 1."""
        return cls(
            *(task, (1,), "float32", 1, "linear", "mean_squared_error"),
            metrics=("mean_absolute_error",),
            unit=unit,
        )


@dataclass(frozen=True)
class DatasetInfo:
    """A data set's card in the catalogue; reading it loads nothing.

    Args:
        name: The name designs refer to.
        title: The name people read.
        description: What the rows are, what is to be predicted, and how the numbers were prepared.
        answer: What a network should answer, and how to end one.
        preview: How samples are shown.
        source: Where the data come from.
        licence: Under which terms they are here.
        rows: Samples in all, test rows included.
        input_shape: Shape of one sample, without the batch axis.
        input_dtype: Type of the input values.
        gate: The result a small network should reach.
        vocabulary_size: For texts: how many different ids there are, for an embedding.
        largest: For raw measurements: the largest number in the inputs.
    """

    name: str
    title: str
    description: str
    answer: Answer
    preview: Preview
    source: str
    licence: str
    rows: int
    input_shape: tuple[int, ...]
    input_dtype: str = "float32"
    gate: Gate | None = None
    vocabulary_size: int | None = None
    largest: float | None = None


@dataclass(frozen=True)
class Split:
    """Rows of a data set: what the network gets, what it should answer, and what a person looks at.

    Args:
        x: Inputs, rows first.
        y: Right answers, rows first.
        shown: The same rows for people: pictures, values in their original units, phrases.
    """

    x: Array
    y: Array
    shown: Array

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Array | slice) -> "Split":
        """Some of the rows, in the order given."""
        return Split(self.x[rows], self.y[rows], self.shown[rows])


@dataclass(frozen=True)
class Dataset:
    """A data set in memory, cut once and for all into training and test rows.

    The training rows are in an order in which every stretch has its share of each class (series keep the
    order of time), so that the last part of them, which `fit` holds back for validation, is a fair sample.

    Args:
        info: The card in the catalogue.
        train: Rows to learn from.
        test: Rows no network sees before the end.
        feature_names: Names of the inputs along their last axis; empty when they have none.
        target_mean: Mean of the original answers over the training rows (0 when they are not scaled).
        target_scale: Their standard deviation (1 when they are not scaled).
        naive: For forecasts: the answers one expects on the test rows without a network.
        encode: Makes inputs of rows as people see them (`shown`), as those of this set were made; None where
            that cannot be done.
        drawn: For pictures: makes one as people see them of a drawing (height × width, 0 paper to 1 ink), as
            those of this set were made; None when they were only made small.
        shown_names: Names of the columns that people are shown, where these are fields of `shown`.
        pieces: For texts: what of a text each position of the input stands for, from the first on; None where
            positions mean nothing.
        recode: Where people see only a part of a row: puts another one of that part into
            inputs, the rest as it was.
    """

    info: DatasetInfo
    train: Split
    test: Split
    feature_names: tuple[str, ...] = ()
    target_mean: float = 0.0
    target_scale: float = 1.0
    naive: Array | None = None
    encode: Callable[[Array], Array] | None = None
    drawn: Callable[[Array], Array] | None = None
    shown_names: tuple[str, ...] = ()
    pieces: Callable[[str], Sequence[str]] | None = None
    recode: Callable[[Array, Array], Array] | None = None

    def held_back(self, validation_split: float) -> tuple[Split, Split]:
        """The training rows as `fit` cuts them.

        Args:
            validation_split: Fraction of the training rows, 0 to 1, taken from their end.

        Returns:
            Rows to learn from, rows to validate with.
        """
        boundary = int(len(self.train) * (1 - validation_split))
        return self.train.take(slice(None, boundary)), self.train.take(slice(boundary, None))

    def original(self, answers: Array) -> Array:
        """Answers, right or predicted, in their original units."""
        return np.asarray(answers) * self.target_scale + self.target_mean
