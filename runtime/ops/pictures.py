"""Pictures: sizes, colours, edges cut off or added, patches.

Source: https://keras.io/api/ops/image/
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DTypeError, ParameterError, ShapeError
from runtime.layers import color_spaces, resizing
from runtime.ops.conversion import TensorLike, dtype_name, tensor
from runtime.ops.convolutions import conv, is_last
from runtime.ops.registration import image_op

_ONE = 3
_BATCH = 4


def pictures(x: TensorLike, name: str = "images") -> Tensor:
    """A picture or a batch of them.

    Raises:
        ShapeError: It has other axes.
    """
    x = tensor(x)
    if x.ndim not in (_ONE, _BATCH):
        raise ShapeError(
            f"{name} are (height, width, channels), or a batch, but have the shape {tuple(x.shape)}.",
            port=name,
        )
    return x


def _colours(function: Callable[[Tensor], Tensor], images: Tensor, data_format: str | None) -> Tensor:
    if is_last(data_format):
        return function(images)
    return function(images.movedim(-3, -1)).movedim(-1, -3)


def _floating(images: TensorLike, name: str) -> Tensor:
    images = pictures(images)
    if not images.is_floating_point():
        raise DTypeError(
            f"{name}() takes floating numbers, but got {dtype_name(images.dtype)}.",
            port="images",
            hint="Divide by 255 first.",
        )
    return images


@image_op(named="RGBToGrayscale")
def rgb_to_grayscale(images: TensorLike, data_format: str | None = None) -> Tensor:
    """How bright the eye finds each pixel."""
    images = pictures(images)
    channels = images.shape[-1 if is_last(data_format) else -3]
    if channels not in (1, 3):
        raise ShapeError(f"Colours have 3 channels and grey has 1, but these have {channels}.", port="images")
    return _colours(color_spaces.rgb_to_grayscale, images, data_format).to(images.dtype)


@image_op(named="RGBToHSV")
def rgb_to_hsv(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Red, green and blue as hue, saturation and value."""
    return _colours(color_spaces.rgb_to_hsv, _floating(images, "rgb_to_hsv"), data_format)


