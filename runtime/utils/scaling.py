"""`normalize`: makes vectors equally long."""

from typing import Any

import numpy as np
import torch


def normalize(x: Any, axis: int = -1, order: float = 2) -> Any:
    """Divides vectors by their length; a vector of zeros stays.

    Args:
        x: An array or a tensor.
        axis: The axis a vector lies along.
        order: Which length: 2 for the usual one, 1 for the sum of the amounts.

    Returns:
        An array or a tensor, as what was given.
    """
    if isinstance(x, torch.Tensor):
        lengths = torch.linalg.vector_norm(x, order, axis, keepdim=True)
        return x / torch.where(lengths == 0, 1.0, lengths)
    values = np.asarray(x)
    lengths = np.linalg.norm(values, order, axis, keepdims=True)
    return values / np.where(lengths == 0, 1, lengths)
