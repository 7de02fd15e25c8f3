"""Layers that bring pictures to one size: by stretching, by cutting out the middle, or anywhere."""

from typing import Any, ClassVar, Literal

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ParameterError
from runtime.layers.arguments import Count, DataFormat, Seed, data_format_of
from runtime.layers.base import Layer
from runtime.layers.image_layers import ONE_PICTURE, PictureAxes, RandomPictures, as_pixels
from runtime.layers.registration import register
from runtime.types import Shape

_MODES = {"bilinear": "bilinear", "nearest": "nearest-exact", "bicubic": "bicubic"}


def resize(
    pictures: torch.Tensor,
    size: tuple[int, int],
    *,
    interpolation: str = "bilinear",
    antialias: bool = False,
) -> torch.Tensor:
    """Pictures in another size; whole pixels stay whole.

    Args:
        pictures: (batch, channels, height, width).
        size: New height and width, in pixels.
        interpolation: "bilinear", "nearest" or "bicubic".
        antialias: True averages over all pixels that become one.
    """
    values = pictures if pictures.is_floating_point() else pictures.float()
    smooth = interpolation != "nearest"
    resized = F.interpolate(
        values,
        size=size,
        mode=_MODES[interpolation],
        align_corners=False if smooth else None,
        antialias=antialias and smooth,
    )
    if pictures.is_floating_point():
        return resized
    if pictures.dtype == torch.uint8:
        resized = resized.clamp(0, 255)
    return resized.round().to(pictures.dtype)


