"""Counts of right and wrong answers, as metrics of their own.

Source: https://keras.io/api/metrics/classification_metrics/
"""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor

from runtime.losses.reduction import TensorLike
from runtime.metrics.base import Metric, divide_no_nan, registry
from runtime.metrics.confusion import Thresholds, count_answers, parse_thresholds

Limits = float | Sequence[float] | None


class AnswerCounts(Metric):
    """Base of the metrics that count right and wrong answers at thresholds.

    Args:
        thresholds: Probabilities above which an answer is yes.
        top_k: Only the likeliest so many classes of each sample count as answered yes; None for no such rule.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    counted: ClassVar[tuple[str, ...]] = ()
    """Which of the counts are kept."""

    def __init__(
        self,
        thresholds: Thresholds,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(dtype, name)
        self._thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self._counts = {kind: self.add_variable((len(thresholds),)) for kind in self.counted}

    @property
    def thresholds(self) -> list[float]:
        """Probabilities above which an answer is yes."""
        return self._thresholds.values

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: Labels 0 and 1.
            y_pred: Probability of a yes, of the same shape.
            sample_weight: How much each sample counts.
        """
        counts = count_answers(
            y_true,
            y_pred,
            self._thresholds,
            sample_weight=sample_weight,
            top_k=self.top_k,
            class_id=self.class_id,
            dtype=self._torch_dtype,
        )
        for kind, state in self._counts.items():
            self.accumulate(state, getattr(counts, kind))

    def share(self, part: str, rest: str) -> Tensor:
        """One count in proportion to itself and another, for each threshold."""
        return divide_no_nan(self._counts[part], self._counts[part] + self._counts[rest])

    def one_or_all(self, values: Tensor) -> Tensor:
        """A single number if there is one threshold."""
        return values[0].clone() if len(self._thresholds) == 1 else values.clone()


class _SingleCount(AnswerCounts):
    def __init__(self, thresholds: Limits = None, name: str | None = None, dtype: str | None = None) -> None:
        super().__init__(parse_thresholds(thresholds, 0.5), name=name, dtype=dtype)

    def result(self) -> Tensor:
        """The count so far."""
        return self.one_or_all(self._counts[self.counted[0]])


@registry.register
class TruePositives(_SingleCount):
    """Counts yeses that are right.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        name: Name shown in logs.
        dtype: Element type of the count.
    """

    counted = ("true_positives",)


@registry.register
class FalsePositives(_SingleCount):
    """Counts yeses that are wrong: false alarms.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        name: Name shown in logs.
        dtype: Element type of the count.
    """

    counted = ("false_positives",)


@registry.register
class TrueNegatives(_SingleCount):
    """Counts noes that are right.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        name: Name shown in logs.
        dtype: Element type of the count.
    """

    counted = ("true_negatives",)


@registry.register
class FalseNegatives(_SingleCount):
    """Counts noes that are wrong: what was missed.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        name: Name shown in logs.
        dtype: Element type of the count.
    """

    counted = ("false_negatives",)
