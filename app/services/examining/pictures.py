"""Pictures for looking into a model: heat laid over a picture, channels side by side, an uploaded file."""

import io
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.datasets.drawings import resized
from app.services.datasets.own.pictures import FORMATS, flat
from runtime.errors import DataError

Fit = Literal["crop", "whole", "stretch"]
"""How a picture of other proportions is brought to a shape."""

COLD_TO_HOT = np.array(
    [(24, 18, 60), (120, 30, 120), (220, 60, 80), (250, 150, 40), (255, 240, 140)], dtype=np.float32
)
NEGATIVE, POSITIVE = np.array((37, 99, 235), np.float32), np.array((234, 88, 12), np.float32)
SIDE = 224
"""Points along the longer side of an enlarged picture, about."""

TILE, FEW = 72, 3
"""Points along the longer side of a tile, about, where there are more than a few."""

GAP = 3
MOST_POINTS = 50_000_000
"""Points of an uploaded picture; a larger one would fill the memory."""


def grey(values: Array, white: float) -> Array:
    """Values of a picture (height × width, or with channels) as whole numbers 0 to 255 of 3 channels."""
    shown = np.squeeze(np.asarray(values, dtype=np.float32))
    if shown.ndim == 1:
        side = round(len(shown) ** 0.5)
        shown = shown.reshape(side, -1)
    if shown.ndim == 2:
        shown = shown[..., np.newaxis].repeat(3, axis=2)
    return np.clip(shown[..., :3] / (white or 1) * 255, 0, 255).astype(np.uint8)


def heated(picture: Array, heat: Array) -> Array:
    """A picture with heat laid over it, enlarged.

    Args:
        picture: Height × width × 3, 0 to 255.
        heat: Height × width of any resolution, 0 or above.
    """
    large = enlarged(picture)
    spread = np.clip(resized(heat / (float(heat.max()) or 1.0), *large.shape[:2]), 0, 1)
    steps = np.linspace(0, 1, len(COLD_TO_HOT))
    colors = np.stack([np.interp(spread, steps, COLD_TO_HOT[:, one]) for one in range(3)], axis=-1)
    weight = (0.25 + 0.5 * spread)[..., np.newaxis]
    return (large * (1 - weight) + colors * weight).astype(np.uint8)


def signed(values: Array) -> Array:
    """Numbers as a picture: orange above 0, blue below, white at 0; enlarged."""
    table = np.squeeze(np.asarray(values, dtype=np.float32))
    if table.ndim == 3:
        table = table.mean(axis=-1)
    share = np.clip(table / (float(np.abs(table).max()) or 1.0), -1, 1)[..., np.newaxis]
    color = np.where(share > 0, POSITIVE, NEGATIVE)
    return enlarged((255 + (color - 255) * np.abs(share)).astype(np.uint8))


def enlarged(picture: Array) -> Array:
    """The picture with each point repeated: a browser would blur it."""
    times = max(1, round(SIDE / max(picture.shape[:2])))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def side_by_side(maps: Array, columns: int = 8) -> Array:
    """Channels or filters as one picture of tiles, each brought to its own range.

    Args:
        maps: Channels × height × width.
        columns: Tiles in a row.
    """
    count, height, width = maps.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    times = max(1, round((TILE if count > FEW else SIDE) / max(height, width)))
    tall, wide = height * times + GAP, width * times + GAP
    sheet = np.full((rows * tall - GAP, columns * wide - GAP), 128, np.uint8)
    for place, one in enumerate(maps):
        low, high = float(one.min()), float(one.max())
        values = ((one - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
        top, left = place // columns * tall, place % columns * wide
        sheet[top : top + tall - GAP, left : left + wide - GAP] = values.repeat(times, 0).repeat(times, 1)
    return sheet


def white_of(dataset: Dataset) -> float:
    """The value that is white in the pictures of a data set, as people see them."""
    if dataset.train.shown.dtype == np.uint8:
        return 255.0
    return float(dataset.info.largest or np.max(dataset.train.shown[:256]) or 1.0)


def drawing(dataset: Dataset, ink: Array) -> Array:
    """A drawing as a picture of the data set, as people see those.

    Args:
        dataset: A data set of pictures.
        ink: Height × width, 0 (paper) to 1 (ink).
    """
    shape = dataset.train.shown.shape[1:]
    if dataset.drawn is not None:
        picture = dataset.drawn(ink)
    else:
        picture = resized(ink, shape[0], shape[1]) * white_of(dataset)
    if len(shape) == 3:
        picture = np.repeat(picture[..., np.newaxis], shape[2], axis=2)
    return picture.astype(dataset.train.shown.dtype)


def uploaded(dataset: Dataset, content: bytes, fit: Fit = "crop") -> Array:
    """A picture file as a picture of the data set, made small.

    Args:
        dataset: A data set of pictures.
        content: The file.
        fit: What becomes of other proportions: the middle is cut out, all of it is shown with edges beside it
            in the colour of its own, or it is stretched.

    Raises:
        DataError: It is no picture, or too large.
    """
    shape = dataset.train.shown.shape[1:]
    colors = len(shape) == 3 and shape[2] >= 3
    size = (shape[1], shape[0])
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_POINTS:
                raise DataError(
                    f"The picture has {image.width:,} × {image.height:,} points, which is too large.",
                    hint="Make it smaller first.",
                )
            whole = flat(ImageOps.exif_transpose(image), colors)
            if fit == "crop":
                small = ImageOps.fit(whole, size, Image.Resampling.BOX)
            elif fit == "whole":
                small = ImageOps.pad(whole, size, Image.Resampling.BOX, color=_edge_of(whole))
            else:
                small = whole.resize(size, Image.Resampling.BOX)
            points: Any = np.asarray(small, np.float32)
    except DataError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError("This file is no picture that can be opened.", hint="Take a PNG or JPEG.") from error
    if shape[2:] == (4,):
        # Nothing shows through a picture laid on white.
        points = np.dstack([points, np.full(points.shape[:2], 255, np.float32)])
    picture = points * (white_of(dataset) / 255)
    if len(shape) == 3 and not colors:
        picture = picture[..., np.newaxis]
    return picture.astype(dataset.train.shown.dtype)


def _edge_of(image: Image.Image) -> Any:
    """The mean colour along the edges of a picture."""
    points = np.asarray(image, np.float32)
    sides = (points[0], points[-1], points[:, 0], points[:, -1])
    mean = np.concatenate([side.reshape(len(side), -1) for side in sides]).mean(axis=0)
    colour = [round(float(each)) for each in mean]
    return tuple(colour) if len(colour) > 1 else colour[0]
