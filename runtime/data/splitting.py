"""Keeps the last part of the data for validation."""

import math
from typing import Any

import torch

from runtime.data.nested import flatten, map_leaves
from runtime.errors import DataError


def split_for_validation(data: tuple[Any, Any, Any], share: float) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Data to train on, and the last share of it to validate on.

    Args:
        data: Inputs, targets and sample weights, as tensors.
        share: Between 0 and 1.

    Raises:
        DataError: The share is no such number, or one of the parts would be empty.
    """
    if not 0 < share < 1:
        raise DataError(
            f"validation_split is {share!r}.", hint="Give a number between 0 and 1: 0.2 keeps a fifth."
        )
    samples = len(flatten(data)[0])
    first = math.floor(samples * (1.0 - share))
    if first in (0, samples):
        raise DataError(
            f"{samples} samples cannot be split with validation_split={share}: one part would be empty.",
            hint="Give more data or another share.",
        )

    def part(start: int, end: int) -> tuple[Any, ...]:
        def cut(tensor: torch.Tensor) -> torch.Tensor:
            return tensor[start:end]

        return tuple(map_leaves(cut, value) for value in data)

    return part(0, first), part(first, samples)
