"""Reports from inside `fit`: batches now and then, every epoch, checkpoints; and obeys a request to stop."""

import math
import time
from typing import Any

import numpy as np

from app.services.datasets import Dataset
from app.services.evaluation import CHECKPOINT
from app.services.job_context import JobContext
from graph_compiler.document import GraphDocument
from runtime.callbacks import Callback
from runtime.errors import DataError

SAMPLE_SECONDS = 0.2
"""Loss and metrics within an epoch are asked for this often: the computation has to catch up each time."""

CHECKPOINT_SECONDS = 1.0
"""Epochs shorter than this share a checkpoint; the last one is always written."""

LARGE_INPUT = 20.0
LARGE_RATE = 0.01


class FitReporter(Callback):
    """Tells the designer how training goes on.

    Args:
        context: Whom to tell, and whether to stop.
        document: The design.
        dataset: The data it learns from.
    """

    def __init__(self, context: JobContext, document: GraphDocument, dataset: Dataset) -> None:
        super().__init__()
        self.blown_up: DataError | None = None
        self._context = context
        self._document = document
        self._dataset = dataset
        self._fitted = len(dataset.held_back(document.training.validation_split)[0])
        self._steps = max(1, math.ceil(self._fitted / document.training.batch_size))
        self._epoch = 0
        self._changed = False
        self._epoch_began = self._sampled = self._saved = time.monotonic()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Says how much there is to do."""
        self._context.emit(
            "start",
            epochs=self._document.training.epochs,
            steps_per_epoch=self._steps,
            samples=self._fitted,
            validation_samples=len(self._dataset.train) - self._fitted,
            parameters=int(self.model.count_params()),
        )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock of the epoch."""
        self._epoch = epoch
        self._epoch_began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Reports now and then; ends training when asked to, or when the loss is no number any more."""
        self._changed = True
        if self._context.cancelled:
            self.model.stop_training = True
        now = time.monotonic()
        if now - self._sampled < SAMPLE_SECONDS:
            return
        self._sampled = now
        metrics = _numbers(logs)
        self._context.emit("batch", epoch=self._epoch + (batch + 1) / self._steps, metrics=metrics)
        self._watch(metrics)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Reports the epoch and keeps the model."""
        now = time.monotonic()
        seconds = now - self._epoch_began
        metrics = _numbers(logs)
        self._context.emit(
            "epoch",
            epoch=epoch + 1,
            metrics=metrics,
            learning_rate=float(np.asarray(self.model.optimizer.learning_rate)),
            seconds=seconds,
            samples_per_second=self._fitted / seconds if seconds > 0 else None,
        )
        self._watch(metrics)
        if now - self._saved >= CHECKPOINT_SECONDS and not self.blown_up:
            self._save(epoch + 1)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Keeps the model as it is at the end."""
        if self._changed and not self.blown_up:
            self._save(self._epoch + 1)

    def _save(self, epoch: int) -> None:
        self._context.save(CHECKPOINT, self.model.save)
        self._saved = time.monotonic()
        self._changed = False
        self._context.emit("checkpoint", epoch=epoch)

    def _watch(self, metrics: dict[str, float]) -> None:
        """Ends a training whose loss is no number, or infinite; nothing can be learned from there."""
        loss = metrics.get("loss", 0.0)
        if math.isfinite(loss) or self.blown_up:
            return
        what = "infinite" if math.isinf(loss) else "not a number (NaN)"
        cause = likely_cause(self._document, self._dataset)
        self.blown_up = DataError(f"The loss became {what} in epoch {self._epoch + 1}.", hint=cause)
        self.model.stop_training = True


def likely_cause(document: GraphDocument, dataset: Dataset) -> str:
    """The first thing to try when the loss is no number any more."""
    rate = document.compile.learning_rate
    if rate is not None and rate > LARGE_RATE:
        return f"The learning rate of {rate:g} is probably too large: try {rate / 10:g}."
    largest = float(np.abs(dataset.train.x[:256]).max())
    if dataset.info.input_dtype.startswith("float") and largest > LARGE_INPUT:
        return f"The inputs go up to {largest:g}: scale them to about 0–1 first."
    if document.compile.loss != dataset.info.answer.loss:
        return f"The loss {document.compile.loss} may not suit the data: try {dataset.info.answer.loss}."
    return "Try a smaller learning rate, or clip the gradients."


def _numbers(logs: dict[str, Any] | None) -> dict[str, float]:
    return {name: float(value) for name, value in (logs or {}).items()}
