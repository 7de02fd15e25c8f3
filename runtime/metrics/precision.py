"""Precision and recall: how far a yes can be trusted, and how many are found.

Source: https://keras.io/api/metrics/classification_metrics/
"""

from typing import Annotated

from torch import Tensor

from runtime.metrics.base import registry
from runtime.metrics.confusion import LOWEST, parse_thresholds
from runtime.metrics.counts import AnswerCounts, Limits
from runtime.types import Range

Count = Annotated[int, Range(min=1)]
Class = Annotated[int, Range(min=0)]


@registry.register
class Precision(AnswerCounts):
    """Share of the yeses that are right: how far an alarm can be trusted.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        top_k: Only the likeliest so many classes of each sample count as answered yes.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    _direction = "up"
    counted = ("true_positives", "false_positives")

    def __init__(
        self,
        thresholds: Limits = None,
        top_k: Count | None = None,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        default = 0.5 if top_k is None else LOWEST
        super().__init__(parse_thresholds(thresholds, default), top_k, class_id, name, dtype)

    def result(self) -> Tensor:
        """The precision so far; 0 if there was no yes."""
        return self.one_or_all(self.share("true_positives", "false_positives"))


@registry.register
class Recall(AnswerCounts):
    """Share of what should be answered yes that is: how much is found.

    Args:
        thresholds: Probability (or several) above which an answer is yes; None for 0.5.
        top_k: Only the likeliest so many classes of each sample count as answered yes.
        class_id: The only class that is looked at; None for all.
        name: Name shown in logs.
        dtype: Element type of the counts.
    """

    _direction = "up"
    counted = ("true_positives", "false_negatives")

    def __init__(
        self,
        thresholds: Limits = None,
        top_k: Count | None = None,
        class_id: Class | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        default = 0.5 if top_k is None else LOWEST
        super().__init__(parse_thresholds(thresholds, default), top_k, class_id, name, dtype)

    def result(self) -> Tensor:
        """The recall so far; 0 if there was nothing to find."""
        return self.one_or_all(self.share("true_positives", "false_negatives"))
