"""`Meter`: collects losses and predictions while training runs, and makes numbers of them only now and then.

A number that Python reads makes it wait for the device, and each metric costs some calls. So a step only
puts tensors aside; they are reduced in blocks, or when somebody asks.
"""

import operator
from collections.abc import Callable
from typing import Any

import torch

from runtime.models.compiled_metrics import OutputMetric

_STEPS = 64
"""Steps put aside at most."""
_NUMBERS = 2_000_000
"""Predicted numbers put aside at most: predictions may be whole pictures."""


class LossTracker:
    """The mean of a loss over all samples so far; used like a metric.

    Args:
        name: Its name in the logs.
    """

    def __init__(self, name: str = "loss") -> None:
        self.name = name
        self._total = 0.0
        self._count = 0.0
        self._waiting: list[torch.Tensor] = []
        self._sizes: list[float] = []

    def add(self, value: torch.Tensor, samples: float) -> None:
        """Puts the loss of a batch aside.

        Args:
            value: The loss, one number without a gradient.
            samples: How many samples it is the mean of.
        """
        self._waiting.append(value)
        self._sizes.append(samples)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Takes in the loss of a batch.

        Args:
            values: The loss.
            sample_weight: How many samples it is the mean of; 1 by default.
        """
        self.add(
            torch.as_tensor(values).detach().mean(), 1 if sample_weight is None else float(sample_weight)
        )
        self.flush()

    def flush(self) -> None:
        """Reads what was put aside."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            sizes, self._sizes = self._sizes, []
            values: list[float] = torch.stack(waiting).tolist()
            self._total += sum(map(operator.mul, values, sizes))
            self._count += sum(sizes)

    def result(self) -> float:
        """The mean so far; 0 if there was nothing."""
        self.flush()
        return self._total / self._count if self._count else 0.0

    def reset_state(self) -> None:
        """Forgets everything."""
        self._total = self._count = 0.0
        self._waiting, self._sizes = [], []


class Meter:
    """Measures one run of a compiled model.

    Args:
        total: Takes in the total loss.
        term_trackers: Take in the loss of each output; empty if there is only one.
        metrics: The metrics of the outputs.
        finish: What makes the reported predictions of the computed ones: the activation that was left to the
            loss; None if none was.
        masked: True if predictions may carry masks.
    """

    def __init__(
        self,
        total: LossTracker,
        term_trackers: list[LossTracker],
        metrics: list[OutputMetric],
        finish: Callable[[torch.Tensor], torch.Tensor] | None,
        *,
        masked: bool,
    ) -> None:
        self.total = total
        self._detach = _detached_with_mask if masked else torch.Tensor.detach
        self._term_trackers = term_trackers
        self._metrics = metrics
        self._finish = finish
        self._waiting: list[tuple[list[Any], list[torch.Tensor], list[Any] | None]] = []
        self._steps = 0
        self._block = 0
        self._outputs = sorted({entry.output for entry in metrics})

    def add(
        self,
        total: torch.Tensor,
        values: list[torch.Tensor],
        samples: int,
        targets: list[Any],
        outputs: list[torch.Tensor],
        weights: list[Any] | None,
    ) -> None:
        """Puts a step aside; nothing is read.

        Args:
            total: The loss.
            values: The losses of the outputs.
            samples: How many samples there were.
            targets: The target of each output.
            outputs: What the model computed.
            weights: The sample weights of each output.
        """
        self.total.add(total.detach(), samples)
        for tracker, value in zip(self._term_trackers, values, strict=False):
            tracker.add(value.detach(), samples)
        if self._metrics:
            self._waiting.append((targets, [self._detach(output) for output in outputs], weights))
        self._steps += 1
        if self._steps >= self._block:
            if self._block == 0:
                numbers = sum(output.numel() for output in outputs) or 1
                self._block = max(1, min(_STEPS, _NUMBERS // numbers))
                if self._block > 1:
                    return
            self.flush()

    def flush(self) -> None:
        """Reduces what was put aside."""
        self._steps = 0
        self.total.flush()
        for tracker in self._term_trackers:
            tracker.flush()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            # Evaluation runs in inference mode, but what a metric keeps must be fit for later training steps.
            with torch.inference_mode(mode=False), torch.no_grad():
                for output in self._outputs:
                    self._measure(output, waiting)

    def _measure(self, output: int, waiting: list[Any]) -> None:
        entries = [entry for entry in self._metrics if entry.output == output]
        steps = [
            (targets[output], outputs[output], weights and weights[output])
            for targets, outputs, weights in waiting
            if targets[output] is not None
        ]
        if not steps:
            return
        joined = _joined(steps) if all(entry.per_sample for entry in entries) else None
        for target, prediction, weight in steps if joined is None else [joined]:
            finished = prediction if self._finish is None else self._finish(prediction)
            mask = getattr(prediction, "_keras_mask", None)
            if mask is not None:
                finished._keras_mask = mask  # type: ignore[attr-defined]
            for entry in entries:
                entry.metric.update_state(target, finished, sample_weight=weight if entry.weighted else None)


def _detached_with_mask(output: torch.Tensor) -> torch.Tensor:
    detached = output.detach()
    mask = getattr(output, "_keras_mask", None)
    if mask is not None:
        detached._keras_mask = mask  # type: ignore[attr-defined]
    return detached


def _joined(steps: list[tuple[Any, torch.Tensor, Any]]) -> tuple[Any, torch.Tensor, Any] | None:
    """Several batches as one; None if they do not fit together."""
    if len(steps) == 1:
        return steps[0]
    targets, predictions, weights = zip(*steps, strict=True)
    for tensors in (targets, predictions):
        if any(tensor.shape[1:] != tensors[0].shape[1:] for tensor in tensors):
            return None
    if any(weight is None for weight in weights) != all(weight is None for weight in weights):
        return None
    if any(getattr(prediction, "_keras_mask", None) is not None for prediction in predictions):
        return None
    weight = None if weights[0] is None else torch.cat(weights)
    return torch.cat(targets), torch.cat(predictions), weight
