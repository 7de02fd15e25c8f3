"""Hinge losses: right answers by a clear margin cost nothing.

Source: https://keras.io/api/losses/hinge_losses/
"""

import torch
from torch import Tensor

from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.reduction import Reduction, TensorLike, pair


def _signed(y_true: Tensor) -> Tensor:
    """Labels 0 and 1 become -1 and 1; labels that are so already stay."""
    return torch.where(((y_true == 0) | (y_true == 1)).all(), 2 * y_true - 1, y_true)


@registry.register
def hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of how far each prediction falls short of a margin of 1 on the right side."""
    y_true, y_pred = pair(y_true, y_pred)
    return (1 - _signed(y_true) * y_pred).clamp(min=0).mean(-1)


@registry.register
def squared_hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of the squares of how far each prediction falls short of a margin of 1 on the right side."""
    y_true, y_pred = pair(y_true, y_pred)
    return (1 - _signed(y_true) * y_pred).clamp(min=0).square().mean(-1)


@registry.register
def categorical_hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """How far the right class's score falls short of a margin of 1 above the best wrong one."""
    y_true, y_pred = pair(y_true, y_pred)
    right = (y_true * y_pred).sum(-1)
    wrong = ((1 - y_true) * y_pred).amax(-1)
    return (wrong - right + 1).clamp(min=0)


class _HingeLoss(LossFunctionWrapper):
    compares_same_shapes = True


@registry.register
class Hinge(_HingeLoss):
    """Asks for scores on the right side by a margin of 1; labels are -1 and 1 (or 0 and 1).

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(hinge, reduction, name, dtype)


@registry.register
class SquaredHinge(_HingeLoss):
    """Like Hinge, with squares: large mistakes count most.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "squared_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


@registry.register
class CategoricalHinge(_HingeLoss):
    """Asks for the right class's score to be above all others by a margin of 1; labels are one-hot.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "categorical_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
