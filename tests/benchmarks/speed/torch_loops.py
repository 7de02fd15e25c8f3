"""The ways of the workloads as loops one writes by hand in torch."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.benchmarks.speed.torch_models import MODELS
from tests.benchmarks.speed.workloads import Workload

Run = Callable[[], Any]


def prepared(work: Workload) -> Run:
    """The function that does the work of one measurement."""
    x, y = map(torch.from_numpy, work.data())
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2).contiguous()
    model = MODELS[work.model]()
    optimizer = torch.optim.Adam(model.parameters())
    return WAYS[work.way](model, optimizer, x, y, work)


def mixed(size: int, *tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Batches in a new order."""
    for chosen in torch.randperm(len(tensors[0])).split(size):
        yield tuple(tensor.index_select(0, chosen) for tensor in tensors)


def fit(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    criterion = nn.CrossEntropyLoss()

    def run() -> None:
        model.train()
        for _ in range(work.epochs):
            total = correct = 0.0
            for batch, labels in mixed(work.batch_size, x, y):
                optimizer.zero_grad()
                outputs = model(batch)
                loss = criterion(outputs, labels)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                correct += (outputs.argmax(1) == labels).sum().item()

    return run


def evaluate(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    del optimizer
    criterion = nn.CrossEntropyLoss()

    def run() -> None:
        model.eval()
        for _ in range(work.epochs):
            total = correct = 0.0
            with torch.no_grad():
                for batch, labels in zip(x.split(work.batch_size), y.split(work.batch_size), strict=True):
                    outputs = model(batch)
                    total += criterion(outputs, labels).item() * len(batch)
                    correct += (outputs.argmax(1) == labels).sum().item()

    return run


def predict(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    del optimizer, y

    def run() -> None:
        model.eval()
        for _ in range(work.epochs):
            with torch.no_grad():
                torch.cat([model(batch).softmax(1) for batch in x.split(work.batch_size)]).numpy()

    return run


def validation(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    half = len(x) // 2
    once = replace(work, epochs=1)
    train = fit(model, optimizer, x[:half], y[:half], once)
    measure = evaluate(model, optimizer, x[half:], y[half:], once)

    def run() -> None:
        for _ in range(work.epochs):
            train()
            measure()

    return run


def weighted(weights: Tensor) -> Callable[..., Run]:
    def fit_weighted(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
        def run() -> None:
            for _ in range(work.epochs):
                total = correct = 0.0
                for batch, labels, weight in mixed(work.batch_size, x, y, weights):
                    optimizer.zero_grad()
                    outputs = model(batch)
                    loss = (F.cross_entropy(outputs, labels, reduction="none") * weight).mean()
                    loss.backward()
                    optimizer.step()
                    total += loss.item() * len(batch)
                    correct += (outputs.argmax(1) == labels).sum().item()

        return run

    return fit_weighted


def class_weights(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    of_class = torch.tensor(list(work.class_weights().values()))
    return weighted(of_class[y])(model, optimizer, x, y, work)


def sample_weights(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    return weighted(torch.from_numpy(work.sample_weights()))(model, optimizer, x, y, work)


def two_outputs(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    sizes = x[:, :1].contiguous()

    def run() -> None:
        for _ in range(work.epochs):
            total = total_kind = total_size = correct = distance = 0.0
            for batch, labels, size in mixed(work.batch_size, x, y, sizes):
                optimizer.zero_grad()
                kind, found = model(batch)
                kind_loss, size_loss = F.cross_entropy(kind, labels), F.mse_loss(found, size)
                loss = kind_loss + size_loss
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                total_kind += kind_loss.item() * len(batch)
                total_size += size_loss.item() * len(batch)
                correct += (kind.argmax(1) == labels).sum().item()
                distance += (found - size).abs().sum().item()

    return run


def metrics(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    def run() -> None:
        for _ in range(work.epochs):
            total = correct = among_two = 0.0
            for batch, labels in mixed(work.batch_size, x, y):
                optimizer.zero_grad()
                outputs = model(batch)
                loss = F.cross_entropy(outputs, labels)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                correct += (outputs.argmax(1) == labels).sum().item()
                among_two += (outputs.topk(2).indices == labels[:, None]).any(1).sum().item()

    return run


def rows(model: nn.Module, optimizer: Any, x: Tensor, y: Tensor, work: Workload) -> Run:
    """Batches that are slices of arrays, in order."""
    inputs, targets, size = x.numpy(), y.numpy(), work.batch_size

    def run() -> None:
        for _ in range(work.epochs):
            total = correct = 0.0
            for start in range(0, len(inputs), size):
                batch = torch.from_numpy(inputs[start : start + size])
                labels = torch.from_numpy(targets[start : start + size])
                optimizer.zero_grad()
                outputs = model(batch)
                loss = F.cross_entropy(outputs, labels)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                correct += (outputs.argmax(1) == labels).sum().item()

    return run


WAYS: dict[str, Callable[..., Run]] = {
    "fit": fit,
    "evaluate": evaluate,
    "predict": predict,
    "validation": validation,
    "callbacks": fit,
    "class weights": class_weights,
    "sample weights": sample_weights,
    "two outputs": two_outputs,
    "metrics": metrics,
    "generator": rows,
    "PyDataset": rows,
}
