"""Makes of a free drawing a picture like those of a data set, by the steps its makers took."""

import numpy as np
from PIL import Image

from app.services.datasets.dataset import Array

INK = 0.1
"""From this darkness on (0–1) a point counts as drawn."""


def cropped(ink: Array) -> Array:
    """The part of a drawing that has ink; all of it when there is none.

    Args:
        ink: Height × width, 0 (paper) to 1 (ink).
    """
    drawn = ink > INK
    if not drawn.any():
        return ink
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resized(ink: Array, height: int, width: int) -> Array:
    """A picture of another size; where it shrinks each point is the mean of those it stands for."""
    shrinks = height <= ink.shape[0] and width <= ink.shape[1]
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(ink, np.float32)).resize((width, height), how))


def within(ink: Array, box: int) -> Array:
    """What was drawn, made as large as fits into a square of `box` points, its proportions kept."""
    part = cropped(ink)
    height, width = part.shape
    times = box / max(height, width)
    return resized(part, max(1, round(height * times)), max(1, round(width * times)))


def centred_by_mass(ink: Array, size: int, box: int) -> Array:
    """A drawing as the digits of MNIST were made: fitted into a box, its centre of mass in the middle.

    Args:
        ink: Height × width, 0 (paper) to 1 (ink).
        size: Height and width of the result.
        box: Height and width that the drawing fits into.

    Source:
        Y. LeCun, C. Cortes, C. Burges: The MNIST database, "Files format".
    """
    part = within(ink, box)
    total = float(part.sum()) or 1.0
    corner: list[int] = []
    for axis in (0, 1):
        mass = float((part.sum(axis=1 - axis) * np.arange(part.shape[axis])).sum()) / total
        place = round((size - 1) / 2 - mass)
        corner.append(min(max(place, 0), size - part.shape[axis]))
    return _placed(part, size, (corner[0], corner[1]))


def counted_in_blocks(ink: Array, size: int, block: int) -> Array:
    """A drawing as the small digits were made: a fine bitmap whose ink is counted block by block.

    Args:
        ink: Height × width, 0 (paper) to 1 (ink).
        size: Height and width of the result.
        block: Height and width of a block, so that its values go from 0 to `block`².

    Source:
        E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI, 1998.
    """
    fine = size * block
    part = (within(ink, fine) > 0.5).astype(np.float32)
    corner = ((fine - part.shape[0]) // 2, (fine - part.shape[1]) // 2)
    return _placed(part, fine, corner).reshape(size, block, size, block).sum(axis=(1, 3))


def _placed(part: Array, size: int, corner: tuple[int, int]) -> Array:
    picture = np.zeros((size, size), np.float32)
    top, left = corner
    picture[top : top + part.shape[0], left : left + part.shape[1]] = part
    return picture
