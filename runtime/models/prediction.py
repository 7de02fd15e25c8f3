"""Goes through batches and puts the predictions together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from runtime.callbacks import CallbackList
from runtime.data import Batches, flatten, packer


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
    collected: list[list[torch.Tensor]] = []
    template: Any = None
    for step, (x, _, _) in enumerate(batches.epoch()):
        for listener in begin:
            listener(step * together, {})
        template = predict(x)
        collected.append(flatten(template))
        number = (step + 1) * together - 1
        for listener in end:
            listener(number if last is None else min(number, last - 1), {"outputs": structure(template)})
        if model.stop_predicting:
            break
    columns = [as_array(one[0] if len(one) == 1 else torch.cat(one)) for one in zip(*collected, strict=True)]
    return structure(packer(template)[0](columns))


def as_array(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """A tensor's numbers as an array; bfloat16, which numpy does not have, becomes float32."""
    values = tensor.detach().cpu()
    return (values.float() if values.dtype == torch.bfloat16 else values).numpy()
