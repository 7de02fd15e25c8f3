"""R²: which share of the truth's ups and downs the predictions explain."""

import warnings
from typing import Annotated, Literal

import torch
from torch import Tensor

from runtime.errors import DataError, ParameterError
from runtime.losses.reduction import TensorLike, same_rank
from runtime.metrics.base import Metric, registry, tensors
from runtime.types import Range

AGGREGATIONS = ("uniform_average", "variance_weighted_average", None)


@registry.register
class R2Score(Metric):
    """Share of the truth's ups and downs that is explained: 1 perfectly, 0 no better than the mean.

    Args:
        class_aggregation: How the scores of several outputs become one: "uniform_average" is their mean,
            "variance_weighted_average" weighs by how much each varies, None keeps them.
        num_regressors: How many features the model has, for the adjusted score; 0 for the plain one.
        name: Name shown in logs.
        dtype: Element type of the sums.
    """

    _direction = "up"

    def __init__(
        self,
        class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = "uniform_average",
        num_regressors: Annotated[int, Range(min=0)] = 0,
        name: str = "r2_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(dtype, name)
        for parameter, received, valid, hint in (
            (
                "class_aggregation",
                class_aggregation,
                class_aggregation in AGGREGATIONS,
                "Use 'uniform_average', 'variance_weighted_average' or None.",
            ),
            ("num_regressors", num_regressors, num_regressors >= 0, "It is a whole number, at least 0."),
        ):
            if not valid:
                raise ParameterError(
                    f"R2Score got {parameter}={received!r}.",
                    parameter=parameter,
                    received=received,
                    hint=hint,
                )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable()
        self._sums: list[Tensor] = []

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: The truth, shape (batch, outputs).
            y_pred: What the model predicts, of the same shape.
            sample_weight: How much each sample counts.

        Raises:
            DataError: The shapes are others.
        """
        true, predicted = same_rank(*tensors(y_true, y_pred, self._torch_dtype))
        if true.ndim != 2 or true.shape != predicted.shape:
            raise DataError(
                f"R2Score got labels of the shape {tuple(true.shape)} and predictions of "
                f"{tuple(predicted.shape)}.",
                hint="Both are (batch, outputs).",
            )
        weight = torch.ones_like(true)
        if sample_weight is not None:
            given = torch.as_tensor(sample_weight).to(true)
            weight = weight * (given.unsqueeze(1) if given.ndim == 1 else given)
        if not self._sums:
            self._sums = [self.add_variable((true.shape[-1],)) for _ in range(4)]
        parts = (true * true * weight, true * weight, (true - predicted).square() * weight, weight)
        for state, values in zip(self._sums, parts, strict=True):
            self.accumulate(state, values.sum(0))
        self.num_samples += true.numel()

    def result(self) -> Tensor:
        """The score so far, or one for each output."""
        if not self._sums:
            return torch.zeros((), dtype=self._torch_dtype)
        squares, sums, residuals, count = self._sums
        variation = squares - sums * sums / count
        scores = 1 - residuals / variation
        scores = torch.where(scores.isinf(), 0, scores)
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation == "variance_weighted_average":
            scores = (variation * scores).sum() / variation.sum()
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, score: Tensor) -> Tensor:
        spare = float(self.num_samples) - self.num_regressors - 1
        if spare <= 0:
            warnings.warn(
                "There are fewer samples than the adjusted R2 score needs: the plain score is given.",
                stacklevel=3,
            )
            return score
        return 1 - (1 - score) * (self.num_samples - 1) / spare
