"""Augmentation that puts several changes together: of colours, or any few of many."""

from typing import Annotated, Any

import torch

from runtime.layers.arguments import Count, DataFormat, Factor, PixelRange, Seed, SignedFactor
from runtime.layers.color_spaces import BYTE
from runtime.layers.histograms import AutoContrast, Equalization
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds
from runtime.layers.random_colors import (
    ColourPictures,
    RandomColorDegeneration,
    RandomHue,
    RandomSaturation,
)
from runtime.layers.random_focus import RandomSharpness
from runtime.layers.random_geometry import Interpolation, RandomRotation, RandomTranslation
from runtime.layers.random_light import RandomBrightness, RandomContrast, RandomPosterization, Solarization
from runtime.layers.random_warps import RandomShear
from runtime.layers.registration import register
from runtime.types import Range

_BITS = 8


@register("Augmentation", rank=2)
class RandomColorJitter(ColourPictures):
    """Changes brightness, contrast, saturation and hue of pictures at random while training.

    Args:
        value_range: Least and largest value of a pixel.
        brightness_factor: As in RandomBrightness; None leaves the brightness alone.
        contrast_factor: As in RandomContrast; None leaves the contrast alone.
        saturation_factor: As in RandomSaturation; None leaves the saturation alone.
        hue_factor: As in RandomHue; None leaves the hue alone.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, 3).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/
    """

    _changes: list[RandomPictures]

    def __init__(
        self,
        value_range: PixelRange = BYTE,
        brightness_factor: SignedFactor | None = None,
        contrast_factor: Factor | None = None,
        saturation_factor: SignedFactor | None = None,
        hue_factor: Factor | None = None,
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.value_range = checked_range(self, value_range)
        made = (
            (RandomBrightness, brightness_factor),
            (RandomContrast, contrast_factor),
            (RandomSaturation, saturation_factor),
            (RandomHue, hue_factor),
        )
        self._changes = [
            cls(factor, value_range=self.value_range, dtype=self.dtype)  # type: ignore[call-arg]
            for cls, factor in made
            if factor is not None
        ]
        # Brightness and contrast are of no colour.
        if not any(isinstance(change, ColourPictures) for change in self._changes):
            self._channels = ()

    def get_random_transformation(self, images: torch.Tensor) -> list[Any]:
        """What each of the changes draws."""
        for change in self._changes:
            self.lend_draws(change, images.device)
        return [change.get_random_transformation(images) for change in self._changes]

    def transform_images(self, images: torch.Tensor, transformation: list[Any]) -> torch.Tensor:
        """The pictures after one change after the other."""
        for change, drawn in zip(self._changes, transformation, strict=True):
            images = change.transform_images(images, drawn)
        return images


class _Policy(ColourPictures):
    """Base of layers that choose among many changes.

    Args:
        value_range: Least and largest value of a pixel.
        factor: How strong the changes are.
        interpolation: How values between pixels are found.
        seed: A whole number that makes the random draws repeat.
        data_format: Where the channels stand.
    """

    moves_pixels = True
    _channels = (1, 3)
    _changes: list[RandomPictures]

    def __init__(
        self,
        value_range: PixelRange,
        factor: Factor,
        interpolation: str,
        seed: int | None,
        data_format: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.value_range = checked_range(self, value_range)
        self.factor = factor_bounds(factor)
        self.interpolation = interpolation

    def strong_changes(self) -> list[RandomPictures]:
        """Changes of light and colour that need care where a network is tested on spoilt pictures."""
        given: Any = {"value_range": self.value_range, "dtype": self.dtype}
        return [
            RandomBrightness(self.factor, **given),
            RandomColorDegeneration(self.factor, **given),
            RandomContrast(self.factor, **given),
            RandomSharpness(self.factor, **given),
        ]

    def moving_changes(self) -> list[RandomPictures]:
        """Changes that move pixels."""
        given: Any = {"interpolation": self.interpolation, "dtype": self.dtype}
        return [
            RandomShear(self.factor, self.factor, **given),
            RandomTranslation(self.factor, self.factor, **given),
            RandomRotation(self.factor, **given),
        ]

    def shade_changes(self) -> list[RandomPictures]:
        """Changes of the shades that there are."""
        given: Any = {"value_range": self.value_range, "dtype": self.dtype}
        return [
            RandomPosterization(max(1, int(_BITS * self.factor[1])), **given),
            Solarization(self.factor, self.factor, **given),
            AutoContrast(**given),
            Equalization(**given),
        ]

    def choose(self, images: torch.Tensor, count: int, among: int) -> list[int]:
        """So many whole numbers below `among`."""
        return [min(int(draw * among), among - 1) for draw in self.uniform(images, shape=(count,)).tolist()]

    def drawn(self, images: torch.Tensor, place: int) -> Any:
        """What one of the changes draws."""
        self.lend_draws(self._changes[place], images.device)
        return self._changes[place].get_random_transformation(images)


@register("Augmentation", rank=2)
class RandAugment(_Policy):
    """Changes pictures in a few ways while training, chosen anew for each batch out of eleven.

    Args:
        value_range: Least and largest value of a pixel.
        num_ops: How many changes are made, one after the other.
        factor: How strong changes are at most, a fraction 0-1; or a lower and an upper one.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, 3), or 1 for grey pictures.

    Source:
        Cubuk et al. 2019, https://arxiv.org/abs/1909.13719
    """

    def __init__(
        self,
        value_range: PixelRange = BYTE,
        num_ops: Annotated[int, Range(min=0)] = 2,
        factor: Factor = 0.5,
        interpolation: Interpolation = "bilinear",
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, factor, interpolation, seed, data_format, **kwargs)
        self.num_ops = num_ops
        self._changes = [*self.moving_changes(), *self.strong_changes(), *self.shade_changes()]

    def get_random_transformation(self, images: torch.Tensor) -> list[tuple[int, Any]]:
        """The changes, by number, and what each of them draws; the same one draws only once."""
        chosen = self.choose(images, self.num_ops, len(self._changes))
        drawn = {place: self.drawn(images, place) for place in dict.fromkeys(chosen)}
        return [(place, drawn[place]) for place in chosen]

    def transform_images(self, images: torch.Tensor, transformation: list[tuple[int, Any]]) -> torch.Tensor:
        """The pictures after one change after the other."""
        for place, drawn in transformation:
            images = self._changes[place].transform_images(images, drawn)
        return images

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, moved alike."""
        for place, drawn in transformation:
            masks = self._changes[place].transform_segmentation_masks(masks, drawn)
        return masks


@register("Augmentation", rank=2)
class AugMix(_Policy):
    """Mixes pictures with several differently changed versions of themselves while training.

    Args:
        value_range: Least and largest value of a pixel; results are kept within.
        num_chains: How many changed versions are mixed.
        chain_depth: How many changes a version has at most.
        factor: How strong changes are at most, a fraction 0-1; or a lower and an upper one.
        alpha: How even the versions are mixed: small lets one of them outweigh the others.
        all_ops: False leaves out changes of brightness, contrast, colour and sharpness.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, 3), or 1 for grey pictures.

    Source:
        Hendrycks et al. 2019, https://arxiv.org/abs/1912.02781
    """

    def __init__(
        self,
        value_range: PixelRange = BYTE,
        num_chains: Count = 3,
        chain_depth: Count = 3,
        factor: Factor = 0.3,
        alpha: Annotated[float, Range(min=0, exclusive_min=True)] = 1.0,
        all_ops: bool = True,
        interpolation: Interpolation = "bilinear",
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, factor, interpolation, seed, data_format, **kwargs)
        self.num_chains = num_chains
        self.chain_depth = chain_depth
        self.alpha = alpha
        self.all_ops = all_ops
        strong = self.strong_changes() if all_ops else []
        self._changes = [*self.moving_changes(), *self.shade_changes(), *strong]

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, Any]:
        """The changes of each version, the shares of the versions, and that of the pictures themselves."""
        chains = []
        for _ in range(self.num_chains):
            # One more than there are changes: nothing is done.
            chosen = self.choose(images, self.chain_depth, len(self._changes) + 1)
            places = [place for place in chosen if place < len(self._changes)]
            chains.append([(place, self.drawn(images, place)) for place in places])
        shares = self.dirichlet(images, [self.alpha] * self.num_chains)
        return {"chains": chains, "shares": shares, "share": self.beta(images, self.alpha, shape=())}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, Any]) -> torch.Tensor:
        """The pictures, mixed with changed versions."""
        return self._mixed(images, transformation, masks=False).clamp(*self.value_range)

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, mixed with those of the changed versions."""
        return self._mixed(masks, transformation, masks=True)

    def _mixed(self, images: torch.Tensor, transformation: dict[str, Any], *, masks: bool) -> torch.Tensor:
        total: Any = 0
        for chain, share in zip(transformation["chains"], transformation["shares"], strict=True):
            changed = images
            for place, drawn in chain:
                layer = self._changes[place]
                change = layer.transform_segmentation_masks if masks else layer.transform_images
                changed = change(changed, drawn)
            total = total + changed * share
        share = transformation["share"]
        return share * images + (1 - share) * total
