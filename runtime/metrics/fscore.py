"""F scores: precision and recall in one number.

Source: https://keras.io/api/metrics/classification_metrics/
"""

from typing import Annotated, Literal

import torch
from torch import Tensor

from runtime.errors import DataError, ParameterError
from runtime.losses.reduction import TensorLike
from runtime.metrics.base import Metric, registry, tensors
from runtime.metrics.confusion import EPSILON
from runtime.types import Range

Average = Literal["micro", "macro", "weighted"] | None
Threshold = Annotated[float, Range(min=0, max=1, exclusive_min=True)] | None


@registry.register
class FBetaScore(Metric):
    """Precision and recall in one number, with a weight of your own between them.

    Args:
        average: None for a score of each class; "micro" counts all answers together, "macro" is the mean over
            classes, "weighted" the mean weighted by how often each class comes.
        beta: How many times more recall counts than precision.
        threshold: Probability above which an answer is yes; None for the likeliest class of each sample.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    _direction = "up"

    def __init__(
        self,
        average: Average = None,
        beta: Annotated[float, Range(min=0, exclusive_min=True)] = 1.0,
        threshold: Threshold = None,
        name: str = "fbeta_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(dtype, name)
        for parameter, received, valid, hint in (
            (
                "average",
                average,
                average in (None, "micro", "macro", "weighted"),
                "Use micro, macro or weighted.",
            ),
            ("beta", beta, beta > 0, "It is a number above 0."),
            (
                "threshold",
                threshold,
                threshold is None or 0 < threshold <= 1,
                "It is above 0, and 1 at most.",
            ),
        ):
            if not valid:
                raise ParameterError(
                    f"{type(self).__name__} got {parameter}={received!r}.",
                    parameter=parameter,
                    received=received,
                    hint=hint,
                )
        self.average: Average = average
        self.beta = beta
        self.threshold = threshold
        self._counts: list[Tensor] = []

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: One-hot labels, shape (batch, classes).
            y_pred: Probability of each class, of the same shape.
            sample_weight: How much each sample counts.

        Raises:
            DataError: The shapes are others.
        """
        true, predicted = tensors(y_true, y_pred, self._torch_dtype)
        if true.ndim != 2 or true.shape != predicted.shape:
            raise DataError(
                f"{self.name} got labels of the shape {tuple(true.shape)} and predictions of "
                f"{tuple(predicted.shape)}.",
                hint="Both are (batch, classes): make class ids one-hot.",
            )
        if self.threshold is None:
            yes = (predicted >= predicted.amax(-1, keepdim=True)) & (predicted.abs() > 1e-9)
        else:
            yes = predicted > self.threshold
        answered = yes.to(true.dtype)
        weight = 1.0
        if sample_weight is not None:
            weight = torch.as_tensor(sample_weight).to(true).reshape(-1, 1)
        sums = (answered * true, answered * (1 - true), (1 - answered) * true, true)
        axes = (0, 1) if self.average == "micro" else (0,)
        if not self._counts:
            shape = () if self.average == "micro" else (true.shape[-1],)
            self._counts = [self.add_variable(shape) for _ in sums]
        for state, values in zip(self._counts, sums, strict=True):
            self.accumulate(state, (values * weight).sum(axes))

    def result(self) -> Tensor:
        """The score so far, or one for each class."""
        if not self._counts:
            return torch.zeros((), dtype=self._torch_dtype)
        right, invented, missed, present = self._counts
        precision = right / (right + invented + EPSILON)
        recall = right / (right + missed + EPSILON)
        square = self.beta**2
        score = (1 + square) * precision * recall / (square * precision + recall + EPSILON)
        if self.average == "weighted":
            return (score * present / (present.sum() + EPSILON)).sum()
        return score if self.average is None else score.mean()


@registry.register
class F1Score(FBetaScore):
    """Precision and recall in one number: high only if both are.

    Args:
        average: None for a score of each class; "micro" counts all answers together, "macro" is the mean over
            classes, "weighted" the mean weighted by how often each class comes.
        threshold: Probability above which an answer is yes; None for the likeliest class of each sample.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    def __init__(
        self,
        average: Average = None,
        threshold: Threshold = None,
        name: str = "f1_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
