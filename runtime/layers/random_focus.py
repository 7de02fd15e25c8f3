"""Augmentation that makes pictures blurred or sharper at random while training."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError
from runtime.layers.arguments import DataFormat, Factor, PixelRange, Seed
from runtime.layers.color_spaces import BYTE
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds, per_picture
from runtime.layers.registration import register
from runtime.types import Size

_SMOOTHING = ((1 / 13, 1 / 13, 1 / 13), (1 / 13, 5 / 13, 1 / 13), (1 / 13, 1 / 13, 1 / 13))
_LEAST_SIGMA = 1e-6


def filtered(images: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """Pictures whose pixels are sums of their neighbours; there is 0 around.

    Args:
        images: (batch, height, width, channels).
        kernel: (height, width), odd: how much each neighbour counts.
    """
    channels = images.shape[-1]
    kernel = kernel.to(images.dtype).expand(channels, 1, -1, -1)
    padding = (kernel.shape[2] // 2, kernel.shape[3] // 2)
    return F.conv2d(images.movedim(-1, 1), kernel, padding=padding, groups=channels).movedim(1, -1)


def bell(size: tuple[int, int], sigma: torch.Tensor) -> torch.Tensor:
    """A kernel of that height and width whose numbers fall off as a bell does, and sum up to 1.

    Args:
        size: Height and width, in pixels.
        sigma: (2,): how wide the bell is across and down, in pixels.
    """
    down, across = (
        torch.exp(
            -0.5
            * ((torch.arange(length, dtype=sigma.dtype, device=sigma.device) - (length - 1) / 2) / width) ** 2
        )
        for length, width in zip(size, sigma.flip(0), strict=True)
    )
    return torch.outer(down / down.sum(), across / across.sum())


@register("Augmentation")
class RandomGaussianBlur(RandomPictures):
    """Blurs some pictures at random while training.

    Args:
        factor: Share of the pictures, a fraction 0-1; or two, between which it is drawn.
        kernel_size: How many pixels around are mixed, odd; or two such numbers, down and across.
        sigma: How far the blur reaches at most, 0-1 pixels; or a lower and an upper bound.
        value_range: Least and largest value of a pixel; results are kept within.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/
    """

    def __init__(
        self,
        factor: Factor = 1.0,
        kernel_size: Annotated[int | tuple[int, int], Size(2)] = 3,
        sigma: Factor = 1.0,
        value_range: PixelRange = BYTE,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        self.kernel_size = (height, width)
        if any(size % 2 == 0 for size in self.kernel_size):
            raise ParameterError(
                f"RandomGaussianBlur(kernel_size=…) got {kernel_size!r}, but it wants odd numbers.",
                parameter="kernel_size",
                received=kernel_size,
                hint="Such as 3: the pixel itself and one at each side.",
            )
        self.sigma = factor_bounds(sigma)
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Which pictures are blurred, and how far, across and down, for all of them."""
        share = self.uniform(images, *self.factor)
        chosen = self.uniform(images) < share
        return {"chosen": chosen, "sigma": self.uniform(images, *self.sigma, shape=(2,)) + _LEAST_SIGMA}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, some of them blurred."""
        blurred = filtered(images, bell(self.kernel_size, transformation["sigma"].to(images.dtype)))
        return torch.where(per_picture(transformation["chosen"]), blurred, images).clamp(*self.value_range)


@register("Augmentation")
class RandomSharpness(RandomPictures):
    """Makes pictures softer or sharper at random while training.

    Args:
        factor: Where between soft (0), unchanged (0.5) and sharp (1) the draws lie: from 0 to this number; or
            a lower and an upper one.
        value_range: Least and largest value of a pixel; results are kept within.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/
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
        """How sharp each picture becomes."""
        return self.uniform(images, *self.factor)

    def transform_images(self, images: torch.Tensor, transformation: torch.Tensor) -> torch.Tensor:
        """The pictures, mixed with a smoothed version, or taken further away from it."""
        smooth = filtered(images, torch.tensor(_SMOOTHING, device=images.device))
        share = 1 - per_picture(transformation * 2).to(images.dtype)
        return (images + share * (smooth - images)).clamp(*self.value_range)
