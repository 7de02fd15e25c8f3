"""Class weights: samples of some classes count more than others."""

from collections.abc import Mapping
from typing import Any

import torch

from runtime.errors import DataError


def class_sample_weights(y: Any, class_weight: Mapping[Any, Any]) -> torch.Tensor:
    """A weight for each sample, by its class.

    Args:
        y: Class ids, or one-hot labels.
        class_weight: Class id → weight; classes that are not named count 1.

    Raises:
        DataError: There is more than one target, or none.
    """
    if not isinstance(class_weight, Mapping):
        raise DataError(
            f"class_weight is {class_weight!r}.",
            hint="Give a dict of class id and weight, such as {0: 1.0, 1: 3.0}.",
        )
    if not isinstance(y, torch.Tensor):
        raise DataError(
            "class_weight needs one target with class ids or one-hot labels, "
            f"but y is {'missing' if y is None else 'a ' + type(y).__name__ + ' of several'}.",
            hint="Give sample_weight in its place: one array for each output.",
        )
    if y.ndim > 1:
        y = y.argmax(-1) if y.shape[-1] != 1 else y.squeeze(-1)
    if y.ndim > 1:
        raise DataError(
            f"class_weight needs one class for each sample, but y has the shape {tuple(y.shape)}.",
            hint="Give sample_weight in its place.",
        )
    ids = y.round().to(torch.int64) if y.is_floating_point() else y.to(torch.int64)
    weights = torch.ones(len(ids), dtype=torch.float32, device=ids.device)
    for name, weight in class_weight.items():
        weights[ids == int(name)] = float(weight)
    return weights
