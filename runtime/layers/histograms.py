"""Layers that spread the shades of pictures over the whole range of values."""

from typing import Annotated, Any

import torch

from runtime.errors import ParameterError
from runtime.layers.affine import reflected
from runtime.layers.arguments import Count, DataFormat, PixelRange
from runtime.layers.color_spaces import BYTE, change_range
from runtime.layers.image_layers import RandomPictures, checked_range
from runtime.layers.registration import register
from runtime.types import Range, Size

_SHADES = 256
_BRIGHTEST = 255.0


class _WithoutDraws(RandomPictures):
    """Base of layers that change pictures without chance."""

    def get_random_transformation(self, images: torch.Tensor) -> Any:
        """Nothing is drawn."""
        del images


@register("Augmentation", rank=2)
class AutoContrast(_WithoutDraws):
    """Stretches each colour of each picture, so that its darkest pixel is black and its brightest white.

    Args:
        value_range: Least and largest value of a pixel.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
    """

    always = True
    identity_in_inference = False

    def __init__(self, value_range: PixelRange = BYTE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_range(self, value_range)

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures, stretched; a colour that is the same everywhere stays."""
        shades = change_range(images, self.value_range, BYTE)
        low, high = shades.amin((1, 2), keepdim=True), shades.amax((1, 2), keepdim=True)
        scale = _BRIGHTEST / (high - low)
        stretched = (shades * scale - low * scale).clamp(*BYTE)
        return torch.where(high > low, change_range(stretched, BYTE, self.value_range), images)


# Not in the palette: in Keras 3.15 this layer gives its own input out when a model is made of it.
@register("")
class Equalization(_WithoutDraws):
    """Brings out details while training: all shades of a colour become about equally frequent.

    As in Keras, the shades of all pictures of a batch are counted together.

    Args:
        value_range: Least and largest value of a pixel.
        bins: How many shades are told apart.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/
    """

    def __init__(
        self,
        value_range: PixelRange = BYTE,
        bins: Count = _SHADES,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = checked_range(self, value_range)
        self.bins = bins

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures, each colour with shades of equal frequency."""
        low, high = self.value_range
        scale = (BYTE[1] - BYTE[0]) / (high - low)
        shades = images * scale + (BYTE[0] - low * scale)
        spread = torch.stack([self._spread(colour) for colour in shades.unbind(-1)], dim=-1)
        return spread * ((high - low) / (BYTE[1] - BYTE[0])) + low

    def _spread(self, shades: torch.Tensor) -> torch.Tensor:
        """One colour of all pictures, its shades of equal frequency."""
        bins = (shades.float() * (self.bins - 1) / _BRIGHTEST).int().clamp(0, self.bins - 1)
        counts = torch.bincount(bins.flatten(), minlength=self.bins)
        reached = counts.cumsum(0)
        first = reached[counts > 0][0]
        if int(reached[-1]) == int(first):
            return shades
        table = ((reached - first) * int(_BRIGHTEST) / (reached[-1] - first)).round().clamp(*BYTE)
        places = (shades / _BRIGHTEST * (self.bins - 1)).clamp(0, self.bins - 1).long()
        return table.to(shades.dtype)[places]


@register("Augmentation", rank=2)
class ContrastLimitedAdaptiveHistogramEqualization(_WithoutDraws):
    """Brings out details in dark and in bright parts of pictures alike: each part gets shades of its own.

    Args:
        value_range: Least and largest value of a pixel.
        clip_limit: How much more frequent than on average a shade may be, so that noise is not brought out;
            0 sets no limit.
        tile_grid_size: In how many parts a picture is divided, down and across.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        Zuiderveld 1994, https://doi.org/10.1016/B978-0-12-336156-1.50061-6
    """

    always = True
    identity_in_inference = False
    whole_pixels_stay = True

    def __init__(
        self,
        value_range: PixelRange = BYTE,
        clip_limit: float = 4.0,
        tile_grid_size: Annotated[tuple[int, int], Size(2), Range(min=1)] = (8, 8),
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = checked_range(self, value_range)
        self.clip_limit = clip_limit
        if isinstance(tile_grid_size, int):
            raise ParameterError(
                f"{type(self).__name__}(tile_grid_size=…) got {tile_grid_size}, but it wants two numbers.",
                parameter="tile_grid_size",
                received=tile_grid_size,
                hint="Such as (8, 8): parts down and across.",
            )
        self.tile_grid_size = tuple(tile_grid_size)

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures; between the middles of parts, what these say is mixed."""
        shades = change_range(images.float(), self.value_range, BYTE)
        height, width = images.shape[1:3]
        down, across = self.tile_grid_size
        tile_height, tile_width = -(-height // down), -(-width // across)
        # Parts are of one size: pictures are continued as in a mirror.
        rows = reflected(torch.arange(tile_height * down, device=images.device), height)
        columns = reflected(torch.arange(tile_width * across, device=images.device), width)
        pixels = shades[:, rows][:, :, columns].int().clamp(0, _SHADES - 1).long()
        tables = self._tables(pixels, tile_height, tile_width)
        top, bottom, low_share = _neighbours(height, tile_height, down, images.device)
        left, right, right_share = _neighbours(width, tile_width, across, images.device)
        pixels = pixels[:, :height, :width]
        batch = torch.arange(images.shape[0], device=images.device).reshape(-1, 1, 1, 1)
        channel = torch.arange(images.shape[-1], device=images.device)

        def said_by(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
            return tables[batch, row.reshape(-1, 1, 1), column.reshape(-1, 1), channel, pixels]

        right_share = right_share.reshape(-1, 1)
        above = said_by(top, left) * (1 - right_share) + said_by(top, right) * right_share
        below = said_by(bottom, left) * (1 - right_share) + said_by(bottom, right) * right_share
        low_share = low_share.reshape(-1, 1, 1)
        return change_range(above * (1 - low_share) + below * low_share, BYTE, self.value_range)

    def _tables(self, pixels: torch.Tensor, tile_height: int, tile_width: int) -> torch.Tensor:
        """What becomes of each shade in each part: (batch, down, across, channels, shades)."""
        batch, channels = pixels.shape[0], pixels.shape[-1]
        down, across = self.tile_grid_size
        size = tile_height * tile_width
        tiles = pixels.reshape(batch, down, tile_height, across, tile_width, channels)
        tiles = tiles.permute(0, 1, 3, 5, 2, 4).reshape(-1, size)
        counts = torch.zeros(tiles.shape[0], _SHADES, device=pixels.device)
        counts.scatter_add_(1, tiles, torch.ones_like(tiles, dtype=counts.dtype))
        if self.clip_limit > 0:
            # Keras on torch takes a whole number of pixels for the limit.
            limited = counts.clamp(0, int(self.clip_limit * size / _SHADES))
            counts = limited + (counts - limited).sum(1, keepdim=True) / _SHADES
        reached = counts.cumsum(1)
        first = reached.amin(1, keepdim=True)
        rest = size - first
        tables = (reached - first) * _BRIGHTEST / torch.where(rest == 0, 1.0, rest)
        return tables.clamp(0, _BRIGHTEST).reshape(batch, down, across, channels, _SHADES)


def _neighbours(
    length: int, tile: int, count: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The parts before and behind each pixel along an axis, and the share of the one behind."""
    places = (torch.arange(length, dtype=torch.float32, device=device) - tile / 2) / tile + 1
    before = places.floor()
    share = places - before
    # Before the middle of the first part and behind that of the last, that part alone counts.
    return (before - 1).clamp(0, count - 1).long(), before.clamp(0, count - 1).long(), share
