"""Numbers brought to mean 0 and spread 1, or to length 1; and attention.

Source: https://keras.io/api/ops/nn/
"""

import warnings
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DataError, ParameterError, ShapeError
from runtime.formats import epsilon as usual_epsilon
from runtime.ops.conversion import Axis, TensorLike, axes, float_type, optional, result_type, tensor
from runtime.ops.registration import nn_op

_LARGE = 0.7 * 3.38953e38
_LARGE_HALF = 0.7 * 65500


@nn_op()
def normalize(x: TensorLike, axis: Axis = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """Vectors along an axis made 1 long.

    Raises:
        ParameterError: The order of the length is none.
    """
    if not isinstance(order, int) or order < 1:
        raise ParameterError(
            f"normalize(order=…) got {order!r}, but it wants a whole number, at least 1.",
            parameter="order",
            received=order,
        )
    x = tensor(x)
    x = x.unsqueeze(0) if x.ndim == 0 else x
    least = usual_epsilon() if epsilon is None else epsilon
    if order == 2:
        squares = x.square().sum(axes(axis), keepdim=True)
        return x * torch.minimum(squares.rsqrt(), tensor(1 / least, squares.dtype).to(x.device))
    values = x.to(result_type(x.dtype, float))
    return x / torch.linalg.norm(values, order, axes(axis), True).clamp(min=least)


@nn_op()
def moments(
    x: TensorLike, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes.

    Raises:
        ParameterError: They are to be taken over several machines.
    """
    if synchronized:
        raise ParameterError(
            "moments() is computed on one machine.", parameter="synchronized", received=synchronized
        )
    x = tensor(x)
    wide = x.to(float_type()) if x.dtype is torch.float16 else x
    places = tuple(axes) if isinstance(axes, list | tuple) else (axes,)
    mean = wide.mean(places, keepdim=True)
    variance = wide.square().mean(places, keepdim=True) - mean.square()
    if not keepdims:
        mean, variance = mean.squeeze(places), variance.squeeze(places)
    if wide is not x:
        bounds = torch.finfo(torch.float16)
        mean, variance = (found.clip(bounds.min, bounds.max).to(x.dtype) for found in (mean, variance))
    return mean, variance


@nn_op("x", "mean", "variance", "offset", "scale", named="BatchNorm")
def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    axis: int,
    offset: TensorLike | None = None,
    scale: TensorLike | None = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """Numbers less a mean, divided by the root of a variance: one of each for each place along an axis."""
    x, mean, variance = tensor(x), tensor(mean), tensor(variance)
    shift, factor = optional(offset), optional(scale)
    shape = [1] * x.ndim
    shape[axis] = mean.shape[0]
    inverse = (variance + epsilon).rsqrt()
    inverse = inverse if factor is None else inverse * factor
    found = (x - mean.reshape(shape)) * inverse.reshape(shape)
    return found if shift is None else found + shift.reshape(shape)


@nn_op("x", "gamma", "beta", named="LayerNorm")
def layer_normalization(
    x: TensorLike,
    gamma: TensorLike | None = None,
    beta: TensorLike | None = None,
    axis: Any = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Tensor:
    """The numbers of each sample brought to mean 0 and spread 1 over axes, then scaled and shifted."""
    x = tensor(x)
    rms_scaling = kwargs.pop("rms_scaling", False)
    values = x.to(result_type(x.dtype, torch.float32))
    places = sorted(place % x.ndim for place in (axis if isinstance(axis, list | tuple) else [axis]))
    shape = [size if place in places else 1 for place, size in enumerate(x.shape)]
    factor, shift = (
        None if given is None else given.reshape(shape) if given.ndim != x.ndim else given
        for given in (optional(gamma, values.dtype), optional(beta, values.dtype))
    )
    variance, mean = torch.var_mean(values, places, correction=0, keepdim=True)
    inverse = (variance + (usual_epsilon() if epsilon is None else epsilon)).rsqrt()
    if rms_scaling:
        warnings.warn("rms_scaling divides by the variance's root: take ops.rms_normalization.", stacklevel=2)
        found = values * inverse
        shift = None
    else:
        found = (values - mean) * inverse
    found = found if factor is None else found * factor
    return (found if shift is None else found + shift).to(x.dtype)


@nn_op("x", "scale", named="RMSNorm")
def rms_normalization(
    x: TensorLike, scale: TensorLike | None = None, axis: Any = -1, epsilon: float | None = None
) -> Tensor:
    """The numbers divided by the root of their mean square over axes, then scaled."""
    x = tensor(x)
    values = x.to(result_type(x.dtype, torch.float32))
    values = values.unsqueeze(0) if values.ndim == 0 else values
    factor = optional(scale, values.dtype)
    squares = values.square().mean(axes(axis), keepdim=True)
    found = values * (squares + (usual_epsilon() if epsilon is None else epsilon)).rsqrt()
    return (found if factor is None else found * factor).to(x.dtype)


@nn_op("x1", "x2", named="PSNR")
def psnr(x1: TensorLike, x2: TensorLike, max_val: float) -> Tensor:
    """How much larger than the mean error the largest value is, in decibels.

    Raises:
        DataError: Both have different shapes.
    """
    x1, x2 = tensor(x1), tensor(x2)
    if x1.shape != x2.shape:
        raise DataError(
            f"psnr() compares pictures of one shape, but got {tuple(x1.shape)} and {tuple(x2.shape)}."
        )
    error = (x1 - x2).square().mean()
    return 20 * torch.log10(tensor(max_val, x1.dtype)) - 10 * torch.log10(error)


@nn_op("abs_", "angle")
def polar(abs_: TensorLike, angle: TensorLike) -> Tensor:
    """Complex numbers of a length and an angle."""
    length, turn = tensor(abs_), tensor(angle)
    return torch.complex(length * turn.cos(), length * turn.sin())


@nn_op("query", "key", "value", "bias", "mask", "scale", named="DotProductAttention")
def dot_product_attention(
    query: TensorLike,
    key: TensorLike,
    value: TensorLike,
    bias: TensorLike | None = None,
    mask: TensorLike | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """For each query the mean of the values, those counting most whose keys fit best.

    Args:
        query: (batch, queries, heads, size).
        key: (batch, keys, heads, size); the heads may be fewer.
        value: (batch, keys, heads, size).
        bias: Added to how well they fit.
        mask: True where a key counts.
        scale: Factor of how well they fit; None for one by the root of the size.
        is_causal: True leaves out the keys behind the query.
        flash_attention: None and False take what torch finds best.
        attn_logits_soft_cap: For other machines only.

    Raises:
        ParameterError: A bias and a mask, or what is for other machines.
        ShapeError: There are not four axes.
    """
    if attn_logits_soft_cap is not None or (bias is not None and mask is not None):
        raise ParameterError(
            "dot_product_attention() takes a bias or a mask, not both, and no attn_logits_soft_cap.",
            parameter="bias",
            hint="Add the mask to the bias: 0 where a key counts, a large negative number elsewhere.",
        )
    del flash_attention
    given = [tensor(query), tensor(key), tensor(value)]
    if any(part.ndim != 4 for part in given):
        raise ShapeError(
            "dot_product_attention() takes (batch, places, heads, size), but got "
            f"{', '.join(str(tuple(part.shape)) for part in given)}.",
            port="query",
        )
    dtype = result_type(*(part.dtype for part in given))
    queries, keys, values = (part.to(dtype).transpose(1, 2) for part in given)
    keep = optional(mask, torch.bool)
    if keep is not None and is_causal:
        keep = keep & torch.ones(queries.shape[2], keys.shape[2], dtype=torch.bool, device=keep.device).tril()
    added = optional(bias, dtype)
    if keep is not None:
        large = _LARGE_HALF if dtype is torch.float16 else _LARGE
        added = torch.where(keep, 0.0, torch.tensor(-large, dtype=dtype, device=keep.device))
    groups = queries.shape[1] // keys.shape[1]
    if keys.shape[1] > 1 and groups > 1:
        keys, values = (part.repeat_interleave(groups, 1) for part in (keys, values))
    found = F.scaled_dot_product_attention(
        queries, keys, values, added, is_causal=is_causal and keep is None, scale=scale
    )
    return found.transpose(1, 2)
