"""IoU: how well predicted areas of a picture cover the true ones.

Source: https://keras.io/api/metrics/segmentation_metrics/
"""

from collections.abc import Sequence
from typing import Annotated

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.formats import torch_floatx
from runtime.losses.reduction import TensorLike, weights_differ
from runtime.metrics.base import Metric, registry, tensors
from runtime.metrics.confusion import EPSILON
from runtime.types import Range

Classes = Annotated[int, Range(min=1)]


@registry.register
class IoU(Metric):
    """Intersection over union of chosen classes: 1 if predicted and true areas are the same.

    Args:
        num_classes: How many classes there are.
        target_class_ids: The classes whose mean is taken.
        name: Name shown in logs.
        dtype: Element type of the counts; None for whole numbers.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        sparse_y_true: True for labels that are class ids, False for one-hot ones.
        sparse_y_pred: True for predictions that are class ids, False for a score of each class.
        axis: Axis of the classes where they are not ids.
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: Classes,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int64", name)
        if num_classes < 1:
            raise ParameterError(
                f"{type(self).__name__} got num_classes={num_classes!r}.",
                parameter="num_classes",
                received=num_classes,
                hint="It is a whole number, at least 1.",
            )
        if not target_class_ids or max(target_class_ids) >= num_classes:
            raise ParameterError(
                f"{type(self).__name__} got target_class_ids={list(target_class_ids)}.",
                parameter="target_class_ids",
                received=target_class_ids,
                hint=f"Name one class at least; their ids go from 0 to {num_classes - 1}.",
            )
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable((num_classes, num_classes))

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: The true class of each pixel.
            y_pred: The predicted class of each pixel, or a score of each class.
            sample_weight: How much each pixel counts; cut to whole numbers unless `dtype` says otherwise.
        """
        true, predicted = tensors(y_true, y_pred)
        true = (true if self.sparse_y_true else true.argmax(self.axis)).to(torch.int64)
        places, true = true.shape, true.flatten()
        predicted = (
            (predicted if self.sparse_y_pred else predicted.argmax(self.axis)).to(torch.int64).flatten()
        )
        counts = (true >= 0) & (true < self.num_classes) & (predicted >= 0) & (predicted < self.num_classes)
        if self.ignore_class is not None:
            counts &= true != self.ignore_class
        amounts = counts.to(self._torch_dtype)
        if sample_weight is not None:
            weight = torch.as_tensor(sample_weight, device=true.device).to(self._torch_dtype)
            amounts = amounts * _of_pixels(weight, places)
        cells = torch.where(counts, true * self.num_classes + predicted, 0)
        matrix = amounts.new_zeros(self.num_classes**2).scatter_add_(0, cells, amounts)
        self.accumulate(self.total_cm, matrix.reshape(self.total_cm.shape))

    def result(self) -> Tensor:
        """The mean over the chosen classes so far, leaving out those that never came."""
        matrix = self.total_cm.to(torch_floatx())
        both = matrix.diagonal()
        either = matrix.sum(0) + matrix.sum(1) - both
        chosen = torch.tensor(self.target_class_ids, device=matrix.device)
        both, either = both[chosen], either[chosen]
        present = either > 1e-9
        return torch.where(present, both / (either + EPSILON), 0).sum() / (present.sum() + EPSILON)


@registry.register
class BinaryIoU(IoU):
    """IoU of yes-or-no pictures, such as "road" or not.

    Args:
        target_class_ids: The classes whose mean is taken: 0, 1 or both.
        threshold: Probability from which a pixel is a yes.
        name: Name shown in logs.
        dtype: Element type of the counts; None for whole numbers.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: Annotated[float, Range(min=0, max=1)] = 0.5,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: Labels 0 and 1 of each pixel.
            y_pred: Probability of a yes at each pixel.
            sample_weight: How much each pixel counts.
        """
        super().update_state(y_true, torch.as_tensor(y_pred) >= self.threshold, sample_weight)


@registry.register
class MeanIoU(IoU):
    """IoU, as the mean over all classes.

    Args:
        num_classes: How many classes there are.
        name: Name shown in logs.
        dtype: Element type of the counts; None for whole numbers.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        sparse_y_true: True for labels that are class ids, False for one-hot ones.
        sparse_y_pred: True for predictions that are class ids, False for a score of each class.
        axis: Axis of the classes where they are not ids.
    """

    def __init__(
        self,
        num_classes: Classes,
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )


@registry.register
class OneHotIoU(IoU):
    """IoU of chosen classes, for one-hot labels.

    Args:
        num_classes: How many classes there are.
        target_class_ids: The classes whose mean is taken.
        name: Name shown in logs.
        dtype: Element type of the counts; None for whole numbers.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        sparse_y_pred: True for predictions that are class ids, False for a score of each class.
        axis: Axis of the classes.
    """

    def __init__(
        self,
        num_classes: Classes,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


@registry.register
class OneHotMeanIoU(MeanIoU):
    """IoU, as the mean over all classes, for one-hot labels.

    Args:
        num_classes: How many classes there are.
        name: Name shown in logs.
        dtype: Element type of the counts; None for whole numbers.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        sparse_y_pred: True for predictions that are class ids, False for a score of each class.
        axis: Axis of the classes.
    """

    def __init__(
        self,
        num_classes: Classes,
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            name,
            dtype,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


def _of_pixels(weight: Tensor, places: torch.Size) -> Tensor:
    """A weight for each pixel, of weights for pixels, rows or whole pictures."""
    if weight.numel() == places.numel():
        return weight.flatten()
    spread = weight.reshape((*weight.shape, *(1,) * (len(places) - weight.ndim)))
    try:
        return spread.broadcast_to(places).flatten()
    except RuntimeError:
        raise weights_differ(weight.shape, places) from None
