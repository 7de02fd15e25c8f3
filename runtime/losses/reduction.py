"""From the values of samples to one number: ranks made equal, weights and masks put in, mean or sum."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from runtime.errors import DataError
from runtime.formats import torch_floatx

TensorLike = Tensor | np.ndarray | Sequence[Any] | float
Reduction = Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"] | None

EPSILON = 1e-7
"""Probabilities are kept this far from 0 and 1, so that no logarithm is infinite."""


def pair(y_true: TensorLike, y_pred: TensorLike) -> tuple[Tensor, Tensor]:
    """Truth and prediction as tensors of one floating element type on one device."""
    y_pred = torch.as_tensor(y_pred)
    if not y_pred.is_floating_point():
        y_pred = y_pred.to(torch_floatx())
    return torch.as_tensor(y_true, dtype=y_pred.dtype, device=y_pred.device), y_pred


def same_rank(first: Tensor, second: Tensor, *, expand: bool = True) -> tuple[Tensor, Tensor]:
    """Drops or adds a last axis of size 1 where that gives both tensors as many axes.

    Args:
        first: One tensor.
        second: The other one.
        expand: True to add an axis to a tensor that has only one, instead of dropping the other's.
    """
    if first.ndim == second.ndim + 1 and first.shape[-1] == 1:
        if second.ndim == 1 and expand:
            return first, second.unsqueeze(-1)
        return first.squeeze(-1), second
    if second.ndim == first.ndim + 1 and second.shape[-1] == 1:
        if first.ndim == 1 and expand:
            return first.unsqueeze(-1), second
        return first, second.squeeze(-1)
    return first, second


def shapes_differ(name: str, y_true: Tensor, y_pred: Tensor) -> DataError:
    """The error for labels whose shape is not that of the predictions."""
    return DataError(
        f"{name} compares number by number, but the labels have the shape {tuple(y_true.shape)} and the "
        f"predictions {tuple(y_pred.shape)}.",
        hint="Give the last layer as many units as each label has numbers, or reshape the labels.",
    )


def reduce_weighted_values(
    values: Tensor,
    sample_weight: TensorLike | None = None,
    mask: Tensor | None = None,
    reduction: Reduction = "sum_over_batch_size",
) -> Tensor:
    """Makes one number of the values of samples, with weights and a mask.

    Args:
        values: One value for each sample, or for each step of each sample.
        sample_weight: How much each counts.
        mask: True where a value counts at all. The mean is then taken over those alone.
        reduction: Kind of the one number; None keeps the values.

    Raises:
        DataError: The weights do not fit the values.
    """
    weight = None
    if sample_weight is not None:
        weight = torch.as_tensor(sample_weight, dtype=values.dtype, device=values.device)
    if mask is not None:
        weight = mask_weight(
            weight, mask, values.dtype, rescaled=reduction in ("mean", "sum_over_batch_size")
        )
    if weight is not None:
        values, weight = _fit(values, weight)
        values = values * weight
    if reduction in (None, "none") or values.ndim == 0 or values.shape == (0,):
        return values
    if reduction == "sum":
        return values.sum()
    if reduction == "mean_with_sample_weight" and weight is not None:
        total = weight.sum()
        # By 1 where nothing counts: a gradient through 0 / 0 is no number, even where it is not chosen.
        return torch.where(total == 0, 0, values.sum() / total.where(total != 0, 1))
    return values.mean() if values.numel() else values.sum()


def mask_weight(weight: Tensor | None, mask: Tensor, dtype: torch.dtype, *, rescaled: bool) -> Tensor:
    """Weights that are 0 where the mask is False.

    Args:
        weight: Weights the samples have already.
        mask: True where a value counts.
        dtype: Element type of the result.
        rescaled: True to make up for what is masked, so that a plain mean is one over what counts.
    """
    masked = mask.to(dtype)
    if rescaled:
        masked = masked * (masked.numel() / masked.sum().clamp(min=1))
    if weight is None:
        return masked
    masked, weight = same_rank(masked, weight)
    return weight.reshape((*weight.shape, *(1,) * (masked.ndim - weight.ndim))) * masked


def _fit(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    values, weight = same_rank(values, weight)
    if 0 < weight.ndim < values.ndim:
        weight = weight.reshape(*weight.shape, *(1,) * (values.ndim - weight.ndim))
    try:
        torch.broadcast_shapes(values.shape, weight.shape)
    except RuntimeError:
        raise weights_differ(weight.shape, values.shape) from None
    return values, weight


def weights_differ(weights: torch.Size, values: torch.Size) -> DataError:
    """The error for sample weights that do not fit what they are to weigh."""
    return DataError(
        f"The sample weights have the shape {tuple(weights)}, and there are values of the shape "
        f"{tuple(values)} to weigh.",
        hint="Give one weight for each sample, or one for each step of each sample.",
    )
