"""Goes through batches and puts the predictions together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from runtime.callbacks import CallbackList
from runtime.data import Batches, flatten, packer

_BLOCK = 64 * 2**20
"""Bytes of predictions that are left on a card at most."""


def predict_batches(
    model: Any,
    predict: Callable[[Any], Any],
    batches: Batches,
    callbacks: CallbackList,
    structure: Callable[[Any], Any],
) -> Any:
    """Predictions for all samples, as arrays.

    Args:
        model: The model.
        predict: Function of a batch's inputs to its outputs.
        batches: The batches.
        callbacks: Called around each batch.
        structure: Puts a list of outputs into the structure the model returns.
    """
    begin = callbacks.listeners("on_predict_batch_begin")
    end = callbacks.listeners("on_predict_batch_end")
    together = getattr(batches, "together", 1)
    last = batches.steps
    collected = _Collected()
    template: Any = None
    for step, (x, _, _) in enumerate(batches.epoch()):
        for listener in begin:
            listener(step * together, {})
        template = predict(x)
        collected.add(flatten(template))
        number = (step + 1) * together - 1
        for listener in end:
            listener(number if last is None else min(number, last - 1), {"outputs": structure(template)})
        if model.stop_predicting:
            break
    return structure(packer(template)[0]([as_array(column) for column in collected.columns()]))


class _Collected:
    """Outputs of batches. A card's are brought into memory in blocks, since it is waited for each time."""

    def __init__(self) -> None:
        self._waiting: list[list[torch.Tensor]] = []
        self._bytes = 0
        self._in_memory: list[list[torch.Tensor]] = []

    def add(self, outputs: list[torch.Tensor]) -> None:
        """Takes in the outputs of a batch."""
        self._waiting.append(outputs)
        if outputs[0].is_cpu:
            return
        self._bytes += sum(output.nbytes for output in outputs)
        if self._bytes > _BLOCK:
            self._in_memory.append([column.cpu() for column in _joined(self._waiting)])
            self._waiting, self._bytes = [], 0

    def columns(self) -> list[torch.Tensor]:
        """Each output for all samples."""
        rest = _joined(self._waiting)
        if not self._in_memory:
            return rest
        return _joined([*self._in_memory, *([[column.cpu() for column in rest]] if rest else [])])


def as_array(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """A tensor's numbers as an array; bfloat16, which numpy does not have, becomes float32."""
    values = tensor.detach().cpu()
    return (values.float() if values.dtype == torch.bfloat16 else values).numpy()


def _joined(batches: list[list[torch.Tensor]]) -> list[torch.Tensor]:
    return [one[0] if len(one) == 1 else torch.cat(one) for one in zip(*batches, strict=True)]
