"""Augmentation that changes light at random while training: brightness, contrast, negatives."""

from typing import Annotated, Any

import torch

from runtime.layers.arguments import Bounds, DataFormat, Factor, PixelRange, Seed, SignedFactor
from runtime.layers.color_spaces import BYTE, change_range
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds, per_picture
from runtime.layers.registration import register
from runtime.types import Range

_BITS = 8


@register("Augmentation")
class RandomBrightness(RandomPictures):
    """Makes pictures brighter or darker at random while training.

    Args:
        factor: Largest change as a fraction of the range of values: 0.2 is up to 20 % brighter or darker; or
            a lower and an upper one.
        value_range: Least and largest value of a pixel; results are kept within.
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
    """

    def __init__(
        self, factor: SignedFactor, value_range: PixelRange = BYTE, seed: Seed = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = factor_bounds(factor, lowest=-1)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """What is added to the pixels of each picture."""
        return self.uniform(images, *self.factor) * (self.value_range[1] - self.value_range[0])

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, brighter or darker."""
        return (images + per_picture(transformation).to(images.dtype)).clamp(*self.value_range)


@register("Augmentation")
class RandomContrast(RandomPictures):
    """Changes how far pixels are from the mean of their picture at random while training.

    Args:
        factor: Largest rise of the contrast as a fraction, 0-1: 0.2 is up to 20 % more; or two: (0.3, 0.2) is
            from 20 % less to 30 % more, the smaller one is always the loss.
        value_range: Least and largest value of a pixel; results are kept within.
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
    """

    def __init__(
        self, factor: Factor, value_range: PixelRange = BYTE, seed: Seed = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """What the distance from the mean is multiplied with, for each picture."""
        return self.uniform(images, 1 - self.factor[0], 1 + self.factor[1])

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, with more or less contrast; each channel has its own mean."""
        mean = images.mean(dim=1, keepdim=True).mean(dim=2, keepdim=True)
        contrast = per_picture(transformation).to(images.dtype)
        return ((images - mean) * contrast + mean).clamp(*self.value_range)


@register("Augmentation")
class RandomInvert(RandomPictures):
    """Turns some pictures into their negative while training: dark becomes bright.

    Args:
        factor: Share of the pictures, a fraction 0-1; or two, between which it is drawn.
        value_range: Least and largest value of a pixel.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/
    """

    def __init__(
        self,
        factor: Factor = 1.0,
        value_range: PixelRange = BYTE,
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """True for the pictures that become negatives."""
        share = self.uniform(images, *self.factor)
        return self.uniform(images) < share

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, some of them negatives."""
        return torch.where(per_picture(transformation), self.value_range[1] - images, images)


@register("Augmentation")
class RandomPosterization(RandomPictures):
    """Leaves fewer shades of each colour while training, as on a printed poster.

    Args:
        factor: How many of the 8 bits of a colour are kept, 1-8; or two numbers, between which it is drawn
            (the larger one itself is not).
        value_range: Least and largest value of a pixel.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        Cubuk et al. 2018, https://arxiv.org/abs/1805.09501
    """

    def __init__(
        self,
        factor: Annotated[Bounds, Range(min=1, max=_BITS)],
        value_range: PixelRange = BYTE,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor, lowest=1)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """How many bits of each picture's colours are lost."""
        # Keras: one number f is the range from 1 to f.
        kept = self.uniform(images, *self.factor).floor()
        return _BITS - kept.clamp(1, _BITS).long()

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures with the lost bits at 0."""
        lost = per_picture(transformation)
        shades = change_range(images, self.value_range, BYTE).to(torch.uint8).long()
        kept = ((shades >> lost) << lost).to(images.dtype)
        return change_range(kept, BYTE, self.value_range)


@register("Augmentation")
class Solarization(RandomPictures):
    """Turns bright pixels dark while training, as light does on a film that is exposed too long.

    Args:
        addition_factor: What is added before, at most, as a fraction of the range of values, 0-1; or a lower
            and an upper one.
        threshold_factor: Pixels below stay as they are: at most, as a fraction, 0-1; or a lower and an upper
            one.
        value_range: Least and largest value of a pixel.
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/
    """

    def __init__(
        self,
        addition_factor: Factor = 0.0,
        threshold_factor: Factor = 0.0,
        value_range: PixelRange = BYTE,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.addition_factor = factor_bounds(addition_factor)
        self.threshold_factor = factor_bounds(threshold_factor)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """What is added, and from where on is turned, for each picture, in values of 0-255."""
        # Keras scales the upper bound alone.
        return {
            name: self.uniform(images, low, high * BYTE[1])
            for name, (low, high) in (
                ("additions", self.addition_factor),
                ("thresholds", self.threshold_factor),
            )
        }

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, with the pixels above the threshold turned."""
        additions, thresholds = (
            per_picture(transformation[name]).to(images.dtype) for name in ("additions", "thresholds")
        )
        lit = (change_range(images, self.value_range, BYTE) + additions).clamp(*BYTE)
        turned = torch.where(lit < thresholds, lit, BYTE[1] - lit)
        return change_range(turned, BYTE, self.value_range)
