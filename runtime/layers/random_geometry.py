"""Augmentation that moves pixels: pictures flipped, turned, zoomed and shifted at random while training."""

import math
from typing import Annotated, Any, Literal

import torch

from runtime.layers.affine import affine_transform
from runtime.layers.arguments import Bounds, DataFormat, Seed, SignedFactor
from runtime.layers.image_layers import RandomPictures, factor_bounds, per_picture
from runtime.layers.registration import register
from runtime.types import Range

FillMode = Literal["reflect", "constant", "wrap", "nearest"]
Interpolation = Literal["bilinear", "nearest"]
_ZoomFactor = Annotated[Bounds, Range(min=-1, max=1, exclusive_min=True)]


@register("Augmentation", rank=0)
class RandomFlip(RandomPictures):
    """Flips every other picture while training, so that left and right do not matter.

    Args:
        mode: "horizontal" swaps left and right, "vertical" top and bottom, "horizontal_and_vertical" both.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
    """

    moves_pixels = True

    def __init__(
        self,
        mode: Literal["horizontal_and_vertical", "horizontal", "vertical"] = "horizontal_and_vertical",
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.mode = mode

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """True for the pictures that are flipped."""
        return self.uniform(images) <= 0.5

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, some of them flipped."""
        axes = [axis for axis, word in ((1, "vertical"), (2, "horizontal")) if word in self.mode]
        return torch.where(per_picture(transformation), images.flip(axes), images)


class MovedPictures(RandomPictures):
    """Base of layers that take each pixel from another place.

    Args:
        fill_mode: What comes in at the edges.
        interpolation: How values between pixels are found.
        seed: A whole number that makes the random draws repeat.
        fill_value: The value for `fill_mode="constant"`.
        data_format: Where the channels stand.
    """

    moves_pixels = True

    def __init__(
        self,
        fill_mode: str,
        interpolation: str,
        seed: int | None,
        fill_value: float,
        data_format: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures with each pixel taken from where the matrices say."""
        return self.moved(images, transformation, self.interpolation)

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, moved alike; there is nothing between two kinds of things."""
        return self.moved(masks, transformation, "nearest")

    def moved(self, images: torch.Tensor, transformation: Any, interpolation: str) -> torch.Tensor:
        """Pictures or masks with each pixel taken from where the matrices say."""
        return affine_transform(
            images,
            transformation,
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )


def matrices(*columns: Any, like: torch.Tensor) -> torch.Tensor:
    """(batch, 6) of columns, each of them one number a picture or for all."""
    return torch.stack([column + torch.zeros_like(like) for column in columns], dim=1)


@register("Augmentation", rank=0)
class RandomRotation(MovedPictures):
    """Turns pictures by a random angle while training.

    Args:
        factor: Largest angle as a fraction of a full turn: 0.1 is up to 36 degrees to either side; or a lower
            and an upper one, where positive turns against the clock.
        fill_mode: What comes in at the edges: "reflect" a mirror image, "wrap" the opposite side, "nearest"
            the pixel at the edge, "constant" `fill_value`.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        fill_value: The value for `fill_mode="constant"`.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
    """

    def __init__(
        self,
        factor: SignedFactor,
        fill_mode: FillMode = "reflect",
        interpolation: Interpolation = "bilinear",
        seed: Seed = None,
        fill_value: float = 0.0,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = factor_bounds(factor, lowest=-1)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """A turn around the middle of each picture."""
        return self.turn(images, self.uniform(images, *self.factor) * 2 * math.pi)

    def turn(self, images: torch.Tensor, angles: torch.Tensor) -> torch.Tensor:
        """Matrices of turns around the middle by angles, in radians."""
        height, width = images.shape[1:3]
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        cos, sin = angles.cos(), angles.sin()
        shift_x = middle_x - middle_x * cos + middle_y * sin
        shift_y = middle_y - middle_x * sin - middle_y * cos
        return matrices(cos, -sin, shift_x, sin, cos, shift_y, like=angles)


@register("Augmentation", rank=0)
class RandomZoom(MovedPictures):
    """Zooms pictures in and out at random while training.

    Args:
        height_factor: Largest change of the height as a fraction: 0.2 is up to 20 % smaller or larger; or a
            lower and an upper one, where positive zooms out.
        width_factor: The same for the width; None zooms it as the height, so that proportions stay.
        fill_mode: What comes in at the edges: "reflect" a mirror image, "wrap" the opposite side, "nearest"
            the pixel at the edge, "constant" `fill_value`.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        fill_value: The value for `fill_mode="constant"`.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
    """

    def __init__(
        self,
        height_factor: _ZoomFactor,
        width_factor: _ZoomFactor | None = None,
        fill_mode: FillMode = "reflect",
        interpolation: Interpolation = "bilinear",
        seed: Seed = None,
        fill_value: float = 0.0,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_bounds = factor_bounds(height_factor, lowest=-1)
        self.width_bounds = None if width_factor is None else factor_bounds(width_factor, lowest=-1)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """A zoom around the middle of each picture."""
        rows = 1 + self.uniform(images, *self.height_bounds)
        columns = rows if self.width_bounds is None else 1 + self.uniform(images, *self.width_bounds)
        return self.zoom(images, rows, columns)

    def zoom(self, images: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """Matrices of zooms around the middle; more than 1 zooms out."""
        height, width = images.shape[1:3]
        shift_x, shift_y = (width - 1) / 2 * (1 - columns), (height - 1) / 2 * (1 - rows)
        return matrices(columns, 0, shift_x, 0, rows, shift_y, like=rows)


@register("Augmentation", rank=0)
class RandomTranslation(MovedPictures):
    """Shifts pictures at random while training, so that the place of things does not matter.

    Args:
        height_factor: Largest shift as a fraction of the height: 0.2 is up to 20 % up or down; or a lower and
            an upper one, where positive shifts down.
        width_factor: The same for the width, where positive shifts to the right.
        fill_mode: What comes in at the edges: "reflect" a mirror image, "wrap" the opposite side, "nearest"
            the pixel at the edge, "constant" `fill_value`.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        fill_value: The value for `fill_mode="constant"`.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
    """

    def __init__(
        self,
        height_factor: SignedFactor,
        width_factor: SignedFactor,
        fill_mode: FillMode = "reflect",
        interpolation: Interpolation = "bilinear",
        seed: Seed = None,
        fill_value: float = 0.0,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_bounds = factor_bounds(height_factor, lowest=-1)
        self.width_bounds = factor_bounds(width_factor, lowest=-1)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """A shift of each picture."""
        down = self.uniform(images, *self.height_bounds) * images.shape[1]
        right = self.uniform(images, *self.width_bounds) * images.shape[2]
        return self.shift(down, right)

    def shift(self, down: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Matrices of shifts, in pixels."""
        return matrices(1, 0, -right, 0, 1, -down, like=down)
