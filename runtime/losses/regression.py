"""Losses for numbers: how far predicted measurements are from the true ones.

Source: https://keras.io/api/losses/regression_losses/
"""

import math
from typing import Annotated

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.reduction import EPSILON, Reduction, TensorLike, pair, same_rank
from runtime.types import Range


def _aligned(y_true: TensorLike, y_pred: TensorLike) -> tuple[Tensor, Tensor]:
    return same_rank(*pair(y_true, y_pred))


@registry.register(aliases=("mse", "MSE"))
def mean_squared_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of the squared differences along the last axis: large mistakes count most."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return (y_true - y_pred).square().mean(-1)


@registry.register(aliases=("mae", "MAE"))
def mean_absolute_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of the differences' sizes along the last axis: all mistakes count alike."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return (y_true - y_pred).abs().mean(-1)


@registry.register(aliases=("mape", "MAPE"))
def mean_absolute_percentage_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of the differences' sizes in per cent of the true numbers."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return 100 * ((y_true - y_pred) / y_true.abs().clamp(min=EPSILON)).abs().mean(-1)


@registry.register(aliases=("msle", "MSLE"))
def mean_squared_logarithmic_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean of the squared differences of logarithms: what counts is the ratio, for numbers of 0 and above."""
    y_true, y_pred = _aligned(y_true, y_pred)
    true_log, predicted_log = (torch.log(number.clamp(min=EPSILON) + 1) for number in (y_true, y_pred))
    return (predicted_log - true_log).square().mean(-1)


@registry.register(former=("cosine_proximity",))
def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between two vectors: -1 if they point the same way, 1 if opposite."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return -(unit_length(y_true, axis) * unit_length(y_pred, axis)).sum(axis)


def unit_length(vectors: Tensor, axis: int) -> Tensor:
    """Vectors along an axis, divided by their lengths; those of length 0 stay."""
    return F.normalize(vectors, dim=axis, eps=1e-12)


@registry.register
def huber(y_true: TensorLike, y_pred: TensorLike, delta: float = 1.0) -> Tensor:
    """Squares small differences and takes the size of those beyond `delta`: outliers do not rule."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return F.huber_loss(y_pred, y_true.expand_as(y_pred), reduction="none", delta=delta).mean(-1)


@registry.register(former=("logcosh",))
def log_cosh(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean logarithm of the differences' hyperbolic cosine: squares when small, sizes when large."""
    y_true, y_pred = _aligned(y_true, y_pred)
    difference = y_pred - y_true
    return (difference + F.softplus(-2 * difference) - math.log(2)).mean(-1)


class _NumberLoss(LossFunctionWrapper):
    compares_same_shapes = True


@registry.register
class MeanSquaredError(_NumberLoss):
    """Mean of the squared differences: large mistakes count most.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)

    def batch_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The mean over a batch in one quick step, where the shapes agree."""
        return F.mse_loss(y_pred, y_true.to(y_pred.dtype)) if y_true.shape == y_pred.shape else None


@registry.register
class MeanAbsoluteError(_NumberLoss):
    """Mean of the differences' sizes: all mistakes count alike.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


@registry.register
class MeanAbsolutePercentageError(_NumberLoss):
    """Mean of the differences' sizes in per cent of the true numbers.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


@registry.register
class MeanSquaredLogarithmicError(_NumberLoss):
    """Mean of the squared differences of logarithms: what counts is the ratio, for numbers of 0 and above.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


@registry.register
class CosineSimilarity(_NumberLoss):
    """Minus the cosine of the angle between predicted and true vector: only the direction counts.

    Args:
        axis: Axis along which a vector lies.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)


@registry.register
class Huber(_NumberLoss):
    """Squares small differences and takes the size of large ones: outliers do not rule.

    Args:
        delta: Where small ends and large begins.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        delta: Annotated[float, Range(min=0, exclusive_min=True)] = 1.0,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: str | None = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


@registry.register
class LogCosh(_NumberLoss):
    """Logarithm of the differences' hyperbolic cosine: a smooth relative of Huber.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: str | None = None,
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)
