"""The losses for probabilities and margins, as metrics.

Source: https://keras.io/api/metrics/probabilistic_metrics/
"""

from typing import Annotated

import torch

from runtime.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from runtime.losses.reduction import TensorLike, mask_weight
from runtime.metrics.base import registry
from runtime.metrics.mean import MeanMetricWrapper
from runtime.types import Range

Share = Annotated[float, Range(min=0, max=1)]

# These losses have no metric class in Keras; by name they are metrics all the same.
registry.register(binary_focal_crossentropy)
registry.register(categorical_focal_crossentropy)


@registry.register(former=("kld", "KLD"))
class KLDivergence(MeanMetricWrapper):
    """How much a predicted distribution differs from the true one (Kullback and Leibler).

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "kl_divergence",
        dtype: str | None = None,
    ) -> None:
        super().__init__(kl_divergence, name, dtype)


@registry.register
class Poisson(MeanMetricWrapper):
    """Mean surprise at counts when the predictions are the expected counts.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "poisson",
        dtype: str | None = None,
    ) -> None:
        super().__init__(poisson, name, dtype)


@registry.register(
    aliases=(
        "bce",
        "BCE",
    )
)
class BinaryCrossentropy(MeanMetricWrapper):
    """Mean surprise at yes-or-no labels.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        from_logits: True if predictions have not been through the last activation.
        label_smoothing: How far labels are moved towards all being alike.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
    ) -> None:
        super().__init__(
            binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


@registry.register
class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean surprise at one-hot labels.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        from_logits: True if predictions have not been through the last activation.
        label_smoothing: How far labels are moved towards all being alike.
        axis: Axis of the classes.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: Share = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


@registry.register
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean surprise at labels that are class ids.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
        from_logits: True if predictions have not been through the last activation.
        ignore_class: A label that does not count, such as 255 for "unlabelled".
        axis: Axis of the classes.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Takes in one batch.

        Args:
            y_true: Class ids.
            y_pred: Probability of each class.
            sample_weight: How much each sample (or each of its steps) counts. Only with weights are ignored
                labels left out of the number of samples, as in Keras.
        """
        if self.ignore_class is not None and sample_weight is not None:
            weight = torch.as_tensor(sample_weight, dtype=self._torch_dtype)
            labels = torch.as_tensor(y_true, device=weight.device)
            counts = labels != self.ignore_class
            if counts.ndim > 1 and counts.shape[-1] == 1:
                counts = counts.squeeze(-1)
            sample_weight = mask_weight(weight, counts, self._torch_dtype, rescaled=False)
        super().update_state(y_true, y_pred, sample_weight)


@registry.register
class Hinge(MeanMetricWrapper):
    """How far scores fall short of a margin of 1 on the right side; labels are -1 and 1 (or 0 and 1).

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(hinge, name, dtype)


@registry.register
class SquaredHinge(MeanMetricWrapper):
    """Like Hinge, with squares: large mistakes count most.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "squared_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(squared_hinge, name, dtype)


@registry.register
class CategoricalHinge(MeanMetricWrapper):
    """How far the right class's score falls short of a margin of 1 above all others.

    Args:
        name: Name shown in logs.
        dtype: Element type of the mean.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "categorical_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(categorical_hinge, name, dtype)
