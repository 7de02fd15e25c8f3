"""Sums over some numbers, for programs."""

import torch


def nan_variance(
    x: torch.Tensor, dim: int | tuple[int, ...], keepdim: bool = False
) -> torch.Tensor:
    """The variance of the numbers that are not missing."""
    known = ~x.isnan()
    distances = torch.where(known, x - x.nanmean(dim, keepdim=True), 0)
    return distances.square().sum(dim, keepdim) / known.sum(dim, keepdim)


def segments(
    data: torch.Tensor, ids: torch.Tensor, count: int, reduction: str, start: float
) -> torch.Tensor:
    """What comes of the rows of each segment; rows of no segment are left out."""
    ids = torch.where((ids >= 0) & (ids < count), ids, count).long()
    found = torch.full((count + 1, *data.shape[1:]), start, device=data.device)
    places = ids.reshape(-1, *[1] * (data.ndim - 1)).expand(data.shape)
    return found.scatter_reduce(0, places, data.float(), reduction)[:-1]
