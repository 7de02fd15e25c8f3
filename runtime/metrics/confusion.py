"""Counts of right and wrong yeses and noes at several thresholds: what precision, recall and AUC stand on."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from runtime.errors import DataError, ParameterError
from runtime.losses.reduction import TensorLike, same_rank, weights_differ
from runtime.metrics.base import tensors, too_few_classes

EPSILON = 1e-7
LOWEST = -1e10
"""A score that no threshold lets pass."""


class Counts(NamedTuple):
    """How many answers are right and wrong, for each threshold (and label)."""

    true_positives: Tensor
    false_positives: Tensor
    true_negatives: Tensor
    false_negatives: Tensor


class Thresholds:
    """Probabilities above which an answer is yes.

    Args:
        values: The thresholds.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.values = list(values)
        self.evenly_spaced = _evenly_spaced(self.values)
        # Small overhangs at both ends let every prediction be above the first and below the last one.
        self._overhanging = self.values[0] < 0 or self.values[-1] > 1
        ranked = sorted(range(len(self.values)), key=self.values.__getitem__)
        self._places = [ranked.index(index) for index in range(len(self.values))]
        self._ranked = [self.values[index] for index in ranked]

    def __len__(self) -> int:
        return len(self.values)

    def passed(self, y_pred: Tensor) -> Tensor:
        """How many of the thresholds each prediction is above, counted from the lowest."""
        if not self.evenly_spaced:
            ranked = torch.tensor(self._ranked, dtype=y_pred.dtype, device=y_pred.device)
            return torch.searchsorted(ranked, y_pred.contiguous())
        passed = torch.ceil(y_pred.clamp(0, 1) * (len(self) - 1)).to(torch.int64)
        return passed.clamp(min=1) if self._overhanging else passed

    def in_given_order(self, ranked: Tensor) -> Tensor:
        """Puts what was counted for the sorted thresholds into the order they were given in."""
        if self._places == sorted(self._places):
            return ranked
        return ranked[torch.tensor(self._places, device=ranked.device)]


def parse_thresholds(thresholds: float | Sequence[float] | None, default: float) -> Thresholds:
    """Thresholds as an argument of a metric gives them.

    Raises:
        ParameterError: One is no probability.
    """
    if thresholds is None:
        return Thresholds([default])
    values = list(thresholds) if isinstance(thresholds, Sequence) else [thresholds]
    if not values or not all(0 <= value <= 1 for value in values):
        raise ParameterError(
            f"A metric got thresholds={thresholds!r}.",
            parameter="thresholds",
            received=thresholds,
            hint="Thresholds are probabilities, from 0 to 1.",
        )
    return Thresholds(values)


def even_thresholds(count: int) -> list[float]:
    """This many thresholds from 0 to 1, at equal distances."""
    return [0.0, *((index + 1) / (count - 1) for index in range(count - 2)), 1.0]


def count_answers(
    y_true: TensorLike,
    y_pred: TensorLike,
    thresholds: Thresholds,
    *,
    sample_weight: TensorLike | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
    label_weights: Tensor | None = None,
    by_label: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Counts:
    """Counts right and wrong answers at each threshold.

    Args:
        y_true: Labels 0 and 1.
        y_pred: Probability of a yes.
        thresholds: Above which the answer is yes.
        sample_weight: How much each sample counts.
        top_k: Only the likeliest so many classes of each sample count as answered yes.
        class_id: The only class that is looked at.
        label_weights: How much each label counts.
        by_label: True to count each label (last axis) by itself.
        dtype: Element type of the counts.

    Raises:
        DataError: The shapes do not fit.
    """
    predicted, true = same_rank(*reversed(tensors(y_true, y_pred, dtype)))
    if predicted.shape != true.shape:
        raise DataError(
            f"A metric that counts answers got labels of the shape {tuple(true.shape)} and predictions of "
            f"{tuple(predicted.shape)}.",
            hint="It wants labels 0 and 1 of the predictions' shape: make class ids one-hot.",
        )
    weight = _weights(true, predicted, sample_weight, label_weights)
    if top_k is not None:
        if top_k > predicted.shape[-1]:
            raise too_few_classes("top_k", top_k, predicted)
        best = torch.zeros_like(predicted).scatter(-1, predicted.topk(top_k, -1).indices, 1)
        predicted = torch.where(best > 0, predicted, LOWEST)
    if class_id is not None:
        true, predicted = (_one_class(one, class_id) for one in (true, predicted))
        weight = None if weight is None else _one_class(weight, class_id)
    yes = (true != 0).to(dtype)
    no = 1 - yes
    if weight is not None:
        yes, no = yes * weight, no * weight
    labels = predicted.shape[-1] if by_label else 1
    passed = thresholds.passed(predicted).reshape(-1, labels)
    true_positives = _above(passed, yes.reshape(-1, labels), thresholds)
    false_positives = _above(passed, no.reshape(-1, labels), thresholds)
    all_yes, all_no = (one.reshape(-1, labels).sum(0) for one in (yes, no))
    counts = (true_positives, false_positives, all_no - false_positives, all_yes - true_positives)
    return Counts(*(count if by_label else count.squeeze(-1) for count in counts))


def _weights(
    true: Tensor, predicted: Tensor, sample_weight: TensorLike | None, label_weights: Tensor | None
) -> Tensor | None:
    weight = None
    if sample_weight is not None:
        weight = torch.as_tensor(sample_weight, dtype=true.dtype, device=true.device)
        _, weight = same_rank(true, weight, expand=False)
        weight = weight.reshape((*weight.shape, *(1,) * (true.ndim - weight.ndim)))
        try:
            weight = weight.broadcast_to(predicted.shape)
        except RuntimeError:
            raise weights_differ(weight.shape, predicted.shape) from None
    if label_weights is None:
        return weight
    spread = label_weights.to(predicted).broadcast_to(predicted.shape)
    return spread if weight is None else weight * spread


def _one_class(values: Tensor, class_id: int) -> Tensor:
    if values.ndim < 2:
        raise DataError(
            f"class_id picks one of several classes, but predictions have the shape {tuple(values.shape)}.",
            hint="Leave class_id out for a single output.",
        )
    return values[..., class_id, None]


def _above(passed: Tensor, amounts: Tensor, thresholds: Thresholds) -> Tensor:
    """Sums of what lies above each threshold: shape (thresholds, labels)."""
    bins = amounts.new_zeros(len(thresholds) + 1, amounts.shape[-1]).scatter_add_(0, passed, amounts)
    return thresholds.in_given_order(bins[1:].flip(0).cumsum(0).flip(0))


def _evenly_spaced(values: list[float]) -> bool:
    count = len(values)
    if count < 3:
        return False
    even = [index / (count - 1) for index in range(count)]
    return all(
        abs(value - ideal) <= EPSILON + 1e-5 * ideal for value, ideal in zip(values, even, strict=True)
    )
