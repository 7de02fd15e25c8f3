"""Chance made repeatable."""

import random
from typing import Any

import numpy as np
import torch

from runtime.errors import ParameterError

global_generator: dict[str, Any] = {}
"""The `SeedGenerator` of draws without a seed, once there was one."""


def set_random_seed(seed: int) -> None:
    """Makes everything that follows by chance the same in every run: start values, dropout, order of samples.

    Args:
        seed: Any whole number from 0.

    Raises:
        ParameterError: It is no such number.

    Source:
        https://keras.io/api/utils/python_utils/
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ParameterError(
            f"set_random_seed got {seed!r}.",
            parameter="seed",
            received=seed,
            hint="Give a whole number from 0 to 4294967295.",
        )
    random.seed(int(seed))
    np.random.seed(int(seed))
    torch.manual_seed(int(seed))
    # It is made anew by chance, which repeats from here.
    global_generator.clear()
