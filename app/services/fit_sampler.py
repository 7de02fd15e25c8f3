"""Looks into an epoch while it goes on, as often as that costs next to nothing."""

import time
from collections.abc import Callable
from typing import Any

from app.services.job_context import JobContext
from app.services.memory import used_memory
from runtime.models.step_probe import StepProbe

SECONDS = 0.2
"""Loss and metrics within an epoch are asked for this often: the computation has to catch up each time."""

LAYER_SECONDS = 1.0
"""Steps are measured layer by layer this often."""

BUDGET = 0.005
"""Share of the time that goes into looking: what takes long is looked at less often."""

POINTS, LAYER_POINTS = 1000, 300
"""About as many points a long run gets while its time doubles, so that its log does not grow without end."""


class FitSampler:
    """Reports loss, rate, speed and memory within an epoch, and now and then the steps of the layers.

    Args:
        context: Whom to tell.
        model: The model; `fit` has prepared it.
        batch_size: Rows of a step.
    """

    def __init__(self, context: JobContext, model: Any, batch_size: int) -> None:
        self._context = context
        self._model = model
        self._batch_size = batch_size
        self._probe = StepProbe(model)
        self._began = self._looked = time.monotonic()
        self._due = self._began + SECONDS
        self._layers_due = self._began
        self._armed = False
        self._steps = 0

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose steps are measured."""
        return self._probe.layers

    def is_due(self) -> bool:
        """Counts a step, and says whether it is time to look; that costs next to nothing."""
        self._steps += 1
        return self._armed or time.monotonic() >= self._due

    def look(self, epoch: float, metrics: Callable[[], dict[str, float]]) -> dict[str, float] | None:
        """Reports what is due.

        Args:
            epoch: Where it stands, in epochs.
            metrics: Gives the loss and metrics of the epoch so far.

        Returns:
            What it has read of them; None when only the layers were due.
        """
        if self._armed:
            self._report_layers(epoch)
        now = time.monotonic()
        if now < self._due:
            return None
        read = metrics()
        self._context.emit(
            "batch",
            epoch=epoch,
            metrics=read,
            learning_rate=float(self._model.optimizer.learning_rate),
            samples_per_second=round(self._steps * self._batch_size / (now - self._looked), 1),
            memory=used_memory(),
        )
        if self.layers and now >= self._layers_due:
            self._probe.arm()
            self._armed = True
        self._plan(now)
        return read

    def skip(self) -> None:
        """Leaves a pause out of the speed."""
        self._looked, self._steps = time.monotonic(), 0

    def _plan(self, began: float) -> None:
        now = time.monotonic()
        self._due = now + max(SECONDS, (now - began) / BUDGET, (now - self._began) / POINTS)
        self.skip()

    def _report_layers(self, epoch: float) -> None:
        measured = self._probe.take()
        self._armed = False
        if measured is None:
            return
        began = time.monotonic()
        self._context.emit(
            "layers",
            epoch=epoch,
            gradients=[_short(value) for value in measured.gradients],
            ratios=[_short(value) for value in measured.ratios],
        )
        now = time.monotonic()
        cost = measured.seconds + now - began
        self._layers_due = now + max(LAYER_SECONDS, cost / BUDGET, (now - self._began) / LAYER_POINTS)


def _short(value: float | None) -> float | None:
    """Four digits: the log has one such number for each layer."""
    return None if value is None else float(f"{value:.4g}")
