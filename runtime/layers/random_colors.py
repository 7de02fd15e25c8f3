"""Augmentation that changes colours: hue, saturation and grey, at random while training."""

from typing import Any

import torch

from runtime.errors import ShapeError
from runtime.layers.arguments import DataFormat, Factor, PixelRange, Rate, Seed, SignedFactor
from runtime.layers.color_spaces import BYTE, change_range, hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds, per_picture
from runtime.layers.registration import register
from runtime.types import Shape, show_shape

_EPSILON = 1e-7


class ColourPictures(RandomPictures):
    """Base of layers that know what red, green and blue are."""

    _channels: tuple[int, ...] = (3,)
    """How many channels pictures may have; () for any number."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.axes.require(self, input_shape)
        channels = input_shape[self.axes.channels]
        if self._channels and channels not in (None, *self._channels):
            raise ShapeError(
                f"{self.label} wants pictures in colour (3 channels), but gets {show_shape(input_shape)}.",
                port="inputs",
                hint="Pictures without colours are changed by RandomBrightness and RandomContrast.",
            )
        return input_shape

    def changed(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pictures changed as is drawn for them; a wrong number of channels is told as such."""
        self.compute_output_shape(tuple(inputs.shape))
        return super().changed(inputs)


@register("Augmentation")
class RandomHue(ColourPictures):
    """Shifts all colours around the colour wheel at random while training: red may turn orange.

    Args:
        factor: Largest shift as a fraction of half the wheel, 0-1; or a lower and an upper one.
        value_range: Least and largest value of a pixel.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, 3).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/
    """

    def __init__(
        self,
        factor: Factor,
        value_range: PixelRange = BYTE,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """The shift of each picture, to either side, as a fraction of the wheel."""
        side = torch.where(self.uniform(images) > 0.5, -1.0, 1.0)
        return side * self.uniform(images, *self.factor) * 0.5

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures with other hues."""
        hsv = rgb_to_hsv(change_range(images, self.value_range, (0, 1)))
        hue = hsv[..., :1] + per_picture(transformation).to(images.dtype)
        images = hsv_to_rgb(torch.cat((hue, hsv[..., 1:]), dim=-1)).clamp(0, 1)
        return change_range(images, (0, 1), self.value_range)


@register("Augmentation")
class RandomSaturation(ColourPictures):
    """Makes colours stronger or paler at random while training.

    Args:
        factor: Where between grey (0 and less), unchanged (0.5) and full colours (1) the draws lie: a lower
            and an upper one, such as (0.4, 0.6); one number f is (-f, f).
        value_range: Least and largest value of a pixel.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, 3).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/
    """

    def __init__(
        self,
        factor: SignedFactor,
        value_range: PixelRange = BYTE,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor, lowest=-1)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """What the saturation of each picture is multiplied with."""
        drawn = self.uniform(images, *self.factor)
        return drawn / (1 - drawn + _EPSILON)

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, paler or stronger."""
        hsv = rgb_to_hsv(images)
        saturation = hsv[..., 1:2] * per_picture(transformation).to(images.dtype)
        # Keras bounds the saturation, which is a fraction, by the range of the pixels.
        saturation = saturation.clamp(*self.value_range)
        return hsv_to_rgb(torch.cat((hsv[..., :1], saturation, hsv[..., 2:]), dim=-1))


@register("Augmentation")
class RandomGrayscale(ColourPictures):
    """Takes the colours out of some pictures while training, so that shapes have to be learnt.

    Args:
        factor: Share of the pictures that turn grey, a fraction 0-1.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, 3).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/
    """

    _channels = (1, 3)
    whole_pixels_stay = True

    def __init__(
        self, factor: Rate = 0.5, data_format: DataFormat = None, seed: Seed = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """True for the pictures that turn grey."""
        return self.uniform(images) < self.factor

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, some of them grey; they keep their channels."""
        return torch.where(per_picture(transformation), rgb_to_grayscale(images), images)


@register("Augmentation")
class RandomColorDegeneration(ColourPictures):
    """Mixes pictures with their grey version at random while training.

    Args:
        factor: Largest share of grey as a fraction; or a lower and an upper one, from -1 to 1. A share
            below 0, which one number allows as well, makes colours stronger.
        value_range: Least and largest value of a pixel; results are kept within.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, 3).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/
    """

    def __init__(
        self,
        factor: SignedFactor,
        value_range: PixelRange = BYTE,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor, lowest=-1)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """The share of grey of each picture."""
        return self.uniform(images, *self.factor)

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, mixed with grey."""
        share = per_picture(transformation).to(images.dtype)
        return (images + share * (rgb_to_grayscale(images) - images)).clamp(*self.value_range)
