"""Pictures bent: looked up at other coordinates, turned, tilted, stretched, or shaken at random.

Source: https://keras.io/api/ops/image/
"""

import itertools
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.ops.conversion import TensorLike, is_whole, result_type, tensor, tensors
from runtime.ops.convolutions import is_last
from runtime.ops.filters import gaussian_blur
from runtime.ops.pictures import pictures
from runtime.ops.registration import image_op

_ORDERS = {"nearest": 0, "bilinear": 1}


def _mirrored(places: Tensor, size: int) -> Tensor:
    half = size - 1
    return torch.abs((places + half) % (2 * half) - half)


_OUTSIDE: dict[str, Callable[[Tensor, int], Tensor]] = {
    "constant": lambda places, size: places.clip(0, size - 1),
    "nearest": lambda places, size: places.clip(0, size - 1),
    "wrap": lambda places, size: places % size,
    "mirror": _mirrored,
    "reflect": lambda places, size: (_mirrored(2 * places + 1, 2 * size + 1) - 1).div(
        2, rounding_mode="floor"
    ),
}
"""Which place inside stands for one outside."""


@image_op("inputs", "coordinates")
def map_coordinates(
    inputs: TensorLike,
    coordinates: TensorLike,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> Tensor:
    """The numbers at coordinates between the places of a tensor.

    Args:
        inputs: The tensor.
        coordinates: For each axis of the tensor, where to look.
        order: 0 takes the nearest number, 1 something between the nearest ones.
        fill_mode: What stands outside: "constant", "nearest", "wrap", "mirror" or "reflect".
        fill_value: The constant.

    Raises:
        ShapeError: There are not as many coordinates as axes.
        ParameterError: Another order or mode.
    """
    x, found = tensor(inputs), tensors(coordinates)
    if len(found) != x.ndim or found[0].ndim < 1:
        raise ShapeError(
            f"map_coordinates() wants a row of coordinates for each of {x.ndim} axes, but got {len(found)}.",
            port="coordinates",
        )
    if fill_mode not in _OUTSIDE or order not in (0, 1):
        raise ParameterError(
            f"map_coordinates() has no order {order!r} with fill_mode {fill_mode!r}.",
            parameter="fill_mode",
            received=fill_mode,
            hint=f"Orders are 0 and 1; modes are {', '.join(map(repr, _OUTSIDE))}.",
        )
    sides = [_sides(along, size, order, fill_mode) for along, size in zip(found, x.shape, strict=True)]
    return _looked_up(x, sides, fill_mode, fill_value)


Side = tuple[Tensor, Tensor, Any]
"""Places along an axis, whether they are inside, and how much the numbers there count."""


def _looked_up(x: Tensor, sides: list[list[Side]], fill_mode: str, fill_value: float) -> Tensor:
    """The numbers at all corners, each as much as it counts; last axes without coordinates go along."""
    rest = (1,) * (x.ndim - len(sides))
    fill = int(fill_value) if is_whole(x.dtype) else fill_value
    total: Any = 0
    for corner in itertools.product(*sides):
        values = x[tuple(places for places, _, _ in corner)]
        if fill_mode == "constant":
            inside = reduce(operator.and_, (within for _, within, _ in corner))
            values = torch.where(inside.reshape(*inside.shape, *rest), values, fill)
        share = reduce(operator.mul, (count for _, _, count in corner))
        total = total + (share.reshape(*share.shape, *rest) if isinstance(share, Tensor) else share) * values
    if is_whole(x.dtype) and not is_whole(total.dtype):
        total = total.round()
    return total.to(x.dtype)


def _sides(along: Tensor, size: int, order: int, fill_mode: str) -> list[Side]:
    """The places next to coordinates along an axis."""
    outside = _OUTSIDE[fill_mode]
    return [
        (outside(places, size), (places >= 0) & (places < size), share)
        for places, share in _neighbours(along, order)
    ]


def _neighbours(along: Tensor, order: int) -> list[tuple[Tensor, Any]]:
    """The places next to coordinates, and how much each counts."""
    if order == 0:
        return [((along if is_whole(along.dtype) else along.round()).long(), 1)]
    lower = along.floor()
    share = along - lower
    return [(lower.long(), 1 - share), (lower.long() + 1, share)]


def _order(interpolation: str, fill_mode: str = "constant") -> int:
    if interpolation not in _ORDERS or fill_mode not in _OUTSIDE:
        raise ParameterError(
            f"There is no interpolation {interpolation!r} with fill_mode {fill_mode!r}.",
            parameter="interpolation",
            received=interpolation,
            hint=f"Take 'nearest' or 'bilinear', and {', '.join(map(repr, _OUTSIDE))}.",
        )
    return _ORDERS[interpolation]


def _batch(images: Tensor, data_format: str | None) -> Tensor:
    images = images if is_last(data_format) else images.movedim(-3, -1)
    return images if images.ndim == 4 else images.unsqueeze(0)


def _unbatched(found: Tensor, like: Tensor, data_format: str | None) -> Tensor:
    found = found if like.ndim == found.ndim else found.squeeze(0)
    return found if is_last(data_format) else found.movedim(-1, -3)


def _sampled(images: Tensor, rows: Tensor, columns: Tensor, order: int, mode: str, value: float) -> Tensor:
    """Pictures (batch, height, width, channels) at rows and columns, (batch, height, width) each."""
    number = torch.arange(images.shape[0], device=images.device).reshape(-1, 1, 1).expand(rows.shape)
    sides = [
        # Nothing lies between two pictures.
        [(number, torch.ones_like(number, dtype=torch.bool), 1)],
        _sides(rows, images.shape[1], order, mode),
        _sides(columns, images.shape[2], order, mode),
    ]
    return _looked_up(images, sides, mode, value)


def _grid(images: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Row and column of each pixel, (height, width) each."""
    rows, columns = (torch.arange(size, dtype=dtype, device=images.device) for size in images.shape[1:3])
    down, right = torch.meshgrid(rows, columns, indexing="ij")
    return down, right


@image_op("images", "transform")
def affine_transform(
    images: TensorLike,
    transform: TensorLike,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures moved, turned, stretched or slanted.

    Args:
        images: One picture or a batch.
        transform: Eight numbers a0, a1, a2, b0, b1, b2, c0, c1, or as many for each picture: the pixel (x, y)
            comes from (a0·x + a1·y + a2, b0·x + b1·y + b2). c0 and c1 are 0.
        interpolation: "nearest" or "bilinear".
        fill_mode: What stands outside: "constant", "nearest", "wrap", "mirror" or "reflect".
        fill_value: The constant.
        data_format: Where the channels stand; None is "channels_last".

    Raises:
        ParameterError: Another interpolation or mode.
    """
    order = _order(interpolation, fill_mode)
    images, numbers = pictures(images), tensor(transform)
    pixels = _batch(images, data_format)
    numbers = numbers if numbers.is_floating_point() else numbers.float()
    parts = numbers.reshape(-1, 8)[:, :6].expand(pixels.shape[0], 6)
    a0, a1, a2, b0, b1, b2 = (part.reshape(-1, 1, 1) for part in parts.unbind(-1))
    y, x = _grid(pixels, numbers.dtype)
    found = _sampled(pixels, b0 * x + b1 * y + b2, a0 * x + a1 * y + a2, order, fill_mode, fill_value)
    return _unbatched(found, images, data_format)


@image_op("images", "start_points", "end_points")
def perspective_transform(
    images: TensorLike,
    start_points: TensorLike,
    end_points: TensorLike,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures tilted so that four points come to lie on four others.

    Args:
        images: One picture or a batch.
        start_points: Four points (x, y), or four for each picture.
        end_points: Where they come to lie.
        interpolation: "nearest" or "bilinear".
        fill_value: What stands outside.
        data_format: Where the channels stand; None is "channels_last".

    Raises:
        ShapeError: There are not four points.
        ParameterError: Another interpolation.
    """
    order = _order(interpolation)
    images = pictures(images)
    start, end = (tensor(points, images.dtype) for points in (start_points, end_points))
    if start.shape != end.shape or tuple(start.shape[-2:]) != (4, 2):
        raise ShapeError(
            "perspective_transform() wants four points (x, y) and four others, but got "
            f"{tuple(start.shape)} and {tuple(end.shape)}.",
            port="start_points",
        )
    pixels = _batch(images, data_format)
    numbers = _homography(start.reshape(-1, 4, 2), end.reshape(-1, 4, 2)).expand(pixels.shape[0], 8)
    a0, a1, a2, b0, b1, b2, c0, c1 = (part.reshape(-1, 1, 1) for part in numbers.unbind(-1))
    y, x = _grid(pixels, numbers.dtype)
    depth = c0 * x + c1 * y + 1
    rows, columns = (b0 * x + b1 * y + b2) / depth, (a0 * x + a1 * y + a2) / depth
    found = _sampled(pixels, rows, columns, order, "constant", fill_value)
    return _unbatched(found, images, data_format)


def _homography(start: Tensor, end: Tensor) -> Tensor:
    """The eight numbers of the projection that takes the end points back to the start points."""
    dtype = result_type(start.dtype, end.dtype, float)
    (u, v), (x, y) = start.to(torch.float32).unbind(-1), end.to(torch.float32).unbind(-1)
    one, none = torch.ones_like(x), torch.zeros_like(x)
    across = torch.stack((x, y, one, none, none, none, -u * x, -u * y), dim=-1)
    down = torch.stack((none, none, none, x, y, one, -v * x, -v * y), dim=-1)
    matrix = torch.stack((across, down), dim=-2).flatten(1, 2)
    return torch.linalg.solve(matrix, start.to(torch.float32).flatten(1)).to(dtype)


@image_op()
def elastic_transform(
    images: TensorLike,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Pictures bent at random, smoothly.

    Args:
        images: One picture or a batch.
        alpha: How far pixels move.
        sigma: How smoothly.
        interpolation: "nearest" or "bilinear".
        fill_mode: What stands outside.
        fill_value: The constant.
        seed: A whole number makes the draws repeat.
        data_format: Where the channels stand; None is "channels_last".
    """
    order = _order(interpolation, fill_mode)
    images = pictures(images)
    pixels = _batch(images, data_format)
    generator = None
    if isinstance(seed, int) and not pixels.is_meta:
        generator = torch.Generator(pixels.device).manual_seed(seed)
    dtype = pixels.dtype if pixels.is_floating_point() else torch.float32
    length = int(6 * sigma) | 1
    moves = torch.randn(2, *pixels.shape[:3], generator=generator, dtype=dtype, device=pixels.device) * sigma
    smooth = gaussian_blur(moves.flatten(0, 1)[..., None], (length, length), (sigma, sigma))
    down, right = smooth.reshape(moves.shape) * alpha
    rows, columns = _grid(pixels, dtype)
    found = _sampled(pixels, rows + down, columns + right, order, fill_mode, fill_value)
    return _unbatched(found, images, data_format)
