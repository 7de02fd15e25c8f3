"""Colours as red, green and blue, as hue, saturation and value, and as grey."""

import torch

BYTE = (0, 255)
"""Least and largest value of a pixel as it is mostly stored."""
_GREY_OF_RED, _GREY_OF_GREEN, _GREY_OF_BLUE = 0.2989, 0.587, 0.114


def rgb_to_grayscale(images: torch.Tensor) -> torch.Tensor:
    """How bright the eye finds each pixel.

    Args:
        images: (…, 3), or (…, 1) which is grey already.

    Returns:
        (…, 1).
    """
    if images.shape[-1] == 1:
        return images
    red, green, blue = images.unbind(-1)
    return (_GREY_OF_RED * red + _GREY_OF_GREEN * green + _GREY_OF_BLUE * blue).unsqueeze(-1)


def rgb_to_hsv(images: torch.Tensor) -> torch.Tensor:
    """Hue and saturation as fractions 0-1, and the value as bright as the brightest colour.

    Args:
        images: (…, 3): red, green, blue.

    Returns:
        (…, 3): hue, saturation, value.

    Source:
        Smith 1978, https://doi.org/10.1145/800248.807361
    """
    images = torch.where(images.abs() < torch.finfo(images.dtype).eps, 0.0, images)
    red, green, blue = images.unbind(-1)
    value, least = images.amax(-1), images.amin(-1)
    span = value - least
    coloured = span > 0
    norm = 1 / (6 * torch.where(coloured, span, 1.0))
    hue = torch.where(value == green, norm * (blue - red) + 2 / 6, norm * (red - green) + 4 / 6)
    hue = torch.where(value == red, norm * (green - blue), hue)
    hue = torch.where(coloured, hue, 0.0)
    saturation = torch.where(value > 0, span / torch.where(value > 0, value, 1.0), 0.0)
    return torch.stack((hue + (hue < 0).to(hue.dtype), saturation, value), dim=-1)


def hsv_to_rgb(images: torch.Tensor) -> torch.Tensor:
    """The way back from `rgb_to_hsv`.

    Args:
        images: (…, 3): hue, saturation, value.

    Returns:
        (…, 3): red, green, blue.
    """
    hue, saturation, value = images.unbind(-1)
    sixth = hue.remainder(1) * 6
    red = ((sixth - 3).abs() - 1).clamp(0, 1)
    green = (2 - (sixth - 2).abs()).clamp(0, 1)
    blue = (2 - (sixth - 4).abs()).clamp(0, 1)
    pure = torch.stack((red, green, blue), dim=-1)
    saturation = saturation.unsqueeze(-1)
    return value.unsqueeze(-1) * (1 - saturation + saturation * pure)


def change_range(
    images: torch.Tensor, before: tuple[float, float], after: tuple[float, float]
) -> torch.Tensor:
    """Values of one range brought into another."""
    if before == after:
        return images
    return (images - before[0]) / (before[1] - before[0]) * (after[1] - after[0]) + after[0]
