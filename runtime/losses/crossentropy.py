"""Crossentropy functions: how surprised predicted probabilities are by the true classes.

Source: https://keras.io/api/losses/probabilistic_losses/
"""

import warnings
from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DataError
from runtime.losses.base import registry
from runtime.losses.reduction import EPSILON, TensorLike, pair, shapes_differ


@registry.register(aliases=("bce", "BCE"))
def binary_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Mean surprise at yes-or-no labels (0 or 1).

    Args:
        y_true: Labels, of the predictions' shape.
        y_pred: Probability of a yes.
        from_logits: True if predictions have not been through a sigmoid.
        label_smoothing: How far labels are moved towards one half, 0 to 1.
        axis: Axis of which the mean is taken.
    """
    y_true, y_pred = pair(y_true, y_pred)
    y_true = smooth_binary(y_true, label_smoothing)
    return _binary_values(y_true, y_pred, from_logits).mean(axis)


@registry.register
def binary_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Binary crossentropy in which samples that are right already count little.

    Args:
        y_true: Labels, of the predictions' shape.
        y_pred: Probability of a yes.
        apply_class_balancing: True to weigh yes with `alpha` and no with `1 - alpha`.
        alpha: Weight of a yes.
        gamma: How little the easy samples count; 0 is plain crossentropy.
        from_logits: True if predictions have not been through a sigmoid.
        label_smoothing: How far labels are moved towards one half, 0 to 1.
        axis: Axis of which the mean is taken.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002
    """
    y_true, y_pred = pair(y_true, y_pred)
    y_true = smooth_binary(y_true, label_smoothing)
    probability = torch.sigmoid(y_pred) if from_logits else y_pred
    right = y_true * probability + (1 - y_true) * (1 - probability)
    values = (1 - right) ** gamma * _binary_values(y_true, probability, from_logits=False)
    if apply_class_balancing:
        values = (y_true * alpha + (1 - y_true) * (1 - alpha)) * values
    return values.mean(axis)


@registry.register
def categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Surprise at one-hot labels.

    Args:
        y_true: One-hot labels (or probabilities), of the predictions' shape.
        y_pred: Probability of each class.
        from_logits: True if predictions have not been through a softmax.
        label_smoothing: Share of each label that is spread evenly over all classes, 0 to 1.
        axis: Axis of the classes.

    Raises:
        DataError: The labels are class ids, or of another shape than the predictions.
    """
    y_true, y_pred = pair(y_true, y_pred)
    check_one_hot("categorical_crossentropy", y_true, y_pred, axis)
    y_true = smooth_one_hot(y_true, label_smoothing)
    log_probability = F.log_softmax(y_pred, axis) if from_logits else _log_probability(y_pred, axis)
    return -(y_true * log_probability).sum(axis)


@registry.register
def categorical_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Categorical crossentropy in which samples that are right already count little.

    Args:
        y_true: One-hot labels, of the predictions' shape.
        y_pred: Probability of each class.
        alpha: Factor of the result; a list has one for each class, on the last axis.
        gamma: How little the easy samples count.
        from_logits: True if predictions have not been through a softmax.
        label_smoothing: Share of each label that is spread evenly over all classes, 0 to 1.
        axis: Axis of the classes.

    Raises:
        DataError: The labels are class ids, or of another shape than the predictions.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002
    """
    y_true, y_pred = pair(y_true, y_pred)
    check_one_hot("categorical_focal_crossentropy", y_true, y_pred, axis)
    y_true = smooth_one_hot(y_true, label_smoothing)
    probability = _probability(torch.softmax(y_pred, axis) if from_logits else y_pred, axis)
    factor = torch.as_tensor(alpha).to(probability) if isinstance(alpha, Sequence) else alpha
    return (factor * (1 - probability) ** gamma * -y_true * probability.log()).sum(axis)


@registry.register
def sparse_categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Tensor:
    """Surprise at labels that are class ids: 0, 1, 2 and so on.

    Args:
        y_true: Class ids, of the predictions' shape without the axis of classes.
        y_pred: Probability of each class.
        from_logits: True if predictions have not been through a softmax.
        ignore_class: A label that does not count, such as 255 for "unlabelled"; its values become 0.
        axis: Axis of the classes.

    Raises:
        DataError: The labels are one-hot, of a shape that does not fit, or there is no such class.
    """
    y_pred = torch.as_tensor(y_pred)
    ids = class_ids("sparse_categorical_crossentropy", y_true, y_pred, axis)
    ignored = None if ignore_class is None else ids == ignore_class
    if ignored is not None:
        ids = ids.masked_fill(ignored, 0)
    classes_second = y_pred.movedim(axis, min(1, y_pred.ndim - 1))
    try:
        if from_logits:
            values = F.cross_entropy(classes_second, ids, reduction="none")
        else:
            class_axis = min(1, y_pred.ndim - 1)
            # Backward, torch's function takes pictures only in their own memory order.
            log_probability = _log_probability(classes_second, class_axis).contiguous()
            values = F.nll_loss(log_probability, ids, reduction="none")
    except IndexError as error:
        raise no_such_class("sparse_categorical_crossentropy", ids, y_pred, axis) from error
    return values if ignored is None else values.masked_fill(ignored, 0)


