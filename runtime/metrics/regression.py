"""Metrics for numbers: how far predicted measurements are from the true ones.

Source: https://keras.io/api/metrics/regression_metrics/
"""

import torch
from torch import Tensor

from runtime.losses import (
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from runtime.losses.reduction import TensorLike, pair, same_rank
from runtime.losses.regression import unit_length
from runtime.metrics.base import registry, tensors
from runtime.metrics.mean import Mean, MeanMetricWrapper

# These losses have no metric class in Keras; by name they are metrics all the same.
registry.register(huber)
registry.register(former=("logcosh",))(log_cosh)


def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """Cosine of the angle between two vectors: 1 if they point the same way, -1 if opposite."""
    true, predicted = same_rank(*pair(y_true, y_pred))
    return (unit_length(true, axis) * unit_length(predicted, axis)).sum(axis)


@registry.register(
    aliases=(
        "mse",
        "MSE",
    )
)
class MeanSquaredError(MeanMetricWrapper):
    """Mean of the squared differences: large mistakes count most.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "mean_squared_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_squared_error, name, dtype)


@registry.register(
    aliases=(
        "mae",
        "MAE",
    )
)
class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of the differences' sizes: by how much a prediction is off.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "mean_absolute_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_absolute_error, name, dtype)


@registry.register(
    aliases=(
        "mape",
        "MAPE",
    )
)
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of the differences' sizes in per cent of the true numbers.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "mean_absolute_percentage_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


@registry.register(
    aliases=(
        "msle",
        "MSLE",
    )
)
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of the squared differences of logarithms: what counts is the ratio.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "mean_squared_logarithmic_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


@registry.register(former=("rmse", "RMSE"))
class RootMeanSquaredError(Mean):
    """Root of the mean squared difference: in the unit of what is measured.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: The truth, batch first.
            y_pred: What the model predicts, batch first.
            sample_weight: How much each sample counts.
        """
        true, predicted = same_rank(*tensors(y_true, y_pred, self._torch_dtype))
        self.add_values((predicted - true).square(), sample_weight)

    def result(self) -> Tensor:
        """The root of the mean so far."""
        return torch.sqrt(super().result())


@registry.register
class CosineSimilarity(MeanMetricWrapper):
    """Cosine of the angle between predicted and true vector: 1 if they point the same way.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        axis: Axis along which a vector lies.
    """

    _direction = "up"

    def __init__(
        self,
        name: str = "cosine_similarity",
        dtype: str | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis


@registry.register
class LogCoshError(MeanMetricWrapper):
    """Logarithm of the differences' hyperbolic cosine: a smooth measure that outliers do not rule.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "logcosh",
        dtype: str | None = None,
    ) -> None:
        super().__init__(log_cosh, name, dtype)