@image_op(named="HSVToRGB")
def hsv_to_rgb(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value as red, green and blue."""
    return _colours(color_spaces.hsv_to_rgb, _floating(images, "hsv_to_rgb"), data_format)


@image_op()
def resize(
    images: TensorLike,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures in another size.

    Args:
        images: One picture or a batch.
        size: New height and width.
        interpolation: "bilinear", "nearest" or "bicubic".
        antialias: True averages over all pixels that become one.
        crop_to_aspect_ratio: True cuts off what does not fit the new shape, instead of stretching.
        pad_to_aspect_ratio: True adds edges, instead of stretching.
        fill_mode: "constant".
        fill_value: What the edges are filled with.
        data_format: Where the channels stand; None is "channels_last".

    Raises:
        ParameterError: The size or the interpolation is none.
    """
    images = pictures(images)
    if len(size) != 2 or min(size) <= 0:
        raise ParameterError(f"resize(size=…) got {size!r}.", parameter="size", received=size)
    if interpolation not in ("bilinear", "nearest", "bicubic"):
        raise ParameterError(
            f"resize(interpolation=…) got {interpolation!r}.",
            parameter="interpolation",
            received=interpolation,
            hint="Take 'bilinear', 'nearest' or 'bicubic'.",
        )
    if fill_mode != "constant" or (crop_to_aspect_ratio and pad_to_aspect_ratio):
        raise ParameterError(
            "resize() crops or pads, not both, and fills edges with a constant.",
            parameter="fill_mode",
            received=fill_mode,
        )
    size = (size[0], size[1])
    pixels = images.movedim(-1, -3) if is_last(data_format) else images
    pixels = pixels.unsqueeze(0) if images.ndim == _ONE else pixels
    if crop_to_aspect_ratio:
        pixels = resizing.crop_to_shape(pixels, size)
    elif pad_to_aspect_ratio:
        pixels = resizing.pad_to_shape(pixels, size, fill_value)
    found = resizing.resize(pixels, size, interpolation=interpolation, antialias=antialias)
    found = found.squeeze(0) if images.ndim == _ONE else found
    return found.movedim(-3, -1) if is_last(data_format) else found


def _one_missing(name: str, given: dict[str, int | None]) -> None:
    """Two of three say where a picture stands in a larger or smaller one.

    Raises:
        ParameterError: Fewer or more are given, or one is below 0.
    """
    if list(given.values()).count(None) != 1:
        raise ParameterError(
            f"{name}() wants just two of {', '.join(given)}.", parameter=next(iter(given)), received=given
        )
    for key, value in given.items():
        if value is not None and value < 0:
            raise ParameterError(f"{name}({key}=…) is below 0.", parameter=key, received=value)


def _size(images: Tensor, data_format: str | None) -> tuple[int, int]:
    first = -3 if is_last(data_format) else -2
    return images.shape[first], images.shape[first + 1]


@image_op()
def pad_images(
    images: TensorLike,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Zeros around pictures: two of what is above, below and the new height, and so for the width."""
    images = pictures(images)
    amounts: list[int] = []
    for first, last, target, size, names in (
        (top_padding, bottom_padding, target_height, 0, ("top_padding", "bottom_padding", "target_height")),
        (left_padding, right_padding, target_width, 1, ("left_padding", "right_padding", "target_width")),
    ):
        _one_missing("pad_images", dict(zip(names, (first, last, target), strict=True)))
        total = _size(images, data_format)[size]
        before = target - last - total if first is None else first  # type: ignore[operator]
        after = target - before - total if last is None else last  # type: ignore[operator]
        if min(before, after) < 0:
            raise ParameterError(
                f"pad_images() would have to make {total} pixels fewer.", parameter=names[2], received=target
            )
        amounts = [before, after, *amounts]
    return F.pad(images, [0, 0, *amounts] if is_last(data_format) else amounts)


@image_op()
def crop_images(
    images: TensorLike,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Edges cut off pictures: two of what is above, below and the new height, and so for the width."""
    images = pictures(images)
    for first, last, target, size, names in (
        (
            top_cropping,
            bottom_cropping,
            target_height,
            0,
            ("top_cropping", "bottom_cropping", "target_height"),
        ),
        (left_cropping, right_cropping, target_width, 1, ("left_cropping", "right_cropping", "target_width")),
    ):
        _one_missing("crop_images", dict(zip(names, (first, last, target), strict=True)))
        total = _size(images, data_format)[size]
        before = total - target - last if first is None else first  # type: ignore[operator]
        length = total - before - last if target is None else target  # type: ignore[operator]
        if before < 0 or length <= 0:
            raise ParameterError(
                f"crop_images() leaves nothing of {total} pixels.", parameter=names[2], received=target
            )
        images = images.narrow(size - (3 if is_last(data_format) else 2), before, length)
    return images


def _patches(
    images: Tensor, size: Any, strides: Any, dilation: Any, padding: str, last: str | None
) -> Tensor:
    """The numbers under a window as the channels of each place: a convolution with ones and zeros."""
    rank = len(size)
    alone = images.ndim == rank + 1
    channels = images.shape[-1 if is_last(last) else -rank - 1]
    count = channels
    for length in size:
        count *= length
    kernel = torch.eye(count, dtype=images.dtype, device=images.device).reshape(*size, channels, count)
    found = conv(images.unsqueeze(0) if alone else images, kernel, strides, padding, last, dilation)
    return found.squeeze(0) if alone else found


@image_op()
def extract_patches(
    images: TensorLike,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Small windows of pictures (or volumes, for three sizes), each as the channels of one place."""
    images = tensor(images)
    sizes = (size, size) if isinstance(size, int) else tuple(size)
    if len(sizes) not in (2, 3):
        raise ParameterError(f"extract_patches(size=…) got {size!r}.", parameter="size", received=size)
    return _patches(images, sizes, strides or sizes, dilation_rate, padding, data_format)


def extract_patches_3d(
    volumes: TensorLike,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Small windows of volumes, each as the channels of one place."""
    sizes = (size, size, size) if isinstance(size, int) else tuple(size)
    return extract_patches(volumes, sizes, strides, dilation_rate, padding, data_format)
