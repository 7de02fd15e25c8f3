"""Numbers at places, for programs."""

from collections.abc import Sequence

import torch


def take(x: torch.Tensor, places: torch.Tensor, dim: int | None) -> torch.Tensor:
    """What stands at places along an axis; those below 0 count from the end."""
    if dim is None:
        places = torch.where(places < 0, places + x.shape[0], places)
        x, dim = x.flatten(), 0
    dim = dim % x.ndim
    places = torch.where(places < 0, places + x.shape[dim], places)
    found = x.index_select(dim, places.flatten().long())
    return found.reshape(*x.shape[:dim], *places.shape, *x.shape[dim + 1 :])


def take_along(x: torch.Tensor, places: torch.Tensor, dim: int | None) -> torch.Tensor:
    """What stands at other places in each row; those below 0 count from the end."""
    size = x.shape[0 if dim is None else dim]
    return x.take_along_dim(torch.where(places < 0, places + size, places), dim)


def scatter(
    places: torch.Tensor, values: torch.Tensor, shape: Sequence[int]
) -> torch.Tensor:
    """Zeros, and numbers added at places."""
    depth = places.shape[-1]
    zeros = torch.zeros(shape, dtype=values.dtype, device=values.device)
    where = tuple(places.long().reshape(-1, depth).T)
    return zeros.index_put(where, values.reshape(-1, *shape[depth:]), accumulate=True)


def slice_update(
    x: torch.Tensor, updates: torch.Tensor, starts: Sequence[int]
) -> torch.Tensor:
    """Other numbers in the part that begins at given places."""
    found = x.clone()
    ends = [start + size for start, size in zip(starts, updates.shape, strict=False)]
    found[tuple(map(slice, starts, ends))] = updates.to(x.dtype)
    return found
