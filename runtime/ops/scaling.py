"""Tensors made larger or smaller, and moved, along any axes.

Source: https://keras.io/api/ops/image/
"""

import math
from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.ops.conversion import TensorLike, is_whole, result_type, tensor
from runtime.ops.registration import image_op


def _triangle(x: Tensor, radius: float) -> Tensor:
    del radius
    return (1 - x).clamp(min=0)


def _cubic(x: Tensor, radius: float) -> Tensor:
    del radius
    near = ((1.5 * x - 2.5) * x) * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x >= 2, 0.0, torch.where(x >= 1, far, near))


def _lanczos(x: Tensor, radius: float) -> Tensor:
    wave = radius * torch.sin(math.pi * x) * torch.sin(math.pi * x / radius)
    curve = wave / torch.where(x != 0, math.pi**2 * x**2, 1)
    return torch.where(x > radius, 0.0, torch.where(x > 1e-3, curve, 1))


_CURVES = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), (_triangle, 1.0)),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), (_cubic, 2.0)),
    "lanczos3": (_lanczos, 3.0),
    "lanczos5": (_lanczos, 5.0),
}
"""How much a pixel counts at a distance."""


@image_op("images", "output_shape", "scale", "translation")
def scale_and_translate(
    images: TensorLike,
    output_shape: Any,
    scale: TensorLike,
    translation: TensorLike,
    spatial_dims: Any,
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Pictures (or any tensors) made larger or smaller, and moved, along some axes.

    Args:
        images: The tensor.
        output_shape: Its shape afterwards.
        scale: How much larger, for each of `spatial_dims`.
        translation: How far it is moved, for each of them.
        spatial_dims: The axes.
        method: "linear", "cubic", "lanczos3" or "lanczos5".
        antialias: True averages over all numbers that become one.

    Raises:
        ParameterError: Another method.
    """
    if method not in _CURVES:
        raise ParameterError(
            f"scale_and_translate(method=…) got {method!r}.",
            parameter="method",
            received=method,
            hint=f"Take {', '.join(map(repr, _CURVES))}.",
        )
    x, factors, moves = tensor(images), tensor(scale), tensor(translation)
    dtype = result_type(factors.dtype, moves.dtype, float)
    found = x.float() if is_whole(x.dtype) else x
    for place, axis in enumerate(spatial_dims):
        factor, move = factors[place].to(dtype), moves[place].to(dtype)
        shares = _shares(x.shape[axis], int(output_shape[axis]), factor, move, method, antialias)
        found = (found.movedim(axis, -1) @ shares.to(found.dtype)).movedim(-1, axis)
    if not is_whole(x.dtype):
        return found
    return found.round().clip(x.min(), x.max()).to(x.dtype)


def _shares(size: int, wanted: int, factor: Tensor, move: Tensor, method: str, antialias: bool) -> Tensor:
    """How much each place counts for each new one, (size, wanted)."""
    curve, radius = _CURVES[method]
    back = 1 / factor
    width = back.clamp(min=1) if antialias else torch.ones_like(back)
    places = torch.arange(wanted, dtype=factor.dtype, device=factor.device)
    sources = (places + 0.5) * back - move * back - 0.5
    old = torch.arange(size, dtype=factor.dtype, device=factor.device)
    shares = curve((sources[None] - old[:, None]).abs() / width, radius)
    total = shares.sum(0, keepdim=True)
    small = total.abs() <= 1000 * torch.finfo(torch.float32).eps
    shares = torch.where(small, 0, shares / torch.where(total != 0, total, 1))
    return torch.where((sources >= -0.5) & (sources <= size - 0.5), shares, 0)