def smooth_binary(y_true: Tensor, label_smoothing: float) -> Tensor:
    """Labels 0 and 1, moved towards one half."""
    return y_true * (1 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y_true


def smooth_one_hot(y_true: Tensor, label_smoothing: float) -> Tensor:
    """One-hot labels, of which a share is spread evenly over all classes."""
    return y_true * (1 - label_smoothing) + label_smoothing / y_true.shape[-1] if label_smoothing else y_true


def class_ids(name: str, y_true: TensorLike, y_pred: Tensor, axis: int = -1) -> Tensor:
    """Labels as whole numbers, of the predictions' shape without the axis of classes.

    Raises:
        DataError: The labels are one-hot or have a shape that does not fit.
    """
    ids = torch.as_tensor(y_true, dtype=torch.int64, device=y_pred.device)
    if ids.ndim == y_pred.ndim and ids.shape[axis] == 1:
        ids = ids.squeeze(axis)
    class_axis = axis % y_pred.ndim
    expected = y_pred.shape[:class_axis] + y_pred.shape[class_axis + 1 :]
    if ids.shape == expected:
        return ids
    received = f"the labels have the shape {tuple(ids.shape)} and the predictions {tuple(y_pred.shape)}"
    if ids.shape == y_pred.shape:
        raise DataError(
            f"{name} expects one class id for each sample, shape {tuple(expected)}, but {received}: "
            "the labels look one-hot.",
            hint="Use the loss 'categorical_crossentropy', or make ids of the labels: labels.argmax(-1).",
        )
    raise DataError(
        f"{name} expects class ids of the shape {tuple(expected)}, but {received}.",
        hint="Give the model an output for each label (a Flatten may be missing), or reshape the labels.",
    )


def check_one_hot(name: str, y_true: Tensor, y_pred: Tensor, axis: int = -1) -> None:
    """Raises what is to be said when one-hot labels are something else."""
    if y_true.shape != y_pred.shape:
        class_axis = axis % y_pred.ndim
        ids_shape = y_pred.shape[:class_axis] + y_pred.shape[class_axis + 1 :]
        if y_true.shape in (ids_shape, (*ids_shape, 1)) and y_pred.shape[axis] > 1:
            raise DataError(
                f"{name} expects one-hot labels of the shape {tuple(y_pred.shape)}, but they have the shape "
                f"{tuple(y_true.shape)}: they look like class ids.",
                hint="Use the loss 'sparse_categorical_crossentropy', or make the labels one-hot.",
            )
        raise shapes_differ(name, y_true, y_pred)
    if y_pred.shape[axis] == 1:
        warnings.warn(
            f"{name} compares classes, but there is only one output: it can learn nothing. "
            "Use 'binary_crossentropy' with a sigmoid for yes or no.",
            SyntaxWarning,
            stacklevel=2,
        )


def no_such_class(name: str, ids: Tensor, y_pred: Tensor, axis: int = -1) -> DataError:
    """The error for class ids that the model has no output for."""
    classes = y_pred.shape[axis]
    mend = (
        "Use 'binary_crossentropy' for a single output."
        if classes == 1
        else f"Give the last layer {int(ids.max()) + 1} units, or number the classes from 0."
    )
    return DataError(
        f"{name} got class ids from {int(ids.min())} to {int(ids.max())}, but the model has {classes} "
        f"outputs, for the classes 0 to {classes - 1}.",
        hint=mend,
    )


def _binary_values(y_true: Tensor, y_pred: Tensor, from_logits: bool) -> Tensor:
    if y_true.shape != y_pred.shape:
        raise shapes_differ("binary_crossentropy", y_true, y_pred)
    if from_logits:
        return F.binary_cross_entropy_with_logits(y_pred, y_true, reduction="none")
    # Written out, because torch's own function raises where a prediction is not a number.
    y_pred = y_pred.clamp(EPSILON, 1 - EPSILON)
    return -(y_true * y_pred.log() + (1 - y_true) * torch.log1p(-y_pred))


def _probability(y_pred: Tensor, axis: int) -> Tensor:
    return (y_pred / y_pred.sum(axis, keepdim=True)).clamp(EPSILON, 1 - EPSILON)


def _log_probability(y_pred: Tensor, axis: int) -> Tensor:
    return _probability(y_pred, axis).log()
