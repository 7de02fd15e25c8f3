"""Reports from inside `fit`, and does what it is told meanwhile: pause, another learning rate, stop."""

import math
import time
from typing import Any

import numpy as np

from app.services.checkpoints import random_state, restore_random
from app.services.datasets import Dataset
from app.services.fit_sampler import FitSampler
from app.services.job_context import JobContext
from app.services.keeper import Keeper
from app.services.training_state import TrainingState
from graph_compiler.document import GraphDocument
from runtime.callbacks import Callback
from runtime.callbacks.monitoring import is_small_good
from runtime.errors import DataError, LayerloomError

LARGE_INPUT = 20.0
LARGE_RATE = 0.01


class FitReporter(Callback):
    """Tells the designer how training goes on; stands behind all other callbacks.

    Args:
        context: Whom to tell, and who is obeyed.
        document: The design.
        dataset: The data it learns from.
        epochs: The number of the last epoch.
        state: Where the training begins; it is kept up.
        watchers: The callbacks of the design.
    """

    def __init__(
        self,
        context: JobContext,
        document: GraphDocument,
        dataset: Dataset,
        epochs: int,
        state: TrainingState,
        watchers: list[Callback],
    ) -> None:
        super().__init__()
        self.blown_up: DataError | None = None
        self._context = context
        self._document = document
        self._dataset = dataset
        self._epochs = epochs
        self._state = state
        self._watchers = watchers
        self._fitted = len(dataset.held_back(document.training.validation_split)[0])
        self._steps = max(1, math.ceil(self._fitted / document.training.batch_size))
        self._epoch = state.epoch
        self._batch = -1
        self._changed = False
        self._paused = 0.0
        self._epoch_began = time.monotonic()
        self._is_small_good: dict[str, bool | None] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Says how much there is to do."""
        self._keeper = Keeper(self._context, self.model)
        self._sampler = FitSampler(self._context, self.model, self._document.training.batch_size)
        self._context.emit(
            "start",
            epochs=self._epochs,
            epoch=self._state.epoch,
            steps_per_epoch=self._steps,
            samples=self._fitted,
            validation_samples=len(self._dataset.train) - self._fitted,
            parameters=int(self.model.count_params()),
            layers=list(self._sampler.layers),
        )
        for watcher, remembered in zip(self._watchers, self._state.callbacks, strict=False):
            watcher.set_state(remembered)
        self._state.ended = False
        restore_random(self._state.random)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock of the epoch."""
        self._epoch = epoch
        self._epoch_began = time.monotonic()
        self._paused = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Obeys; reports now and then; ends training when the loss is no number any more."""
        self._changed = True
        self._batch = batch
        if self._context.has_orders:
            self._obey()
        if self._sampler.is_due():
            read = self._sampler.look(self._at, lambda: _numbers(logs))
            if read is not None:
                self._watch(read)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Reports the epoch and keeps the model; one that was broken off does not count."""
        metrics = _numbers(logs)
        self._watch(metrics)
        if self._context.has_orders:
            # Epochs of a single step, or what was said during validation.
            self._obey()
        if self._batch + 1 < self._steps:
            return
        state = self._state
        seconds = time.monotonic() - self._epoch_began - self._paused
        state.epoch = epoch + 1
        state.trained += seconds
        rate = float(np.asarray(self.model.optimizer.learning_rate))
        state.learning_rate = None if self._document.compile.schedule else rate
        state.callbacks = [watcher.get_state() for watcher in self._watchers]
        state.random = random_state()
        is_best = self._compare(metrics)
        self._context.emit(
            "epoch",
            epoch=epoch + 1,
            metrics=metrics,
            learning_rate=rate,
            seconds=seconds,
            samples_per_second=self._fitted / seconds if seconds > 0 else None,
            best=state.best,
            trained=state.trained,
        )
        if self._context.cancelled:
            # Not a step more: what goes on later begins with a whole epoch.
            self.model.stop_training = True
        if self.blown_up:
            return
        if is_best:
            self._keeper.note_best(state)
        self._keeper.save_when_due(state)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Keeps the model as it is at the end, unless its loss is no number any more."""
        self._state.ended = not self._context.cancelled
        if self.blown_up:
            # What it is now is worth nothing; the best it was may be in memory alone.
            self._keeper.save_best()
        elif self._changed:
            self._keeper.save(self._state)

    @property
    def why(self) -> str:
        """Why training ended before its last epoch, if a callback wanted that."""
        return next((watcher.stopped_because for watcher in self._watchers if watcher.stopped_because), "")

    @property
    def _at(self) -> float:
        """Where it stands, in epochs."""
        return self._epoch + (self._batch + 1) / self._steps

    def _obey(self) -> None:
        """Does what it was told, in order; while it is paused it waits for more."""
        paused_since: float | None = None
        while True:
            order, value = self._context.next_order(wait=paused_since is not None)
            if order == "learning_rate":
                self._set_rate(value)
            elif order == "pause" and paused_since is None:
                paused_since = time.monotonic()
                self._context.emit("pause", epoch=self._at)
                if not self.blown_up:
                    self._keeper.save(self._state)
            elif order in {"resume", None} and paused_since is not None:
                self._paused += time.monotonic() - paused_since
                paused_since = None
                self._sampler.skip()
                self._context.emit("resume", epoch=self._at)
            if self._context.cancelled:
                self.model.stop_training = True
                return
            if paused_since is None and not self._context.has_orders:
                return

    def _set_rate(self, rate: float) -> None:
        try:
            self.model.optimizer.learning_rate = rate
        except LayerloomError as error:
            self._context.emit("log", text=str(error))
            return
        # Now, not when the epoch ends: the training may be stopped before. A schedule has refused it above.
        self._state.learning_rate = rate
        self._context.emit("rate", epoch=self._at, learning_rate=rate)

    def _compare(self, metrics: dict[str, float]) -> bool:
        """Keeps the best values up; says whether the loss that counts is better than ever."""
        counts = "val_loss" if "val_loss" in metrics else "loss"
        is_best = False
        for name, value in metrics.items():
            if name not in self._is_small_good:
                self._is_small_good[name] = is_small_good(self.model, name)
            small = self._is_small_good[name]
            if small is None or not math.isfinite(value):
                continue
            before = self._state.best.get(name)
            if before is None or (value < before[0] if small else value > before[0]):
                self._state.best[name] = [value, self._state.epoch]
                is_best = is_best or name == counts
        return is_best

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
    # Callbacks may have put the learning rate among them.
    return {
        name: float(value) for name, value in (logs or {}).items() if not name.startswith("learning_rate")
    }
