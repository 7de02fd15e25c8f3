"""Keeps the last and the best model of a training in files, as often as that costs next to nothing."""

import time
from dataclasses import replace
from typing import Any

import torch

from app.services.checkpoints import write_checkpoint
from app.services.evaluation import BEST, CHECKPOINT
from app.services.job_context import JobContext
from app.services.training_state import TrainingState

SECONDS = 1.0
"""Epochs shorter than this share a checkpoint; the last one is always written."""

BUDGET = 0.01
"""Share of the time that goes into files: a large model is written less often."""


class Keeper:
    """Writes checkpoints of a model that is being trained.

    The best one is first kept in memory, since a quick training is better than before at each of its epochs.

    Args:
        context: Where to write, whom to tell.
        model: The model.
    """

    def __init__(self, context: JobContext, model: Any) -> None:
        self._context = context
        self._model = model
        self._best: tuple[TrainingState, Copy] | None = None
        self._due = time.monotonic() + SECONDS

    def note_best(self, state: TrainingState) -> None:
        """Remembers the model as it is now; it is the best so far."""
        self._best = (replace(state), copy_of(self._model))

    def save_when_due(self, state: TrainingState) -> None:
        """Writes what is new, unless that was done a moment ago."""
        if time.monotonic() >= self._due:
            self.save(state)

    def save(self, state: TrainingState) -> None:
        """Writes the model as it is, and the best one if that is a new one."""
        began = time.monotonic()
        self._context.save(CHECKPOINT, lambda path: write_checkpoint(self._model, state, path))
        self._context.emit("checkpoint", epoch=state.epoch)
        self.save_best()
        now = time.monotonic()
        self._due = now + max(SECONDS, (now - began) / BUDGET)

    def save_best(self) -> None:
        """Writes the best model, if there is one that is not in its file yet."""
        if self._best is None:
            return
        state, kept = self._best
        self._best = None
        present, rate = copy_of(self._model), self._model.optimizer.learning_rate
        try:
            put_back(self._model, kept)
            self._context.save(BEST, lambda path: write_checkpoint(self._model, state, path))
        finally:
            put_back(self._model, present)
            if state.learning_rate is not None:
                # All its digits: the optimizer's state has half as many.
                self._model.optimizer.learning_rate = rate


Copy = tuple[list[torch.Tensor], list[torch.Tensor]]
"""Weights, and the state of the optimizer."""


def copy_of(model: Any) -> Copy:
    """What training changes of a model."""
    state = [tensor.detach().clone() for _, tensor in model.optimizer.variables]
    return [weight.detach().clone() for weight in model.weights], state


def put_back(model: Any, copy: Copy) -> None:
    """Makes a model what it was when the copy was made."""
    weights, state = copy
    with torch.no_grad():
        for weight, value in zip(model.weights, weights, strict=True):
            weight.copy_(value)
        model.optimizer.load_variables(state)