def crop_to_shape(pictures: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """The largest window around the middle that has the same sides' ratio as `size`."""
    height, width = pictures.shape[-2:]
    crop_height = max(min(height, int(width * size[0] / size[1])), 1)
    crop_width = max(min(width, int(height * size[1] / size[0])), 1)
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    return pictures[..., top : top + crop_height, left : left + crop_width]


def pad_to_shape(pictures: torch.Tensor, size: tuple[int, int], value: float) -> torch.Tensor:
    """The pictures with equal edges around, so that they have the same sides' ratio as `size`."""
    height, width = pictures.shape[-2:]
    above = (max(height, int(width * size[0] / size[1])) - height) // 2
    left = (max(width, int(height * size[1] / size[0])) - width) // 2
    # Keras computes only with as many pixels as stand on both sides: an odd one more is left out.
    return F.pad(pictures, (left, left, above, above), value=value)


class _Sized(Layer):
    """Base of layers that give pictures one height and width.

    Args:
        height: New height, in pixels.
        width: New width, in pixels.
        data_format: Where the channels stand; None is "channels_last".
    """

    _training_default = True
    """What Keras's layers of this kind hand on: their call has the argument, without using it."""
    computes_in_full = True
    _implied_in_keras_2: ClassVar[dict[str, Any]] = {"data_format": "channels_last"}

    def __init__(self, height: int, width: int, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height = height
        self.width = width
        self.data_format = data_format_of(self, data_format)
        self.axes = PictureAxes(self.data_format)
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The pictures in the new size."""
        self.axes.require(self, tuple(inputs.shape))
        alone, last = inputs.ndim == ONE_PICTURE, self.data_format == "channels_last"
        pictures = inputs.unsqueeze(0) if alone else inputs
        pictures = self.sized(pictures.movedim(-1, 1) if last else pictures)
        pictures = pictures.movedim(1, -1) if last else pictures
        return pictures.squeeze(0) if alone else pictures

    def sized(self, pictures: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) in the new size."""
        raise NotImplementedError(f"{type(self).__name__} sizes nothing.")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Height and width become those that are wanted."""
        self.axes.require(self, input_shape)
        return self.axes.resized(input_shape, self.height, self.width)


@register("Preprocessing")
class Resizing(_Sized):
    """Brings pictures of any size to one size.

    Args:
        height: New height, in pixels.
        width: New width, in pixels.
        interpolation: How values between pixels are found: "bilinear" and "bicubic" are smooth, "nearest"
            takes the closest pixel.
        crop_to_aspect_ratio: True keeps proportions and cuts off what is too much at two sides.
        pad_to_aspect_ratio: True keeps proportions and adds edges of `fill_value` at two sides.
        fill_mode: What added edges are made of: "constant" is `fill_value`.
        fill_value: Value of added pixels.
        antialias: True averages over all pixels that become one, which is better for a much smaller size.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
    """

    def __init__(
        self,
        height: Count,
        width: Count,
        interpolation: Literal["bilinear", "nearest", "bicubic"] = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: Literal["constant"] = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(height, width, data_format, **kwargs)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ParameterError(
                "Resizing has crop_to_aspect_ratio and pad_to_aspect_ratio, but it can only do one of them.",
                parameter="pad_to_aspect_ratio",
                received=True,
                hint="Cropping loses parts of the picture, padding adds empty edges.",
            )
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias = antialias

    def sized(self, pictures: torch.Tensor) -> torch.Tensor:
        """Cropped or padded if wished, then stretched."""
        size = (self.height, self.width)
        if self.crop_to_aspect_ratio:
            pictures = crop_to_shape(pictures, size)
        elif self.pad_to_aspect_ratio:
            pictures = pad_to_shape(pictures, size, self.fill_value)
        return resize(pictures, size, interpolation=self.interpolation, antialias=self.antialias)


@register("Preprocessing")
class CenterCrop(_Sized):
    """Cuts the middle out of pictures; pictures that are too small are enlarged.

    Args:
        height: New height, in pixels.
        width: New width, in pixels.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
    """

    def __init__(self, height: Count, width: Count, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(height, width, data_format, **kwargs)

    def sized(self, pictures: torch.Tensor) -> torch.Tensor:
        """The window around the middle."""
        pictures = as_pixels(pictures, self.compute_dtype)
        height, width = pictures.shape[-2:]
        if height < self.height or width < self.width:
            return resize(crop_to_shape(pictures, (self.height, self.width)), (self.height, self.width))
        top, left = (height - self.height) // 2, (width - self.width) // 2
        return pictures[..., top : top + self.height, left : left + self.width]


@register("Augmentation")
class RandomCrop(RandomPictures):
    """Cuts a window out of pictures, while training at a random place.

    Otherwise, and where a picture is too small, the largest window of the wanted proportions around the
    middle is brought to size.

    Args:
        height: New height, in pixels.
        width: New width, in pixels.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
    """

    identity_in_inference = False
    supports_mask = False
    moves_pixels = True

    def __init__(
        self, height: Count, width: Count, seed: Seed = None, data_format: DataFormat = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.height = height
        self.width = width

    def call(self, inputs: torch.Tensor, training: bool = True) -> torch.Tensor:
        """The window: at random while training, around the middle otherwise."""
        given: Any = inputs
        if isinstance(given, dict):
            return self.call_on_parts(given, training)  # type: ignore[return-value]
        inputs = as_pixels(inputs, self.compute_dtype)
        return self.changed(inputs) if training and self._has_room(inputs) else self._middle(inputs)

    def call_on_parts(self, parts: dict[str, Any], training: bool) -> dict[str, Any]:
        """Pictures and masks cut alike, in a new dict."""
        if training and "images" in parts and self._has_room(parts["images"]):
            return super().call_on_parts(parts, training)
        parts = super().call_on_parts(parts, training=False)
        if "bounding_boxes" in parts:
            self.transform_bounding_boxes(parts["bounding_boxes"], None)
        parts["images"] = self._middle(parts["images"])
        if "segmentation_masks" in parts:
            parts["segmentation_masks"] = self._middle(parts["segmentation_masks"], "nearest")
        return parts

    def _has_room(self, inputs: torch.Tensor) -> bool:
        height, width = self.axes.size(inputs)
        return height > self.height and width > self.width

    def _middle(self, inputs: torch.Tensor, interpolation: str = "bilinear") -> torch.Tensor:
        last = self.data_format == "channels_last"
        pictures = inputs.movedim(-1, -3) if last else inputs
        alone = pictures.ndim == ONE_PICTURE
        pictures = pictures.unsqueeze(0) if alone else pictures
        size = (self.height, self.width)
        pictures = resize(crop_to_shape(pictures, size), size, interpolation=interpolation)
        pictures = pictures.squeeze(0) if alone else pictures
        return pictures.movedim(-3, -1) if last else pictures

    def get_random_transformation(self, images: torch.Tensor) -> tuple[int, int]:
        """Where the window begins, the same for all pictures of the batch."""
        height, width = images.shape[1:3]
        top, left = self.uniform(images, shape=(2,)).tolist()
        return int(top * (height - self.height + 1)), int(left * (width - self.width + 1))

    def transform_images(self, images: torch.Tensor, transformation: tuple[int, int]) -> torch.Tensor:
        """The window that begins there."""
        top, left = transformation
        return images[:, top : top + self.height, left : left + self.width]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Height and width become those that are wanted."""
        self.axes.require(self, input_shape)
        return self.axes.resized(input_shape, self.height, self.width)
