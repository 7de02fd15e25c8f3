"""Pictures blurred, their edges found, and two pictures compared.

Source: https://keras.io/api/ops/image/
"""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.ops.conversion import TensorLike, result_type, tensor
from runtime.ops.convolutions import is_last
from runtime.ops.pictures import pictures
from runtime.ops.registration import image_op

_ALONE = 3


def _bell(size: int, sigma: Any, dtype: torch.dtype, device: torch.device) -> Tensor:
    places = torch.arange(size, dtype=dtype, device=device) - (size - 1) / 2
    curve = torch.exp(-0.5 * (places / sigma) ** 2)
    return curve / curve.sum()


def _per_channel(pixels: Tensor, kernel: Tensor, padding: Any = 0) -> Tensor:
    """Pictures (batch, channels, height, width) under a window, each channel alone."""
    channels = pixels.shape[1]
    return F.conv2d(pixels, kernel.expand(channels, 1, *kernel.shape), padding=padding, groups=channels)


def _to_torch(images: Tensor, data_format: str | None) -> Tensor:
    images = images.unsqueeze(0) if images.ndim == _ALONE else images
    return images.movedim(-1, 1) if is_last(data_format) else images


@image_op()
def gaussian_blur(
    images: TensorLike, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """Pictures blurred: each pixel becomes a mean of those around it, the nearer ones counting more."""
    images = pictures(images)
    sizes = [int(size) for size in kernel_size]
    rows, columns = (
        _bell(size, spread, images.dtype, images.device)
        for size, spread in zip(sizes, (sigma[1], sigma[0]), strict=True)
    )
    pixels = _to_torch(images, data_format)
    found = _per_channel(pixels, torch.outer(rows, columns), tuple(size // 2 for size in sizes))
    found = found.movedim(1, -1) if is_last(data_format) else found
    return found.squeeze(0) if images.ndim == _ALONE else found


@image_op()
def sobel_edges(images: TensorLike, data_format: str | None = None) -> Tensor:
    """How quickly brightness changes downwards and to the right, along a new last axis."""
    images = tensor(images)
    across = torch.tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=images.dtype, device=images.device)
    pixels = _to_torch(images, data_format)
    edges = torch.stack([_per_channel(pixels, kernel, 1) for kernel in (across.T, across)], dim=-1)
    return edges.movedim(1, -2) if is_last(data_format) else edges


@image_op("image1", "image2", named="SSIM")
def ssim(
    image1: TensorLike,
    image2: TensorLike,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """How alike two pictures look: 1 for equal ones.

    Args:
        image1: One picture or a batch.
        image2: The same.
        max_val: The largest value a pixel can have.
        filter_size: Size of the window under which they are compared.
        filter_sigma: How quickly pixels count less towards its edge.
        k1: Keeps dark windows from dividing by nearly 0.
        k2: The same for windows of one colour.
        data_format: Where the channels stand; None is "channels_last".

    Source: Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861
    """
    first, second = pictures(image1, "image1"), pictures(image2, "image2")
    dtype = result_type(first.dtype, float)
    one, other = (_to_torch(image.to(dtype), data_format) for image in (first, second))
    bell = _bell(filter_size, filter_sigma, dtype, first.device)
    window = torch.outer(bell, bell)
    mean1, mean2 = _per_channel(one, window), _per_channel(other, window)
    spread1 = _per_channel(one * one, window) - mean1**2
    spread2 = _per_channel(other * other, window) - mean2**2
    together = _per_channel(one * other, window) - mean1 * mean2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    likeness = ((2 * mean1 * mean2 + c1) * (2 * together + c2)) / (
        (mean1**2 + mean2**2 + c1) * (spread1 + spread2 + c2)
    )
    found = likeness.mean((1, 2, 3))
    return (found.squeeze(0) if first.ndim == _ALONE else found).to(first.dtype)
