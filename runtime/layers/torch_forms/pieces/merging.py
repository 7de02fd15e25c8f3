"""Ways of joining tensors, for programs."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F  # noqa: N812


def dot(
    x: torch.Tensor, y: torch.Tensor, axes: tuple[int, int], normalize: bool = False
) -> torch.Tensor:
    """Products of two tensors, summed along an axis of each."""
    if normalize:
        x, y = F.normalize(x, dim=axes[0]), F.normalize(y, dim=axes[1])
    x, y = x.movedim(axes[0], -1), y.movedim(axes[1], 1)
    products = x.flatten(1, -2) if x.ndim > 2 else x.unsqueeze(1)
    others = y.flatten(2) if y.ndim > 2 else y.unsqueeze(2)
    rest = (*x.shape[1:-1], *y.shape[2:]) or (1,)
    return (products @ others).reshape(len(x), *rest)


def multiply_masked(
    tensors: Sequence[torch.Tensor], masks: Sequence[torch.Tensor | None]
) -> torch.Tensor:
    """The product of tensors, where a mask leaves numbers out: these do not count."""
    wide = [spread(mask, x) for mask, x in zip(masks, tensors, strict=True)]
    product = torch.ones_like(tensors[0])
    for x, mask in zip(tensors, wide, strict=True):
        product = product * (x if mask is None else torch.where(mask, x, 1))
    known = [mask for mask in wide if mask is not None]
    if len(known) < len(wide):
        return product
    return torch.where(torch.stack(torch.broadcast_tensors(*known)).any(0), product, 0)


def extreme_masked(
    choose: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    tensors: Sequence[torch.Tensor],
    masks: Sequence[torch.Tensor | None],
) -> torch.Tensor:
    """The largest or smallest numbers of tensors among those that the masks keep."""
    wide = [spread(mask, x) for mask, x in zip(masks, tensors, strict=True)]
    result, counted = tensors[0], wide[0]
    for x, mask in zip(tensors[1:], wide[1:], strict=True):
        candidate = x if mask is None else torch.where(mask, x, result)
        if counted is not None:
            result = torch.where(counted, result, candidate)
        counted = None if mask is None or counted is None else counted | mask
        result = choose(result, candidate)
    return result


def spread(mask: torch.Tensor | None, x: torch.Tensor) -> torch.Tensor | None:
    """The mask for each number of a tensor."""
    if mask is None:
        return None
    mask = mask.bool()
    return mask.reshape(*mask.shape, *[1] * (x.ndim - mask.ndim)).expand(x.shape)
