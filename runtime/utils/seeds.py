"""One seed for all that is random."""

import random

import numpy as np
import torch

from runtime.errors import ParameterError


def set_random_seed(seed: int) -> None:
    """Makes a program repeat: start values, shuffling, dropout and the like are drawn from this seed.

    Args:
        seed: A whole number from 0 to 2³² - 1.

    Raises:
        ParameterError: It is no such number.
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ParameterError(
            f"A seed is a whole number from 0 to {2**32 - 1}, but got {seed!r}.",
            parameter="seed",
            received=seed,
        )
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
