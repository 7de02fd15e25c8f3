"""Convolutions and pooling over sequences, pictures and volumes.

The arithmetic of windows and of pooling is that of the layers.

Source: https://keras.io/api/ops/nn/
"""

from functools import cache
from typing import Any

import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime import layers
from runtime.errors import ShapeError
from runtime.formats import image_data_format
from runtime.layers.spatial import per_axis
from runtime.layers.transposed_convolution import transposed_crop
from runtime.layers.windows import same_padding
from runtime.ops.conversion import TensorLike, tensor
from runtime.ops.registration import nn_op

PerAxis = int | tuple[int, ...] | list[int]

_CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
_ADAPTIVE_MEANS = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
_ADAPTIVE_MAXIMA = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}


def is_last(data_format: str | None) -> bool:
    """True if the channels stand last, as they do if nothing is said."""
    return (data_format or image_data_format()) == "channels_last"


def _rank(inputs: Tensor) -> int:
    rank = inputs.ndim - 2
    if rank not in _CONVOLUTIONS:
        raise ShapeError(
            f"Windows slide over 1, 2 or 3 axes between batch and channels, but there are {rank}.",
            port="inputs",
            hint="The first axis is the batch, the last one the channels.",
        )
    return rank


def _to_torch(x: Tensor, data_format: str | None) -> Tensor:
    return x.movedim(-1, 1) if is_last(data_format) else x


def _from_torch(x: Tensor, data_format: str | None) -> Tensor:
    return x.movedim(1, -1) if is_last(data_format) else x


@nn_op("inputs", "kernel")
def conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Slides filters over a sequence, picture or volume.

    Args:
        inputs: (batch, *sizes, channels).
        kernel: (*window, channels, filters); with fewer channels, that many groups are made.
        strides: How far the window moves.
        padding: "valid" or "same".
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places under the window.
    """
    inputs, kernel = tensor(inputs), tensor(kernel)
    rank = _rank(inputs)
    steps, dilation = per_axis(strides, rank), per_axis(dilation_rate, rank)
    pixels = _to_torch(inputs, data_format)
    filters = kernel.movedim((-1, -2), (0, 1))
    groups, rest = divmod(pixels.shape[1], filters.shape[1])
    if rest:
        raise ShapeError(
            f"conv() cannot split {pixels.shape[1]} channels into groups of {filters.shape[1]}.",
            port="kernel",
            hint="The last but one size of the kernel must divide the channels.",
        )
    edges = [(0, 0)] * rank
    if padding.lower() == "same":
        sizes = zip(pixels.shape[2:], filters.shape[2:], dilation, steps, strict=True)
        edges = [same_padding(size, (window - 1) * far + 1, step) for size, window, far, step in sizes]
    if any(before != after for before, after in edges):
        pixels = F.pad(pixels, [amount for edge in reversed(edges) for amount in edge])
        edges = [(0, 0)] * rank
    around = tuple(before for before, _ in edges)
    found = _CONVOLUTIONS[rank](pixels, filters, None, steps, around, dilation, groups)
    return _from_torch(found, data_format)


@nn_op("inputs", "kernel")
def depthwise_conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Slides filters over each channel alone; the kernel is (*window, channels, filters for each)."""
    inputs, kernel = tensor(inputs), tensor(kernel)
    kernel = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return conv(inputs, kernel, strides, padding, data_format, dilation_rate)


