"""What is measured: models, data, and how they are trained or asked."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Workload:
    """One line of the table.

    Args:
        model: Name of the model.
        shape: Shape of one sample.
        classes: Number of classes.
        samples: Number of samples.
        batch_size: Samples in a batch.
        epochs: Epochs of one measurement, or how often it is done.
        way: What is done: "fit", or another of the ways in `library` and `torch_loops`.
        vocabulary: Number of words, if the data are ids of words.
        torch_goal: How many times as fast as the torch loop it shall be.
        keras_goal: How many times as fast as Keras on torch it shall be.
    """

    model: str
    shape: tuple[int, ...]
    classes: int
    samples: int
    batch_size: int
    epochs: int = 1
    way: str = "fit"
    vocabulary: int | None = None
    torch_goal: float = 0.97
    keras_goal: float = 1.5

    def data(self) -> tuple[Array, Array]:
        """Inputs and class ids."""
        random = np.random.default_rng(0)
        labels = random.integers(0, self.classes, self.samples)
        if self.vocabulary is not None:
            return random.integers(1, self.vocabulary, (self.samples, *self.shape)), labels
        return random.normal(size=(self.samples, *self.shape)).astype("float32"), labels

    def sample_weights(self) -> Array:
        """A weight for each sample."""
        return np.linspace(0.5, 1.5, self.samples, dtype="float32")

    def class_weights(self) -> dict[int, float]:
        """A weight for each class."""
        return {label: 1 + label / self.classes for label in range(self.classes)}


def small(way: str) -> Workload:
    """A small model, trained in one of the ways."""
    if way == "two outputs":
        return Workload("two_heads", (64,), 10, 1024, 32, epochs=3, way=way)
    epochs = 60 if way in ("evaluate", "predict") else 5
    return Workload("tiny", (4,), 3, 1024, 32, epochs=epochs, way=way)


SPEED = {
    "MLP, batch 32": Workload("mlp", (784,), 10, 2048, 32),
    "MLP, batch 128": Workload("mlp", (784,), 10, 2048, 128),
    "CNN, batch 32": Workload("cnn", (28, 28, 1), 10, 1024, 32),
    "CNN, batch 128": Workload("cnn", (28, 28, 1), 10, 1024, 128),
    "150 rows, batch 16": Workload("tiny", (4,), 3, 150, 16, epochs=20, torch_goal=1.3, keras_goal=5),
    "Embedding + LSTM": Workload("lstm", (50,), 2, 1024, 32, vocabulary=1000, keras_goal=3),
    "ResNet-20, batch 64": Workload("resnet20", (32, 32, 3), 10, 256, 64),
    "200 small layers": Workload("deep", (16,), 4, 512, 32, torch_goal=1.3, keras_goal=3),
    "predict 10,000 rows, batch 32": Workload("mlp", (784,), 10, 10_000, 32, way="predict"),
    "predict 10,000 rows, batch 1000": Workload("mlp", (784,), 10, 10_000, 1000, way="predict", keras_goal=1),
}
"""The table of the README."""

WAYS = {
    way: small(way)
    for way in (
        "fit",
        "evaluate",
        "predict",
        "validation",
        "callbacks",
        "class weights",
        "sample weights",
        "two outputs",
        "metrics",
        "generator",
        "PyDataset",
    )
}
"""Other ways through the loop, on a small model, where every detour shows."""

MEMORY = {"CNN, batch 128": SPEED["CNN, batch 128"], "ResNet-20, batch 64": SPEED["ResNet-20, batch 64"]}
"""Trainings whose peak memory is measured."""

WORKLOADS = SPEED | {f"small, {way}": work for way, work in WAYS.items()}
