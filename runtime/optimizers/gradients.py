"""What happens to gradients before a step: put into the weights' memory order, clipped, averaged."""

from collections.abc import Sequence

import torch
from torch import Tensor

from runtime.optimizers.kernels import kernels


def in_order_of(parameters: Sequence[Tensor], gradients: Sequence[Tensor]) -> list[Tensor]:
    """Gradients with the element type and memory order of their weights.

    The fused kernels walk through raw memory: a gradient that lies in another order than its weight would be
    applied to the wrong numbers. Those that differ are copied, the others are passed on as they are.
    """
    return [
        gradient
        if gradient.stride() == parameter.stride() and gradient.dtype == parameter.dtype
        else torch.empty_like(parameter).copy_(gradient)
        for parameter, gradient in zip(parameters, gradients, strict=True)
    ]


def clip_each(gradients: list[Tensor], longest: float) -> list[Tensor]:
    """Shortens each gradient that is longer than allowed."""
    norms = kernels._foreach_norm(gradients)
    factors = [longest / norm.clamp(min=longest) for norm in norms]
    return list(kernels._foreach_mul(gradients, factors))


def clip_together(gradients: list[Tensor], longest: float) -> list[Tensor]:
    """Shortens all gradients by one factor if they are longer together than allowed."""
    norm = torch.stack(kernels._foreach_norm(gradients)).norm()
    # An infinite norm makes the factor NaN, so that the fault shows instead of becoming a step of 0.
    factor = longest / norm.clamp(min=longest) + (norm - norm)
    return list(kernels._foreach_mul(gradients, factor))


def clip_values(gradients: list[Tensor], largest: float) -> list[Tensor]:
    """Cuts each number of each gradient off at ± `largest`."""
    return list(kernels._foreach_clamp_max(kernels._foreach_clamp_min(gradients, -largest), largest))
