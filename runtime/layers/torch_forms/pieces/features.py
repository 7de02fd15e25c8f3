"""Encodings of ids and sounds, for programs."""

import torch


def one_hot(ids: torch.Tensor, depth: int) -> torch.Tensor:
    """A row for each id that is 1 at the id and 0 elsewhere."""
    if ids.ndim > 1 and ids.shape[-1] == 1:
        ids = ids.squeeze(-1)
    return (ids.unsqueeze(-1) == torch.arange(depth, device=ids.device)).float()


def multi_hot(ids: torch.Tensor, depth: int) -> torch.Tensor:
    """One row for all ids of a sample: 1 at each id that is there, 0 elsewhere."""
    places = torch.where(ids < 0, depth, ids).movedim(min(ids.ndim - 1, 1), -1)
    rows = torch.zeros(*places.shape[:-1], depth + 1, device=ids.device)
    return rows.scatter(-1, places, 1.0)[..., :depth]


def count_ids(
    ids: torch.Tensor, depth: int, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """One row for all ids of a sample: how often each is there."""
    axis = min(ids.ndim - 1, 1)
    places = torch.where(ids < 0, depth, ids).movedim(axis, -1)
    rows = torch.zeros(*places.shape[:-1], depth + 1, device=ids.device)
    counts = torch.ones_like(places) if weights is None else weights.movedim(axis, -1)
    return rows.scatter_add(-1, places, counts.float())[..., :depth]


def decibels(
    power: torch.Tensor, least: float, reference: float, top: float
) -> torch.Tensor:
    """Loudness in decibels, no lower than `top` below the loudest."""
    loud = 10 * power.clamp_min(least).log10() - reference
    return torch.maximum(loud, loud.amax() - top)
