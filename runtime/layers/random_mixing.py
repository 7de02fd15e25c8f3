"""Augmentation that covers parts of pictures, or mixes pictures with each other, labels and all."""

from typing import Annotated, Any

import torch

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import DataFormat, Factor, PixelRange, Seed
from runtime.layers.color_spaces import BYTE
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds, per_picture
from runtime.layers.registration import register
from runtime.types import Range, show_shape

_LEAST_ALPHA = 1e-6


class _Windows(RandomPictures):
    """Base of layers that draw a window in each picture."""

    def windows(self, images: torch.Tensor, sides: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Windows at random places.

        Args:
            images: (batch, height, width, channels).
            sides: (batch, 2): width and height of each window as fractions of the picture's.

        Returns:
            Which pixels are inside, (batch, height, width, 1), and the share of the picture that is outside.
        """
        lengths = (images.shape[2], images.shape[1])
        inside, shares = [], []
        for length, side in zip(lengths, sides.unbind(1), strict=True):
            size = side * length
            start = self.uniform(images) * (length - size)
            places = torch.arange(length, device=images.device)
            end = start + size
            inside.append((places >= start.unsqueeze(1)) & (places < end.unsqueeze(1)))
            shares.append((end - start) / length)
        across, down = inside
        return (down.unsqueeze(2) & across.unsqueeze(1)).unsqueeze(-1), 1 - shares[0] * shares[1]


@register("Augmentation")
class RandomErasing(_Windows):
    """Covers a window of some pictures while training, so that no single part is relied on.

    Args:
        factor: Share of the pictures, a fraction 0-1; or two, between which it is drawn.
        scale: Size of the window at most as a fraction of the picture, 0-1; or a lower and an upper one.
        fill_value: Value of covered pixels, or three, one for each colour; None covers them with noise.
        value_range: Least and largest value of a pixel.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        Zhong et al. 2017, https://arxiv.org/abs/1708.04896
    """

    def __init__(
        self,
        factor: Factor = 1.0,
        scale: Factor = (0.02, 0.33),
        fill_value: float | tuple[float, ...] | None = None,
        value_range: PixelRange = BYTE,
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.scale = factor_bounds(scale)
        self.value_range = checked_range(self, value_range)
        if isinstance(fill_value, list | tuple) and len(fill_value) != 3:
            raise ParameterError(
                f"RandomErasing(fill_value=…) got {fill_value!r}, but it wants a number or three of them.",
                parameter="fill_value",
                received=fill_value,
                hint="Three are red, green and blue.",
            )
        self.fill_value = fill_value

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Which pictures are covered, where, and with what."""
        sides = self.uniform(images, *self.scale, shape=(len(images), 2)).sqrt()
        inside, _ = self.windows(images, sides)
        share = self.uniform(images, *self.factor)
        chosen = self.uniform(images) < share
        if self.fill_value is None:
            noise = torch.empty(images.shape, device=images.device)
            fill = noise.normal_(generator=self.generator(images.device)) * self.value_range[1]
        else:
            fill = torch.tensor(self.fill_value, dtype=torch.float32, device=images.device)
        return {"inside": inside, "chosen": chosen, "fill": fill.clamp(*self.value_range)}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, some of them with a covered window."""
        covered = transformation["inside"] & per_picture(transformation["chosen"])
        return torch.where(covered, transformation["fill"].to(images.dtype), images)


def mixed_labels(
    layer: RandomPictures, labels: torch.Tensor, partners: torch.Tensor, share: torch.Tensor
) -> torch.Tensor:
    """Labels of pictures that were mixed: as many shares of each class as of each picture.

    Raises:
        ShapeError: Classes are given as numbers, which cannot be mixed.
    """
    if labels.ndim < 2:
        raise ShapeError(
            f"{layer.label} mixes labels, but gets {show_shape(tuple(labels.shape))}: one number a picture.",
            port="labels",
            hint="Make rows of them first: keras.utils.to_categorical(labels).",
        )
    share = share.reshape(-1, *[1] * (labels.ndim - 1))
    return share * labels + (1 - share) * labels[partners]


@register("")
class MixUp(RandomPictures):
    """Lays pairs of pictures over one another, and their labels; it works on data, outside of a model.

    Args:
        alpha: How much of the second picture shows: small is mostly little.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: {"images": (batch, height, width, channels), "labels": (batch, classes)}, or only pictures.

    Source:
        Zhang et al. 2017, https://arxiv.org/abs/1710.09412
    """

    def __init__(
        self,
        alpha: Annotated[float, Range(min=0, exclusive_min=True)] = 0.2,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.alpha = alpha

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """The partner of each picture, and the share of the picture itself."""
        partners = torch.randperm(len(images), generator=self.generator(images.device), device=images.device)
        return {"partners": partners, "share": self.beta(images, self.alpha, shape=(len(images),))}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, each mixed with another one."""
        share = per_picture(transformation["share"]).to(images.dtype)
        return share * images + (1 - share) * images[transformation["partners"]]

    def transform_labels(self, labels: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The labels, mixed as the pictures are."""
        return mixed_labels(self, labels, transformation["partners"], transformation["share"])

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, mixed as the pictures are."""
        share = per_picture(transformation["share"])
        return share * masks + (1 - share) * masks[transformation["partners"]]

    def transform_bounding_boxes(self, boxes: dict[str, Any], transformation: Any) -> dict[str, Any]:
        """The boxes of both pictures."""
        partners = transformation["partners"]
        return {name: torch.cat((values, values[partners]), dim=1) for name, values in boxes.items()}


@register("")
class CutMix(_Windows):
    """Puts a window of one picture into another, and mixes labels; it works on data, outside of a model.

    Args:
        factor: How even the sizes of windows are, 0-1: 1 has all sizes alike, small numbers mostly very small
            and very large windows; or a lower and an upper one.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: {"images": (batch, height, width, channels), "labels": (batch, classes)}, or only pictures.

    Source:
        Yun et al. 2019, https://arxiv.org/abs/1905.04899
    """

    def __init__(
        self, factor: Factor = 1.0, seed: Seed = None, data_format: DataFormat = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """The partner of each picture, the window that comes from it, and the share of the picture itself."""
        alpha = float(self.uniform(images, *self.factor, shape=())) + _LEAST_ALPHA
        side = (1 - self.beta(images, alpha, shape=(len(images),))).sqrt()
        inside, share = self.windows(images, torch.stack((side, side), dim=1))
        partners = torch.randperm(len(images), generator=self.generator(images.device), device=images.device)
        return {"partners": partners, "inside": inside, "share": share}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, each with a window of another one."""
        return torch.where(transformation["inside"], images[transformation["partners"]], images)

    def transform_labels(self, labels: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The labels, mixed by the sizes of the windows."""
        return mixed_labels(self, labels, transformation["partners"], transformation["share"])

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, with the same windows."""
        return self.transform_images(masks, transformation)

    def transform_bounding_boxes(self, boxes: dict[str, Any], transformation: Any) -> dict[str, Any]:
        """What a window shows of a thing is not known, so its box cannot be."""
        raise ShapeError(f"{self.label} cannot mix bounding boxes.", hint="Use MixUp, which keeps all boxes.")
