"""The steps a model's author may override: one batch of training, evaluation or prediction."""

import inspect
import warnings
from functools import cache
from typing import Any

import torch

from runtime.data import flatten, unpack_x_y_sample_weight
from runtime.errors import CompileError
from runtime.models.compiled_state import CompiledState


class TrainingSteps(CompiledState):
    """The part of a model that carries out one batch.

    `fit` has a quicker way to the same end, but calls whatever a subclass overrides.
    """

    def call_takes_training(self) -> bool:
        """True if the model's `call` has an argument `training`."""
        return _takes_training(type(self).call)  # type: ignore[attr-defined]

    def _predicted(self, x: Any, *, training: bool) -> Any:
        model: Any = self
        return model(x, training=training) if self.call_takes_training() else model(x)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Trains on one batch.

        Args:
            data: (x,), (x, y) or (x, y, sample_weight).

        Returns:
            The results so far, by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._predicted(x, training=True)
        loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
        weights: list[torch.Tensor] = self.trainable_weights  # type: ignore[attr-defined]
        if weights:
            scaled = self.optimizer.scale_loss(loss)
            gradients = torch.autograd.grad(scaled, weights, allow_unused=True)
            self.optimizer.apply(gradients, weights)
        else:
            warnings.warn(f"Model '{self.name}' has no weights to train.", stacklevel=2)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluates one batch.

        Args:
            data: (x,), (x, y) or (x, y, sample_weight).

        Returns:
            The results so far, by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._predicted(x, training=False)
        self._loss_of(x, y, y_pred, sample_weight, training=False)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Predicts one batch.

        Args:
            data: (x,), or more, of which only x is used.
        """
        return self._predicted(unpack_x_y_sample_weight(data)[0], training=False)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> torch.Tensor:
        """The total loss: that of `compile`, regularizers, and what layers added.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Predictions.
            sample_weight: Weights of the samples.
            training: True in training.

        Raises:
            CompileError: There is no loss at all.
        """
        del x, training
        losses: list[torch.Tensor] = []
        if self._compile_loss is not None:
            total, values = self._compile_loss(y, y_pred, sample_weight)
            if total is not None:
                losses.append(total)
            for tracker, value in zip(self._trackers_of_terms(), values, strict=False):
                tracker.update_state(value, len(flatten(y_pred)[0]))
        losses += [added.sum() for added in self.losses]  # type: ignore[attr-defined]
        if not losses:
            raise CompileError(
                f"Model '{self.name}' has no loss to compute.",
                hint="Give compile() a loss, or call add_loss().",
            )
        return losses[0] if len(losses) == 1 else torch.stack(losses).sum()

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Takes a batch into the metrics.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Predictions.
            sample_weight: Weights of the samples.

        Returns:
            The results so far, by name.
        """
        del x
        if self._compile_metrics is not None:
            with torch.no_grad():
                self._compile_metrics.update_state(y, _detached(y_pred), sample_weight)
        return self.get_metrics_result()

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, *, training: bool) -> torch.Tensor:
        """The total loss, noted; an overridden `compute_loss` may lack the argument `training`."""
        takes = _takes_training(getattr(self.compute_loss, "__func__", self.compute_loss))
        flag = {"training": training} if takes else {}
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **flag)
        if self._loss_tracker is not None:
            self._loss_tracker.update_state(loss, len(flatten(x)[0]))
        return loss

    def _has_own(self, *methods: str) -> bool:
        """True if a subclass overrides one of these methods."""
        return any(getattr(type(self), method) is not getattr(TrainingSteps, method) for method in methods)


@cache
def _takes_training(function: Any) -> bool:
    return "training" in inspect.signature(function).parameters


def _detached(y_pred: Any) -> Any:
    if isinstance(y_pred, torch.Tensor):
        detached = y_pred.detach()
        mask = getattr(y_pred, "_keras_mask", None)
        if mask is not None:
            detached._keras_mask = mask  # type: ignore[attr-defined]
        return detached
    if isinstance(y_pred, dict):
        return {name: _detached(value) for name, value in y_pred.items()}
    return [_detached(value) for value in y_pred]
