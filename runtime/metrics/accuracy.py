"""Accuracy in its forms: which share of the answers is right.

Source: https://keras.io/api/metrics/accuracy_metrics/
"""

from typing import Annotated, Any

import torch
from torch import Tensor

from runtime.formats import torch_floatx
from runtime.losses.crossentropy import no_such_class
from runtime.losses.reduction import TensorLike, same_rank
from runtime.metrics.base import registry, tensors, too_few_classes
from runtime.metrics.mean import MeanMetricWrapper, metric_function
from runtime.types import Range, Shape

Rank = Annotated[int, Range(min=1)]


@metric_function
def accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """1 for each answer that is exactly the true one, 0 for the others."""
    true, predicted = same_rank(*tensors(y_true, y_pred))
    return _as_numbers(true == predicted)


@metric_function
def binary_accuracy(y_true: TensorLike, y_pred: TensorLike, threshold: float = 0.5) -> Tensor:
    """1 for each yes-or-no answer that is right, 0 for the others.

    Args:
        y_true: Labels 0 and 1.
        y_pred: Probability of a yes.
        threshold: Probability above which the answer is yes.
    """
    true, predicted = same_rank(*tensors(y_true, y_pred))
    return _as_numbers(true == (predicted > threshold).to(true.dtype))


@metric_function
def categorical_accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """1 for each sample whose likeliest class is that of the one-hot label, 0 for the others."""
    true, predicted = tensors(y_true, y_pred)
    return _as_numbers(true.argmax(-1) == predicted.argmax(-1))


@metric_function
def sparse_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """1 for each sample whose likeliest class is the label's, 0 for the others; labels are class ids."""
    true, predicted = tensors(y_true, y_pred)
    if true.ndim == predicted.ndim and true.shape[-1] == 1:
        true = true.squeeze(-1)
    matches = _as_numbers(true == predicted.argmax(-1))
    return matches.squeeze(-1) if matches.ndim > 1 and matches.shape[-1] == 1 else matches


@metric_function
def top_k_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike, k: int = 5) -> Tensor:
    """1 for each sample whose one-hot label is among the `k` likeliest classes, 0 for the others."""
    true, predicted = tensors(y_true, y_pred)
    return _in_top_k(true.argmax(-1), predicted, k)


@metric_function
def sparse_top_k_categorical_accuracy(
    y_true: TensorLike, y_pred: TensorLike, k: int = 5, from_sorted_ids: bool = False
) -> Tensor:
    """1 for each sample whose class id is among the `k` likeliest classes, 0 for the others.

    Args:
        y_true: Class ids.
        y_pred: Score of each class; or class ids, the likeliest first.
        k: How many guesses there are.
        from_sorted_ids: True if the predictions are class ids.
    """
    true, predicted = tensors(y_true, y_pred)
    if not from_sorted_ids:
        return _in_top_k(true.to(torch.int64), predicted, k)
    guesses = predicted.reshape(-1, predicted.shape[-1])[:, :k]
    return _as_numbers((true.reshape(-1, 1) == guesses).any(-1)).reshape(true.shape)


def _in_top_k(ids: Tensor, scores: Tensor, k: int) -> Tensor:
    if not 1 <= k <= scores.shape[-1]:
        raise too_few_classes("k", k, scores)
    shape, flat = ids.shape, scores.reshape(-1, scores.shape[-1])
    least = flat.topk(k, dim=-1).values[:, -1:]
    try:
        own = flat.gather(-1, ids.reshape(-1, 1))
    except RuntimeError as error:
        raise no_such_class("The accuracy among the likeliest classes", ids, scores) from error
    return _as_numbers(own >= least).reshape(shape)


def _as_numbers(matches: Tensor) -> Tensor:
    return matches.to(torch_floatx())


@registry.register
class Accuracy(MeanMetricWrapper):
    """Share of answers that are exactly the true ones.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "up"

    def __init__(self, name: str = "accuracy", dtype: str | None = None) -> None:
        super().__init__(accuracy, name, dtype)


@registry.register
class BinaryAccuracy(MeanMetricWrapper):
    """Share of yes-or-no answers that are right.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        threshold: Probability above which the answer is yes.
    """

    _direction = "up"

    def __init__(
        self,
        name: str = "binary_accuracy",
        dtype: str | None = None,
        threshold: Annotated[float, Range(min=0, max=1)] = 0.5,
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


@registry.register
class CategoricalAccuracy(MeanMetricWrapper):
    """Share of samples put into the right class; labels are one-hot.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@registry.register
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples put into the right class; labels are class ids.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@registry.register
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose class is among the likeliest few; labels are one-hot.

    Args:
        k: How many guesses there are.
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "up"

    def __init__(
        self, k: Rank = 5, name: str = "top_k_categorical_accuracy", dtype: str | None = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


@registry.register
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose class is among the likeliest few; labels are class ids.

    Args:
        k: How many guesses there are.
        name: Name shown in logs.
        dtype: Element type of the mean.
        from_sorted_ids: True if the predictions are class ids, the likeliest first.
    """

    _direction = "up"

    def __init__(
        self,
        k: Rank = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: str | None = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k = k
        self.from_sorted_ids = from_sorted_ids


def resolve_accuracy(y_true_shape: Shape | Any, y_pred_shape: Shape | Any) -> type[MeanMetricWrapper]:
    """The kind of accuracy that "accuracy" stands for, by Keras's rule.

    Args:
        y_true_shape: Shape of the labels, batch first.
        y_pred_shape: Shape of the predictions, batch first; unknown sizes are None.

    Returns:
        `BinaryAccuracy` for a single output, `SparseCategoricalAccuracy` for labels that are class ids,
        `CategoricalAccuracy` for one-hot labels.
    """
    if len(y_pred_shape) < 2 or y_pred_shape[-1] == 1:
        return BinaryAccuracy
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return SparseCategoricalAccuracy
    return CategoricalAccuracy