@nn_op("inputs", "depthwise_kernel", "pointwise_kernel")
def separable_conv(
    inputs: TensorLike,
    depthwise_kernel: TensorLike,
    pointwise_kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Slides filters over each channel alone, then mixes the channels of each place."""
    inputs, pointwise_kernel = tensor(inputs), tensor(pointwise_kernel)
    found = depthwise_conv(inputs, tensor(depthwise_kernel), strides, padding, data_format, dilation_rate)
    return conv(found, pointwise_kernel, 1, "valid", data_format, dilation_rate)


@nn_op("inputs", "kernel")
def conv_transpose(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    output_padding: PerAxis | None = None,
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Writes a pattern for each place; the kernel is (*window, filters, channels)."""
    inputs, kernel = tensor(inputs), tensor(kernel)
    rank = _rank(inputs)
    steps, dilation = per_axis(strides, rank), per_axis(dilation_rate, rank)
    extras = (None,) * rank if output_padding is None else per_axis(output_padding, rank)
    filters = kernel.movedim((-1, -2), (0, 1))
    found = _TRANSPOSED[rank](_to_torch(inputs, data_format), filters, stride=steps, dilation=dilation)
    amounts: list[int] = []
    for window, far, step, extra in zip(filters.shape[2:], dilation, steps, extras, strict=True):
        before, after = transposed_crop((window - 1) * far + 1, step, padding.lower(), extra)
        amounts = [-before, -after, *amounts]
    # torch cuts off where less than nothing is added.
    return _from_torch(F.pad(found, amounts), data_format)


@cache
def _pooling(kind: str, rank: int, *arguments: Any) -> Any:
    """The layer that pools like that; a name of its own keeps it out of the count of the program's layers."""
    return getattr(layers, f"{kind}Pooling{rank}D")(*arguments, name=f"{kind.lower()}_pool")


def _pool(
    kind: str, inputs: TensorLike, pool_size: Any, strides: Any, padding: str, data_format: str | None
) -> Tensor:
    inputs = tensor(inputs)
    rank = _rank(inputs)
    size = per_axis(pool_size, rank)
    step = size if strides is None else per_axis(strides, rank)
    return _pooling(kind, rank, size, step, padding.lower(), data_format).call(inputs)


@nn_op()
def max_pool(
    inputs: TensorLike,
    pool_size: PerAxis,
    strides: PerAxis | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The largest number of each window."""
    return _pool("Max", inputs, pool_size, strides, padding, data_format)


@nn_op()
def average_pool(
    inputs: TensorLike,
    pool_size: PerAxis,
    strides: PerAxis | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The mean of each window, of which only true numbers count."""
    return _pool("Average", inputs, pool_size, strides, padding, data_format)


def _adaptive(functions: Any, inputs: TensorLike, output_size: Any, data_format: str | None) -> Tensor:
    inputs = tensor(inputs)
    rank = _rank(inputs)
    found = functions[rank](_to_torch(inputs, data_format), per_axis(output_size, rank))
    return _from_torch(found, data_format)


@nn_op()
def adaptive_average_pool(inputs: TensorLike, output_size: PerAxis, data_format: str | None = None) -> Tensor:
    """The mean of each part, of as many parts as are wanted."""
    return _adaptive(_ADAPTIVE_MEANS, inputs, output_size, data_format)


@nn_op()
def adaptive_max_pool(inputs: TensorLike, output_size: PerAxis, data_format: str | None = None) -> Tensor:
    """The largest number of each part, of as many parts as are wanted."""
    return _adaptive(_ADAPTIVE_MAXIMA, inputs, output_size, data_format)


@nn_op()
def unfold(
    x: TensorLike, kernel_size: PerAxis, dilation: PerAxis = 1, padding: PerAxis = 0, stride: PerAxis = 1
) -> Tensor:
    """The numbers under each place of a window, of pictures (batch, channels, height, width).

    Raises:
        ShapeError: There are no pictures.
    """
    x = tensor(x)
    if x.ndim != 4:
        raise ShapeError(f"unfold() takes (batch, channels, height, width), but got {tuple(x.shape)}.")
    return F.unfold(x, *(_plain(size) for size in (kernel_size, dilation, padding, stride)))


@nn_op()
def fold(
    x: TensorLike,
    output_size: PerAxis,
    kernel_size: PerAxis,
    dilation: PerAxis = 1,
    padding: PerAxis = 0,
    stride: PerAxis = 1,
) -> Tensor:
    """Pictures from the numbers under each place of a window, added up: what `unfold` took apart.

    Raises:
        ShapeError: There are no such numbers.
    """
    x = tensor(x)
    if x.ndim != 3:
        raise ShapeError(f"fold() takes (batch, numbers, places), but got {tuple(x.shape)}.")
    return F.fold(x, *(_plain(size) for size in (output_size, kernel_size, dilation, padding, stride)))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@nn_op()
def depth_to_space(x: TensorLike, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Pictures made larger: the channels of a place become a block of pixels."""
    x = tensor(x)
    if not is_last(data_format):
        return F.pixel_shuffle(x, block_size)
    batch, height, width, channels = x.shape
    parts = x.reshape(batch, height, width, block_size, block_size, channels // block_size**2)
    turned = parts.permute(0, 1, 3, 2, 4, 5)
    return turned.reshape(batch, height * block_size, width * block_size, -1)


@nn_op()
def space_to_depth(x: TensorLike, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Pictures made smaller: a block of pixels becomes the channels of a place."""
    x = tensor(x)
    if not is_last(data_format):
        return F.pixel_unshuffle(x, block_size)
    batch, height, width, channels = x.shape
    parts = x.reshape(batch, height // block_size, block_size, width // block_size, block_size, channels)
    turned = parts.permute(0, 1, 3, 2, 4, 5)
    return turned.reshape(batch, height // block_size, width // block_size, -1)
