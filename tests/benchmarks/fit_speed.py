"""Prints how fast `fit` is: beside a hand-written torch loop, and beside Keras on torch.

    python tests/benchmarks/fit_speed.py [workload …] [--rounds N] [--without-keras]

All run in turns in one process on one thread; what is compared is CPU time, by medians, since the machine
may be busy with other things.
"""

import os

os.environ.update(KERAS_BACKEND="torch", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch
from torch import nn

import runtime.layers
import runtime.models

Run = Callable[[], Any]


@dataclass(frozen=True)
class Workload:
    """A model, data and how to train it.

    Args:
        library_model: Function of a library (its layers, Input and Sequential) to a model.
        torch_model: Makes the same model by hand.
        data: Makes inputs and class ids.
        epochs: Epochs of one measurement.
        batch_size: Samples in a batch.
    """

    library_model: Callable[[Any, Any, Any], Any]
    torch_model: Callable[[], nn.Module]
    data: Callable[[], tuple[Any, Any]]
    epochs: int
    batch_size: int


class TorchLSTM(nn.Module):
    """Embedding, LSTM and a linear layer on its last output."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.lstm, self.last = (
            nn.Embedding(1000, 32),
            nn.LSTM(32, 32, batch_first=True),
            nn.Linear(32, 2),
        )

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.last(self.lstm(self.embedding(ids))[0][:, -1])


class ChannelsFirst(nn.Module):
    """(batch, height, width, channels) to the order of torch."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.permute(0, 3, 1, 2).contiguous()


def numbers(samples: int, *shape: int, classes: int) -> Callable[[], tuple[Any, Any]]:
    def make() -> tuple[Any, Any]:
        random = np.random.default_rng(0)
        return random.normal(size=(samples, *shape)).astype("float32"), random.integers(0, classes, samples)

    return make


def words() -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    return random.integers(1, 1000, (1024, 50)), random.integers(0, 2, 1024)


def mlp(features: int, hidden: list[int], classes: int) -> tuple[Callable[..., Any], Callable[[], nn.Module]]:
    def library(layers: Any, input_: Any, sequential: Any) -> Any:
        middle = [layers.Dense(units, activation="relu") for units in hidden]
        return sequential([input_((features,)), *middle, layers.Dense(classes, activation="softmax")])

    def by_hand() -> nn.Module:
        sizes = [features, *hidden]
        pairs = pairwise(sizes)
        return nn.Sequential(
            *[layer for a, b in pairs for layer in (nn.Linear(a, b), nn.ReLU())],
            nn.Linear(sizes[-1], classes),
        )

    return library, by_hand


def cnn(layers: Any, input_: Any, sequential: Any) -> Any:
    return sequential(
        [
            input_((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def torch_cnn() -> nn.Module:
    return nn.Sequential(
        ChannelsFirst(),
        *(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(800, 10)),
    )


def lstm(layers: Any, input_: Any, sequential: Any) -> Any:
    return sequential(
        [
            input_((50,), dtype="int32"),
            layers.Embedding(1000, 32),
            layers.LSTM(32),
            layers.Dense(2, activation="softmax"),
        ]
    )


WORKLOADS = {
    "tiny": Workload(*mlp(4, [16], 3), numbers(150, 4, classes=3), epochs=20, batch_size=16),
    "mlp": Workload(*mlp(784, [128, 64], 10), numbers(2048, 784, classes=10), epochs=2, batch_size=32),
    "mlp 512": Workload(*mlp(784, [512, 512], 10), numbers(1024, 784, classes=10), epochs=1, batch_size=32),
    "cnn": Workload(cnn, torch_cnn, numbers(512, 28, 28, 1, classes=10), epochs=1, batch_size=32),
    "lstm": Workload(lstm, TorchLSTM, words, epochs=1, batch_size=32),
}


def torch_loop(work: Workload) -> Run:
    """The loop as one writes it by hand."""
    x, y = map(torch.from_numpy, work.data())
    model, criterion = work.torch_model(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())

    def run() -> None:
        for _ in range(work.epochs):
            total = correct = 0.0
            for chosen in torch.randperm(len(x)).split(work.batch_size):
                batch, labels = x.index_select(0, chosen), y.index_select(0, chosen)
                optimizer.zero_grad()
                outputs = model(batch)
                loss = criterion(outputs, labels)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                correct += (outputs.argmax(1) == labels).sum().item()

    return run


def library_fit(work: Workload, layers: Any, input_: Any, sequential: Any) -> Run:
    """`fit` of a library with Keras's API."""
    x, y = work.data()
    model = work.library_model(layers, input_, sequential)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(x, y, epochs=work.epochs, batch_size=work.batch_size, verbose=0)


def contestants(work: Workload, *, with_keras: bool) -> dict[str, Run]:
    runs = {
        "torch loop": torch_loop(work),
        "ours": library_fit(work, runtime.layers, runtime.layers.Input, runtime.models.Sequential),
    }
    if with_keras:
        import keras

        runs["keras"] = library_fit(work, keras.layers, keras.Input, keras.Sequential)
    return runs


def measure(runs: dict[str, Run], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each, round by round; the first round warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if number:
                seconds[name].append(time.process_time() - start)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--without-keras", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'':10} {'ours, samples/s':>16} {'× torch loop':>14} {'× Keras on torch':>18}")
    for name in chosen.workloads or WORKLOADS:
        work = WORKLOADS[name]
        runs = contestants(work, with_keras=not chosen.without_keras)
        seconds = measure(runs, chosen.rounds)
        samples = len(work.data()[1]) * work.epochs
        against = {
            other: median(a / b for a, b in zip(seconds[other], seconds["ours"], strict=True))
            for other in runs
            if other != "ours"
        }
        keras_ratio = f"{against['keras']:.2f}" if "keras" in against else "–"
        print(
            f"{name:10} {samples / median(seconds['ours']):16,.0f} {against['torch loop']:14.2f}",
            f"{keras_ratio:>18}",
            flush=True,
        )


if __name__ == "__main__":
    main()
