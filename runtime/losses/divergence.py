"""Losses between distributions and counts, and crossentropy that bears wrong labels.

Source: https://keras.io/api/losses/probabilistic_losses/
"""

from typing import Annotated

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.crossentropy import class_ids, no_such_class
from runtime.losses.reduction import EPSILON, Reduction, TensorLike, pair
from runtime.types import Range


@registry.register(aliases=("kld", "KLD"), former=("kullback_leibler_divergence",))
def kl_divergence(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """How much a predicted distribution differs from the true one (Kullback and Leibler)."""
    y_true, y_pred = pair(y_true, y_pred)
    y_true, y_pred = y_true.clamp(EPSILON, 1), y_pred.clamp(EPSILON, 1)
    return (y_true * (y_true / y_pred).log()).sum(-1)


@registry.register
def poisson(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Mean surprise at counts (calls an hour, cars a day) when the predictions are the expected counts."""
    y_true, y_pred = pair(y_true, y_pred)
    return (y_pred - y_true * (y_pred + EPSILON).log()).mean(-1)


@registry.register
def categorical_generalized_cross_entropy(y_true: TensorLike, y_pred: TensorLike, q: float) -> Tensor:
    """Crossentropy that bears wrong labels; the labels are class ids.

    Args:
        y_true: Class ids.
        y_pred: Probability of each class.
        q: Between 0 and 1: near 0 like crossentropy, near 1 like the mean absolute error, which bears most.

    Raises:
        DataError: The labels are one-hot, or there is no such class.

    Source: Zhang & Sabuncu 2018, https://arxiv.org/abs/1805.07836
    """
    y_pred = torch.as_tensor(y_pred)
    ids = class_ids("categorical_generalized_cross_entropy", y_true, y_pred)
    try:
        right = y_pred.gather(-1, ids.unsqueeze(-1)).squeeze(-1)
    except (IndexError, RuntimeError) as error:
        raise no_such_class("categorical_generalized_cross_entropy", ids, y_pred) from error
    return (1 - right**q) / q


@registry.register
class KLDivergence(LossFunctionWrapper):
    """How much a predicted distribution differs from the true one (Kullback and Leibler).

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "kl_divergence",
        dtype: str | None = None,
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


@registry.register
class Poisson(LossFunctionWrapper):
    """For predicting counts: calls an hour, cars a day. Goes with outputs above 0, such as of `exponential`.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    compares_same_shapes = True

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "poisson",
        dtype: str | None = None,
    ) -> None:
        super().__init__(poisson, reduction, name, dtype)


@registry.register
class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """Crossentropy that bears wrong labels; the labels are class ids.

    Args:
        q: Between 0 and 1: near 0 like crossentropy, near 1 it bears most wrong labels and learns slowest.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.

    Source: Zhang & Sabuncu 2018, https://arxiv.org/abs/1805.07836
    """

    def __init__(
        self,
        q: Annotated[float, Range(min=0, max=1, exclusive_min=True, exclusive_max=True)] = 0.5,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: str | None = None,
    ) -> None:
        if not 0 < q < 1:
            raise ParameterError(
                f"CategoricalGeneralizedCrossEntropy got q={q!r}.",
                parameter="q",
                received=q,
                hint="It is a number between 0 and 1, without these two.",
            )
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
