"""Pictures in files, as Pillow images and as arrays."""

import os
import warnings
from io import BytesIO
from types import ModuleType
from typing import Any, Literal

import numpy as np

from runtime.errors import DataError, FileFormatError, LayerloomError, ParameterError, UnknownNameError
from runtime.formats import standardize_data_format

Array = np.ndarray[Any, Any]
ColorMode = Literal["grayscale", "rgb", "rgba"]
Layout = Literal["channels_first", "channels_last"]

_SHADES = ("L", "I;16", "I")
"""Pillow's names for pictures that have one shade of grey for each pixel."""


def pillow() -> ModuleType:
    """The library that reads and writes pictures.

    Raises:
        LayerloomError: It is not installed.
    """
    try:
        # Loaded on demand: few programs read pictures.
        from PIL import Image  # noqa: PLC0415
    except ImportError:
        raise LayerloomError(
            "Reading and writing pictures needs the library Pillow, which is not installed.",
            hint="Install it: pip install pillow.",
        ) from None
    return Image


def load_img(
    path: Any,
    color_mode: ColorMode = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Reads a picture.

    Args:
        path: The file, or its bytes in a `BytesIO`.
        color_mode: "rgb", "rgba" or "grayscale".
        target_size: Height and width it is brought to; None keeps them.
        interpolation: How: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos".
        keep_aspect_ratio: True cuts the sides off before, so that nothing is stretched.

    Returns:
        A Pillow image.

    Raises:
        FileFormatError: There is no such file, or it is no picture.
        ParameterError: The color mode is not known.
    """
    image = opened(path, color_mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    methods = {method.name.lower(): method for method in pillow().Resampling}
    if interpolation not in methods:
        raise UnknownNameError("interpolation", interpolation, methods)
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        kept_width = min(image.width, image.height * width // height)
        kept_height = min(image.height, image.width * height // width)
        left, top = (image.width - kept_width) // 2, (image.height - kept_height) // 2
        box = [left, top, left + kept_width, top + kept_height]
    return image.resize((width, height), methods[interpolation], box=box)


def opened(path: Any, color_mode: str) -> Any:
    """A picture as a Pillow image of one color mode.

    Raises:
        FileFormatError: There is no such file, or it is no picture.
        ParameterError: The color mode is not known.
    """
    modes = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
    if color_mode not in modes:
        raise ParameterError(
            f"color_mode is {color_mode!r}.",
            parameter="color_mode",
            received=color_mode,
            hint="Use 'rgb', 'rgba' or 'grayscale'.",
        )
    library = pillow()
    where = path if isinstance(path, BytesIO) else os.fspath(path)
    try:
        with library.open(where) as image:
            if image.mode == modes[color_mode] or (color_mode == "grayscale" and image.mode in _SHADES):
                image.load()
                return image.copy()
            return image.convert(modes[color_mode])
    except (OSError, SyntaxError, ValueError, library.DecompressionBombError) as error:
        raise FileFormatError(f"{where!r} cannot be read as a picture: {error}.") from error


def img_to_array(img: Any, data_format: Layout | None = None, dtype: Any = None) -> Array:
    """A picture as numbers: height, width, channels.

    Args:
        img: A Pillow image, or an array.
        data_format: "channels_first" puts the channels before height and width.
        dtype: Element type, "float32" by default.

    Raises:
        DataError: It is no single picture.
    """
    pixels = np.array(img, dtype=dtype or "float32")
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3:
        raise DataError(f"A picture has height, width and channels, but this has the shape {pixels.shape}.")
    first = standardize_data_format(data_format) == "channels_first"
    return pixels.transpose(2, 0, 1) if first else pixels


def array_to_img(x: Any, data_format: Layout | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """Numbers as a picture.

    Args:
        x: Height, width and 1, 3 or 4 channels.
        data_format: "channels_first" if the channels come first.
        scale: True stretches the numbers, so that the least is black and the greatest is full color.
        dtype: Element type to compute in, "float32" by default.

    Returns:
        A Pillow image.

    Raises:
        DataError: The shape is not that of a picture.
    """
    pixels = np.asarray(x, dtype=dtype or "float32")
    if pixels.ndim == 3 and standardize_data_format(data_format) == "channels_first":
        pixels = pixels.transpose(1, 2, 0)
    if pixels.ndim != 3 or pixels.shape[-1] not in (1, 3, 4):
        raise DataError(
            f"An array of the shape {np.shape(x)} cannot be shown as a picture.",
            hint="Give one picture with height, width and 1, 3 or 4 channels.",
        )
    if scale:
        pixels = pixels - pixels.min()
        greatest = pixels.max()
        pixels = (pixels / greatest if greatest else pixels) * 255
    library = pillow()
    if pixels.shape[-1] == 1:
        kind = "int32" if pixels.max() > 255 else "uint8"
        return library.fromarray(pixels[..., 0].astype(kind))
    return library.fromarray(pixels.astype("uint8"))


def save_img(
    path: Any,
    x: Any,
    data_format: Layout | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Writes numbers as a picture to a file.

    Args:
        path: The file; its ending says the format.
        x: Height, width and 1, 3 or 4 channels.
        data_format: "channels_first" if the channels come first.
        file_format: The format, if the ending does not say it.
        scale: True stretches the numbers, so that the least is black and the greatest is full color.
        **kwargs: Passed on to Pillow, such as `quality=90`.
    """
    image = array_to_img(x, data_format, scale)
    if file_format is None and isinstance(path, str | os.PathLike):
        file_format = os.path.splitext(os.fspath(path))[1][1:].lower()
    file_format = "jpeg" if (file_format or "").lower() == "jpg" else file_format
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("JPEG knows no transparency: it is left out.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: Literal["bilinear", "nearest", "bicubic"] = "bilinear",
    data_format: Layout | None = "channels_last",
) -> Any:
    """Pictures in another size, undistorted: what is too wide or too high is cut off on both sides first.

    Args:
        x: One picture (height, width, channels) or a batch of them, as an array or tensor.
        size: New height and width, in pixels.
        interpolation: How new pixels come from old ones.
        data_format: Where the channels stand; None is "channels_last".

    Returns:
        An array for an array, a tensor for a tensor.

    Raises:
        ParameterError: The size is not two numbers, or x has another number of axes.
    """
    # Loaded on demand: the rest of this file needs no layer.
    import torch  # noqa: PLC0415

    from runtime.layers.resizing import crop_to_shape, resize  # noqa: PLC0415

    pictures = torch.as_tensor(x)
    if len(size) != 2 or pictures.ndim not in (3, 4):
        raise ParameterError(
            f"Pictures of shape {tuple(pictures.shape)} cannot be brought to the size {size}.",
            parameter="size" if len(size) != 2 else "x",
            received=size if len(size) != 2 else tuple(pictures.shape),
            hint="x is (height, width, channels), or a batch of such; size is (height, width).",
        )
    last = standardize_data_format(data_format) != "channels_first"
    batch = pictures if pictures.ndim == 4 else pictures[None]
    batch = batch.movedim(-1, 1) if last else batch
    target: tuple[int, int] = (int(size[0]), int(size[1]))
    resized = resize(crop_to_shape(batch, target), target, interpolation=interpolation)
    resized = resized.movedim(1, -1) if last else resized
    resized = resized if pictures.ndim == 4 else resized[0]
    return resized.numpy() if isinstance(x, np.ndarray) else resized
