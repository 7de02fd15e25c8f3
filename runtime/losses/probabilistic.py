"""Losses for probabilities: the usual choices for telling classes apart.

Source: https://keras.io/api/losses/probabilistic_losses/
"""

from collections.abc import Sequence
from typing import Annotated

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    no_such_class,
    smooth_binary,
    smooth_one_hot,
    sparse_categorical_crossentropy,
)
from runtime.losses.reduction import Reduction
from runtime.types import Range

Share = Annotated[float, Range(min=0, max=1)]
Focus = Annotated[float, Range(min=0)]


@registry.register
class BinaryCrossentropy(LossFunctionWrapper):
    """Compares yes-or-no predictions with labels 0 and 1. Goes with one sigmoid unit for each question.

    Args:
        from_logits: True if the model's last layer has no sigmoid.
        label_smoothing: How far labels are moved towards one half: guards against being too sure.
        axis: Axis of the questions.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    @property
    def fuses_with(self) -> str | None:
        """The sigmoid."""
        return None if self.from_logits else "sigmoid"

    def batch_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The mean over a batch in one quick step, on logits."""
        if not self.from_logits or y_true.shape != y_pred.shape:
            return None
        y_true = smooth_binary(y_true.to(y_pred.dtype), self.label_smoothing)
        return F.binary_cross_entropy_with_logits(y_pred, y_true)


@registry.register
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary crossentropy for rare yeses: samples that are right already count little.

    Args:
        apply_class_balancing: True to weigh yes with `alpha` and no with `1 - alpha`.
        alpha: Weight of a yes.
        gamma: How little the easy samples count; 0 is plain crossentropy.
        from_logits: True if the model's last layer has no sigmoid.
        label_smoothing: How far labels are moved towards one half.
        axis: Axis of the questions.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: Share = 0.25,
        gamma: Focus = 2.0,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@registry.register
class CategoricalCrossentropy(LossFunctionWrapper):
    """Compares predicted classes with one-hot labels. Goes with a softmax layer.

    Args:
        from_logits: True if the model's last layer has no softmax.
        label_smoothing: Share of each label that is spread evenly over all classes.
        axis: Axis of the classes.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    @property
    def fuses_with(self) -> str | None:
        """The softmax."""
        return None if self.from_logits or self.axis != -1 else "softmax"

    def batch_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The mean over a batch in one quick step, on logits."""
        if (
            not self.from_logits
            or y_pred.ndim != 2
            or y_true.shape != y_pred.shape
            or self.axis not in (-1, 1)
        ):
            return None
        return F.cross_entropy(y_pred, smooth_one_hot(y_true.to(y_pred.dtype), self.label_smoothing))


@registry.register
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Categorical crossentropy for rare classes: samples that are right already count little.

    Args:
        alpha: Factor of the result; a list has one for each class.
        gamma: How little the easy samples count.
        from_logits: True if the model's last layer has no softmax.
        label_smoothing: Share of each label that is spread evenly over all classes.
        axis: Axis of the classes.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        alpha: Share | Sequence[float] = 0.25,
        gamma: Focus = 2.0,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
        axis: int = -1,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@registry.register
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Compares predicted classes with labels that are class ids: 0, 1, 2, … Goes with a softmax layer.

    Args:
        from_logits: True if the model's last layer has no softmax.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        reduction: How the values of the samples become one number.
        axis: Axis of the classes.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: Reduction = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    @property
    def fuses_with(self) -> str | None:
        """The softmax."""
        return None if self.from_logits or self.axis != -1 else "softmax"

    def batch_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The mean over a batch in one quick step, on logits."""
        if (
            not self.from_logits
            or self.ignore_class is not None
            or y_pred.ndim != 2
            or self.axis not in (-1, 1)
        ):
            return None
        if y_true.ndim == 2 and y_true.shape[1] == 1:
            y_true = y_true.squeeze(1)
        if y_true.ndim != 1 or len(y_true) != len(y_pred):
            return None
        ids = y_true.to(torch.int64)
        try:
            return F.cross_entropy(y_pred, ids)
        except IndexError as error:
            raise no_such_class(self.name, ids, y_pred) from error

    def value_mask(self, y_true: Tensor, values: Tensor) -> Tensor | None:
        """True for the labels that count; None if all do."""
        return None if self.ignore_class is None else (y_true != self.ignore_class).reshape(values.shape)
