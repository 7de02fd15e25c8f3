"""Activations that torch has under no name, for programs."""

import torch


def sparsemax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Shares that add up to 1, many of them 0; the shift is that of Keras 3."""
    ranked = x.sort(dim=dim, descending=True).values.movedim(dim, -1)
    totals = ranked.cumsum(-1)
    ranks = torch.arange(1, ranked.shape[-1] + 1, device=x.device, dtype=x.dtype)
    support = ranked - (totals - 1) / ranks > 0
    count = support.sum(-1, keepdim=True)
    shift = (torch.where(support, totals, 0).sum(-1, keepdim=True) - 1) / count
    return (x - shift.movedim(-1, dim)).clamp(min=0)


def sparse_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """A straight line from 0 at -1 to 1 at 1."""
    return (0.5 * (x + 1)).clamp(0, 1)


def hard_sigmoid_of_keras_2(x: torch.Tensor) -> torch.Tensor:
    """A straight line from 0 at -2.5 to 1 at 2.5."""
    return (0.2 * x + 0.5).clamp(0, 1)


def sparse_plus(x: torch.Tensor) -> torch.Tensor:
    """0 below -1, the number itself above 1, and a parabola between."""
    return torch.where(x <= -1, 0, torch.where(x < 1, 0.25 * (x + 1) ** 2, x))


def squareplus(x: torch.Tensor) -> torch.Tensor:
    """A smooth form of ReLU: (x + sqrt(x² + 4)) / 2."""
    return (x + torch.sqrt(x**2 + 4)) / 2


def shifted_relu(
    x: torch.Tensor, slope: float, ceiling: float | None, threshold: float
) -> torch.Tensor:
    """ReLU with a threshold, a ceiling and a slope below the threshold."""
    kept = torch.where(x > threshold, x, 0)
    if ceiling is not None:
        kept = kept.clamp(0, ceiling)
    return kept - slope * torch.relu(threshold - x)


def masked_softmax(
    x: torch.Tensor, mask: torch.Tensor, dim: int | tuple[int, ...]
) -> torch.Tensor:
    """Shares that add up to 1 among the numbers that the mask keeps."""
    kept = mask if mask.dtype == torch.bool else mask > 0.5
    return torch.where(kept, softmax_over(torch.where(kept, x, -1e9), dim), 0)


def softmax_over(x: torch.Tensor, dim: int | tuple[int, ...]) -> torch.Tensor:
    """Shares that add up to 1 over one or several axes together."""
    exponentials = (x - x.amax(dim, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)
