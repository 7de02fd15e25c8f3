"""Shuffles a data set and cuts it into a part to train on and a part to test on."""

from typing import Any

import numpy as np

from runtime.errors import ParameterError

Array = np.ndarray[Any, Any]
Pair = tuple[Array, Array]


def shuffled_parts(x: Array, y: Array, test_split: float, seed: int) -> tuple[Pair, Pair]:
    """Inputs and targets to train on, and those to test on.

    Args:
        x: Inputs.
        y: Targets.
        test_split: Share of the samples to test on, from 0 up to but not including 1.
        seed: Makes the order.

    Raises:
        ParameterError: The share is no such number.
    """
    if not 0 <= test_split < 1:
        raise ParameterError(
            f"test_split is {test_split!r}.",
            parameter="test_split",
            received=test_split,
            hint="Give a number from 0 up to (not including) 1: 0.2 keeps a fifth for the test.",
        )
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    end = int(len(x) * (1 - test_split))
    return (np.array(x[:end]), np.array(y[:end])), (np.array(x[end:]), np.array(y[end:]))
