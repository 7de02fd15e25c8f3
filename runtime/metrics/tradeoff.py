"""The best of one share while another one reaches a level: recall at a precision, and its kin.

Source: https://keras.io/api/metrics/classification_metrics/
"""

from typing import Annotated

from torch import Tensor

from runtime.errors import ParameterError
from runtime.metrics.base import registry
from runtime.metrics.confusion import Counts, Thresholds, even_thresholds
from runtime.metrics.counts import AnswerCounts
from runtime.types import Range

Count = Annotated[int, Range(min=1)]
Class = Annotated[int, Range(min=0)]
Share = Annotated[float, Range(min=0, max=1)]


class _BestAt(AnswerCounts):
    """Base of the metrics that give the best of one share while another one reaches a level."""

    _direction = "up"
    counted = Counts._fields

    def __init__(
        self, level: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: str | None
    ) -> None:
        for parameter, received, wrong, hint in (
            ("num_thresholds", num_thresholds, num_thresholds <= 0, "It is a whole number, at least 1."),
            ("level", level, not 0 <= level <= 1, "It is a share, from 0 to 1."),
        ):
            if wrong:
                raise ParameterError(
                    f"{type(self).__name__} got {parameter}={received!r}.",
                    parameter=parameter,
                    received=received,
                    hint=hint,
                )
        values = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        super().__init__(Thresholds(values), class_id=class_id, name=name, dtype=dtype)
        self.level = level

    def best(self, wanted: Tensor, reached: Tensor) -> Tensor:
        """The largest wanted share among the thresholds where the other one reaches the level."""
        return (wanted * (reached >= self.level)).max().clamp(min=0)


@registry.register
class SensitivityAtSpecificity(_BestAt):
    """Best share of yeses found while this share of noes is right.

    Args:
        specificity: Share of noes that has to be right.
        num_thresholds: How many thresholds are tried.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    def __init__(
        self,
        specificity: Share,
        num_thresholds: Count = 200,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """The best sensitivity so far."""
        found = self.share("true_positives", "false_negatives")
        return self.best(found, self.share("true_negatives", "false_positives"))


@registry.register
class SpecificityAtSensitivity(_BestAt):
    """Best share of noes that are right while this share of yeses is found.

    Args:
        sensitivity: Share of yeses that has to be found.
        num_thresholds: How many thresholds are tried.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    def __init__(
        self,
        sensitivity: Share,
        num_thresholds: Count = 200,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """The best specificity so far."""
        found = self.share("true_positives", "false_negatives")
        return self.best(self.share("true_negatives", "false_positives"), found)


@registry.register
class PrecisionAtRecall(_BestAt):
    """Best precision while this recall is reached.

    Args:
        recall: Share of yeses that has to be found.
        num_thresholds: How many thresholds are tried.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    def __init__(
        self,
        recall: Share,
        num_thresholds: Count = 200,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """The best precision so far."""
        found = self.share("true_positives", "false_negatives")
        return self.best(self.share("true_positives", "false_positives"), found)


@registry.register
class RecallAtPrecision(_BestAt):
    """Best recall while this precision is reached.

    Args:
        precision: Share of the yeses that has to be right.
        num_thresholds: How many thresholds are tried.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    def __init__(
        self,
        precision: Share,
        num_thresholds: Count = 200,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """The best recall so far."""
        found = self.share("true_positives", "false_negatives")
        return self.best(found, self.share("true_positives", "false_positives"))
