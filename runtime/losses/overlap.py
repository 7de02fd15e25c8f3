"""Losses for picture segmentation: how well predicted and true areas overlap."""

from typing import Annotated

from torch import Tensor

from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.reduction import EPSILON, Reduction, TensorLike, pair
from runtime.types import Range

Axes = int | list[int] | tuple[int, ...] | None
Weight = Annotated[float, Range(min=0)]


@registry.register
def dice(y_true: TensorLike, y_pred: TensorLike, axis: Axes = None) -> Tensor:
    """1 minus twice the overlap of two areas divided by their sum: 0 if they are the same.

    Args:
        y_true: True areas, 0 or 1 for each pixel.
        y_pred: Predicted probability of each pixel.
        axis: Axes over which an area lies; None for all, the batch too.
    """
    y_true, y_pred = pair(y_true, y_pred)
    overlap = (y_true * y_pred).sum(axis)
    return 1 - 2 * overlap / (y_true.sum(axis) + y_pred.sum(axis) + EPSILON)


@registry.register
def tversky(
    y_true: TensorLike, y_pred: TensorLike, alpha: float = 0.5, beta: float = 0.5, axis: Axes = None
) -> Tensor:
    """Like dice, with weights of one's own for the two kinds of mistakes.

    Args:
        y_true: True areas, 0 or 1 for each pixel.
        y_pred: Predicted probability of each pixel.
        alpha: Weight of true pixels that are not predicted.
        beta: Weight of predicted pixels that are not true.
        axis: Axes over which an area lies; None for all, the batch too.

    Source: Salehi et al. 2017, https://arxiv.org/abs/1706.05721
    """
    y_true, y_pred = pair(y_true, y_pred)
    overlap = (y_true * y_pred).sum(axis)
    missed = (y_true * (1 - y_pred)).sum(axis)
    invented = ((1 - y_true) * y_pred).sum(axis)
    return 1 - overlap / (overlap + alpha * missed + beta * invented + EPSILON)


@registry.register
class Dice(LossFunctionWrapper):
    """How badly predicted and true areas overlap: 0 if they are the same, 1 if they do not touch.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        axis: Axes over which an area lies; None for all, the batch too.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "dice",
        axis: Axes = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


@registry.register
class Tversky(LossFunctionWrapper):
    """Like Dice, with weights of one's own for the two kinds of mistakes.

    Args:
        alpha: Weight of true pixels that are not predicted.
        beta: Weight of predicted pixels that are not true.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        axis: Axes over which an area lies; None for all, the batch too.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        alpha: Weight = 0.5,
        beta: Weight = 0.5,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "tversky",
        axis: Axes = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
