"""Moves the pixels of pictures: turned, zoomed, shifted, with a choice of what comes in at the edges."""

from collections.abc import Callable

import torch


def affine_transform(
    images: torch.Tensor,
    matrices: torch.Tensor,
    *,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> torch.Tensor:
    """Pictures whose pixel (x, y) is taken from (a0 x + a1 y + a2, b0 x + b1 y + b2).

    Args:
        images: (batch, height, width, channels), floating numbers.
        matrices: (batch, 6): a0, a1, a2, b0, b1, b2 of each picture.
        interpolation: "bilinear" or "nearest".
        fill_mode: What is taken for pixels outside: "constant" is `fill_value`, "nearest" the edge, "wrap"
            the opposite side, "reflect" the mirror image with, "mirror" without the edge itself doubled.
        fill_value: The value for "constant".
    """
    height, width = images.shape[1:3]
    x = torch.arange(width, dtype=matrices.dtype, device=images.device)
    y = torch.arange(height, dtype=matrices.dtype, device=images.device).unsqueeze(1)
    a0, a1, a2, b0, b1, b2 = (column.reshape(-1, 1, 1) for column in matrices.unbind(1))
    return sample_pixels(
        images,
        b0 * x + b1 * y + b2,
        a0 * x + a1 * y + a2,
        interpolation=interpolation,
        fill_mode=fill_mode,
        fill_value=fill_value,
    )


def sample_pixels(
    images: torch.Tensor,
    rows: torch.Tensor,
    columns: torch.Tensor,
    *,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> torch.Tensor:
    """Pictures whose pixels are taken from given rows and columns, which may lie between pixels.

    Args:
        images: (batch, height, width, channels); whole numbers stay whole.
        rows: (batch, height, width).
        columns: (batch, height, width).
        interpolation: As in `affine_transform`, as are the others.
        fill_mode: What is taken for pixels outside.
        fill_value: The value for "constant".
    """
    nodes = _closest if interpolation == "nearest" else _both_neighbours
    total = torch.zeros(images.shape, dtype=torch.result_type(images, rows), device=images.device)
    for row, row_weight in nodes(rows):
        for column, column_weight in nodes(columns):
            pixels = _pixels(images, row, column, fill_mode, fill_value)
            total = total + pixels * (row_weight * column_weight).unsqueeze(-1)
    return total if images.is_floating_point() else total.round().to(images.dtype)


def _closest(places: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(places.round().long(), torch.ones_like(places))]


def _both_neighbours(places: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    below = places.floor()
    share = places - below
    return [(below.long(), 1 - share), (below.long() + 1, share)]


def _pixels(
    images: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor, fill_mode: str, fill_value: float
) -> torch.Tensor:
    """The pixel at each row and column: (batch, height, width, channels)."""
    batch, height, width, channels = images.shape
    inside = _INSIDE[fill_mode]
    places = inside(rows, height) * width + inside(columns, width)
    places = places.reshape(batch, -1, 1).expand(-1, -1, channels)
    pixels = images.reshape(batch, -1, channels).gather(1, places).reshape(images.shape)
    if fill_mode != "constant":
        return pixels
    known = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return torch.where(known.unsqueeze(-1), pixels, torch.as_tensor(fill_value, dtype=images.dtype))


def _clipped(places: torch.Tensor, size: int) -> torch.Tensor:
    return places.clamp(0, size - 1)


def _mirrored(places: torch.Tensor, size: int) -> torch.Tensor:
    """There and back again, with the pixel at the edge once."""
    last = size - 1
    return ((places + last) % (2 * last) - last).abs() if last else torch.zeros_like(places)


def reflected(places: torch.Tensor, size: int) -> torch.Tensor:
    """There and back again, with the pixel at the edge twice."""
    return (_mirrored(2 * places + 1, 2 * size + 1) - 1) // 2


def _wrapped(places: torch.Tensor, size: int) -> torch.Tensor:
    return places % size


_INSIDE: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
    "constant": _clipped,
    "nearest": _clipped,
    "wrap": _wrapped,
    "mirror": _mirrored,
    "reflect": reflected,
}
