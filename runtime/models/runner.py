"""Who carries out a batch: the quick step, or a step the model's author wrote."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch

from runtime.models.meter import Meter
from runtime.models.step import Step


class Runner(Protocol):
    """Carries out batches and tells what came of them."""

    run: Callable[[Any, Any, Any], None]
    """Carries out one batch: inputs, targets, weights."""

    def logs(self) -> dict[str, Any]:
        """The results so far, by name, sorted."""
        ...


class OwnStepRunner:
    """Calls the `train_step` or `test_step` of a model's author.

    Args:
        model: The model.
        step: Its method.
    """

    def __init__(self, model: Any, step: Callable[[Any], Any]) -> None:
        self._model = model
        self._step = step
        self._last: Any = {}
        self.run = self._run

    def _run(self, x: Any, y: Any, weight: Any) -> None:
        data = (x, y, weight) if weight is not None else (x, y) if y is not None else (x,)
        self._last = self._step(data)

    def logs(self) -> dict[str, Any]:
        """What the step returned last; the metrics' own results if it returned those."""
        found = self._model.get_metrics_result()
        if isinstance(self._last, Mapping) and set(self._last) != set(found):
            found = self._last
        return as_floats(found)


class QuickRunner:
    """Calls the quick step.

    Args:
        model: The model.
        step: The step.
        meter: Where it puts its results.
    """

    def __init__(self, model: Any, step: Step, meter: Meter) -> None:
        self._model = model
        self._meter = meter
        # The step itself: one call less for each batch.
        self.run = step

    def loss(self) -> float:
        """The mean loss so far; nothing else is reduced for it."""
        return self._meter.total.result()

    def logs(self) -> dict[str, Any]:
        """The means so far."""
        self._meter.flush()
        return as_floats(self._model.get_metrics_result())


def as_floats(results: Mapping[str, Any]) -> dict[str, Any]:
    """Results as plain numbers where they are single ones, sorted by name as Keras does."""
    plain: dict[str, Any] = {}
    for name, value in sorted(results.items()):
        if isinstance(value, Mapping):
            plain.update(as_floats(value))
        elif isinstance(value, torch.Tensor):
            plain[name] = value.item() if value.numel() == 1 else value.detach().cpu().numpy()
        else:
            plain[name] = value
    return plain
