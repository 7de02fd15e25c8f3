"""Correlation: whether predictions rise and fall with the truth.

Source: https://keras.io/api/metrics/correlation_metrics/
"""

from torch import Tensor

from runtime.losses.reduction import TensorLike, pair, same_rank
from runtime.metrics.base import registry
from runtime.metrics.confusion import EPSILON
from runtime.metrics.mean import MeanMetricWrapper, metric_function


@metric_function
def pearson_correlation(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """How well predictions follow the truth in a straight line: 1 perfectly, 0 not at all, -1 upside down."""
    true, predicted = (_standardized(one, axis) for one in same_rank(*pair(y_true, y_pred)))
    return (true * predicted).mean(axis)


@metric_function
def concordance_correlation(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """Like Pearson's correlation, but 1 only where predictions are the true numbers themselves.

    Source: Lin 1989, https://doi.org/10.2307/2532051
    """
    true, predicted = same_rank(*pair(y_true, y_pred))
    true_mean, predicted_mean = true.mean(axis, keepdim=True), predicted.mean(axis, keepdim=True)
    # Keras takes the prediction's mean from both; summed over the axis the covariance is the same.
    covariance = (true - predicted_mean) * (predicted - predicted_mean)
    spread = true.var(axis, keepdim=True, correction=0) + predicted.var(axis, keepdim=True, correction=0)
    return (2 * covariance / (spread + (true_mean - predicted_mean).square() + EPSILON)).mean(axis)


def _standardized(values: Tensor, axis: int) -> Tensor:
    centred = values - values.mean(axis, keepdim=True)
    return centred / centred.std(axis, keepdim=True, correction=0)


@registry.register
class PearsonCorrelation(MeanMetricWrapper):
    """How well predictions follow the truth in a straight line: 1 perfectly, 0 not at all.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        axis: Axis along which numbers are compared.
    """

    _direction = "up"

    def __init__(
        self,
        name: str = "pearson_correlation",
        dtype: str | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


@registry.register
class ConcordanceCorrelation(MeanMetricWrapper):
    """Like Pearson's correlation, but 1 only where predictions are the true numbers themselves.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        axis: Axis along which numbers are compared.
    """

    _direction = "up"

    def __init__(
        self,
        name: str = "concordance_correlation",
        dtype: str | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis
