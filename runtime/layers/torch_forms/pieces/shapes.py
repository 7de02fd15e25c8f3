"""Padding, pooling and sizes as Keras counts them, for programs."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812


def pad_same(
    x: torch.Tensor,
    window: Sequence[int],
    stride: Sequence[int],
    value: float = 0.0,
) -> torch.Tensor:
    """Pads for ceil(size / stride) places of a window, the odd one at the end."""
    edges: list[int] = []
    for size, width, step in zip(x.shape[2:], window, stride, strict=True):
        missing = max((-(-size // step) - 1) * step + width - size, 0)
        edges = [missing // 2, missing - missing // 2, *edges]
    return F.pad(x, edges, value=value)


def crop_to_ratio(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Cuts the middle out of pictures, of the same ratio as height to width."""
    rows, columns = x.shape[-2:]
    high = max(min(rows, int(columns * height / width)), 1)
    wide = max(min(columns, int(rows * width / height)), 1)
    top, left = (rows - high) // 2, (columns - wide) // 2
    return x[..., top : top + high, left : left + wide]


def pad_to_ratio(
    x: torch.Tensor, height: int, width: int, value: float
) -> torch.Tensor:
    """Fills pictures up at their sides until they have the ratio of height to width."""
    rows, columns = x.shape[-2:]
    top = (max(rows, int(columns * height / width)) - rows) // 2
    left = (max(columns, int(rows * width / height)) - columns) // 2
    return F.pad(x, (left, left, top, top), value=value)


def center_crop(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Cuts the middle out of pictures; smaller ones are made larger."""
    rows, columns = x.shape[-2:]
    if rows < height or columns < width:
        middle = crop_to_ratio(x, height, width)
        return F.interpolate(middle, size=(height, width), mode="bilinear")
    top, left = (rows - height) // 2, (columns - width) // 2
    return x[..., top : top + height, left : left + width]


def auto_contrast(x: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """Stretches each colour of each picture, channels last, from low to high."""
    shades = (x - low) / (high - low) * 255
    dark, bright = shades.amin((1, 2), keepdim=True), shades.amax((1, 2), keepdim=True)
    scale = 255 / (bright - dark)
    stretched = (shades * scale - dark * scale).clamp(0, 255)
    return torch.where(bright > dark, stretched / 255 * (high - low) + low, x)


def masked_mean(
    x: torch.Tensor, mask: torch.Tensor, keepdim: bool = False
) -> torch.Tensor:
    """The mean over the steps of sequences that the mask keeps."""
    kept = mask.bool().unsqueeze(-1)
    amount = kept.float().sum(1, keepdim=keepdim)
    return torch.where(kept, x, 0).sum(1, keepdim=keepdim) / amount
