"""AUC: how well yeses and noes are told apart, whatever the threshold.

Source: https://keras.io/api/metrics/classification_metrics/
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

import torch
from torch import Tensor

from runtime.errors import DataError, ParameterError
from runtime.losses.reduction import TensorLike
from runtime.metrics.base import Metric, divide_no_nan, registry
from runtime.metrics.confusion import EPSILON, Counts, Thresholds, count_answers, even_thresholds
from runtime.types import Range

CURVES = ("ROC", "PR", "PRGAIN")
METHODS = ("interpolation", "majoring", "minoring")


@registry.register
class AUC(Metric):
    """Area under a curve: 1 if every yes scores above every no, 0.5 for guessing (ROC).

    Args:
        num_thresholds: At how many thresholds the curve is measured.
        curve: "ROC": yeses found against false alarms. "PR": precision against recall. "PRGAIN": how much
            better these two are than answering always yes.
        summation_method: How the area between two points is taken: "interpolation" in between, "majoring" as
            the larger, "minoring" as the smaller one.
        name: Name shown in logs.
        dtype: Element type of the counts.
        thresholds: The thresholds themselves, in place of `num_thresholds`.
        multi_label: True to take the area for each label (last axis) and then the mean.
        num_labels: How many labels there are; None to see with the first batch.
        label_weights: How much each label counts.
        from_logits: True if predictions have not been through a sigmoid.
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: Annotated[int, Range(min=2)] = 200,
        curve: Literal["ROC", "PR", "PRGAIN"] = "ROC",
        summation_method: Literal["interpolation", "majoring", "minoring"] = "interpolation",
        name: str | None = None,
        dtype: str | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: Annotated[int, Range(min=1)] | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        self.curve = _choice("curve", str(curve).upper(), CURVES)
        self.summation_method = _choice("summation_method", str(summation_method).lower(), METHODS)
        if thresholds is None and num_thresholds <= 1:
            raise _refused("num_thresholds", num_thresholds, "It is a whole number, at least 2.")
        if num_labels and not multi_label:
            raise _refused("num_labels", num_labels, "It goes with multi_label=True only.")
        inner = even_thresholds(num_thresholds) if thresholds is None else [0.0, *sorted(thresholds), 1.0]
        self._thresholds = Thresholds([-EPSILON, *inner[1:-1], 1 + EPSILON])
        self.multi_label = multi_label
        self.from_logits = from_logits
        try:
            self.label_weights = (
                None if label_weights is None else torch.as_tensor(label_weights, dtype=self._torch_dtype)
            )
        except (TypeError, ValueError):
            raise _refused("label_weights", label_weights, "It is a list of numbers, one a label.") from None
        self._counts: Counts | None = None
        if not multi_label or num_labels:
            self._make_counts(num_labels)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds, with one below 0 and one above 1 at the ends."""
        return self._thresholds.values

    @property
    def num_thresholds(self) -> int:
        """How many thresholds there are."""
        return len(self._thresholds)

    def _make_counts(self, labels: int | None) -> Counts:
        shape = (len(self._thresholds), labels) if labels else (len(self._thresholds),)
        self._counts = Counts(*(self.add_variable(shape) for _ in Counts._fields))
        return self._counts

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: Labels 0 and 1.
            y_pred: Probability of a yes, of the same shape.
            sample_weight: How much each sample counts.

        Raises:
            DataError: `multi_label` is set and the predictions have not two axes.
        """
        predicted = torch.as_tensor(y_pred, dtype=self._torch_dtype).detach()
        if self.multi_label and predicted.ndim != 2:
            raise DataError(
                f"AUC with multi_label=True got predictions of the shape {tuple(predicted.shape)}.",
                hint="They are (batch, labels).",
            )
        batch = count_answers(
            y_true,
            torch.sigmoid(predicted) if self.from_logits else predicted,
            self._thresholds,
            sample_weight=sample_weight,
            label_weights=None if self.multi_label else self.label_weights,
            by_label=self.multi_label,
            dtype=self._torch_dtype,
        )
        for state, count in zip(self._counts or self._make_counts(predicted.shape[-1]), batch, strict=True):
            self.accumulate(state, count)

    def result(self) -> Tensor:
        """The area so far; 0 if there was nothing."""
        if self._counts is None:
            return torch.zeros((), dtype=self._torch_dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            parts = _interpolated_precision(self._counts)
        else:
            x, y = self._curve(self._counts)
            parts = (x[:-1] - x[1:]) * self._height(y[:-1], y[1:])
        areas = parts.sum(0)
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return areas.mean()
        weights = self.label_weights.to(areas.device)
        return divide_no_nan((areas * weights).sum(), weights.sum())

    def _height(self, left: Tensor, right: Tensor) -> Tensor:
        if self.summation_method == "interpolation":
            return (left + right) / 2
        return (
            torch.minimum(left, right) if self.summation_method == "minoring" else torch.maximum(left, right)
        )

    def _curve(self, counts: Counts) -> tuple[Tensor, Tensor]:
        """Points of the curve, one for each threshold."""
        tp, fp, tn, fn = counts
        if self.curve == "ROC":
            return divide_no_nan(fp, fp + tn), divide_no_nan(tp, tp + fn)
        if self.curve == "PR":
            return divide_no_nan(tp, tp + fn), divide_no_nan(tp, tp + fp)
        odds = divide_no_nan(tp + fn, tn + fp)
        recall_gain = torch.where(tp == 0, 0, 1 - odds * divide_no_nan(fn, tp)).clamp(min=0)
        return recall_gain, torch.where(tp == 0, 1, 1 - odds * divide_no_nan(fp, tp))

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values, with the number of thresholds that are used."""
        return {**super().get_config(), "num_thresholds": self.num_thresholds}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a metric from what `get_config` returned; reads the arrays that Keras writes too."""
        if isinstance(weights := config.get("label_weights"), dict):
            config = {**config, "label_weights": weights["config"]["value"]}
        return cls(**config)


def _interpolated_precision(counts: Counts) -> Tensor:
    """Areas between points of the precision-recall curve, which is no straight line between them.

    Source: Davis & Goadrich 2006, https://www.biostat.wisc.edu/~page/rocpr.pdf
    """
    tp, fp, _, fn = counts
    answered = tp + fp
    gained, asked = tp[:-1] - tp[1:], answered[:-1] - answered[1:]
    slope = divide_no_nan(gained, asked.clamp(min=0))
    intercept = tp[1:] - slope * answered[1:]
    both = (answered[:-1] > 0) & (answered[1:] > 0)
    ratio = torch.where(both, divide_no_nan(answered[:-1], answered[1:].clamp(min=0)), 1)
    return divide_no_nan(slope * (gained + intercept * ratio.log()), (tp[1:] + fn[1:]).clamp(min=0))


def _choice(parameter: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise _refused(parameter, value, f"Use one of {', '.join(choices)}.")
    return value


def _refused(parameter: str, received: Any, hint: str) -> ParameterError:
    return ParameterError(
        f"AUC got {parameter}={received!r}.", parameter=parameter, received=received, hint=hint
    )
