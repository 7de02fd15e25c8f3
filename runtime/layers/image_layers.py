"""What the layers for pictures share: axes, kinds of pixels, and random draws, one for each picture."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from runtime.device import get_device
from runtime.errors import DataError, GraphError, ParameterError, ShapeError
from runtime.layers.arguments import Bounds, DataFormat, PixelRange, Seed, data_format_of
from runtime.layers.base import Layer
from runtime.layers.regularization import RandomInTraining
from runtime.types import Shape, show_shape

BATCH_OF_PICTURES = 4
ONE_PICTURE = 3
_dirichlet: Any = vars(torch)["_sample_dirichlet"]
"""What torch.distributions draws from; only here a source of random numbers can be given."""


class PictureAxes:
    """Where height, width and channels stand, counted from the end so that one picture alone fits, too.

    Args:
        data_format: "channels_last", "channels_first" or None for the first of them.
    """

    def __init__(self, data_format: str | None) -> None:
        first = data_format == "channels_first"
        self.height, self.width, self.channels = (-2, -1, -3) if first else (-3, -2, -1)
        self.words = "batch × channels × height × width" if first else "batch × height × width × channels"

    def require(self, layer: Layer, shape: Shape) -> None:
        """Raises unless a shape is that of a batch of pictures, or of one picture.

        Raises:
            ShapeError: It has another number of axes.
        """
        alone = len(shape) == ONE_PICTURE and shape[0] is not None
        if len(shape) != BATCH_OF_PICTURES and not alone:
            raise ShapeError(
                f"{layer.label} wants pictures, {self.words} (4 axes), but gets {show_shape(shape)} "
                f"({len(shape)} axes).",
                port="inputs",
                hint="Pictures without a channel axis get one by a Reshape, such as (28, 28, 1).",
            )

    def resized(self, shape: Shape, height: int, width: int) -> Shape:
        """A shape with another height and width."""
        sizes = list(shape)
        sizes[self.height], sizes[self.width] = height, width
        return tuple(sizes)

    def size(self, pictures: torch.Tensor) -> tuple[int, int]:
        """Height and width, in pixels."""
        return pictures.shape[self.height], pictures.shape[self.width]


class RandomPictures(RandomInTraining):
    """Base of layers that change pictures at random while training, and pass them through otherwise.

    A subclass draws in `get_random_transformation` and applies what was drawn in `transform_images`; both
    see a batch of pictures with the channels last, of the layer's own dtype. Called directly, outside of a
    model, such a layer changes its pictures unless `training=False` is said, as in Keras. It may be called on
    a dict then, {"images": …, "labels": …, "segmentation_masks": …, "bounding_boxes": …}: what belongs to a
    picture is changed as the picture is, in a new dict.

    Args:
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        bounding_box_format: How boxes are written, such as "xyxy"; needed only where there are boxes.
    """

    _implied_in_keras_2: ClassVar[dict[str, Any]] = {"data_format": "channels_last"}
    always: ClassVar[bool] = False
    """True if pictures are changed outside of training, too."""
    moves_pixels: ClassVar[bool] = False
    """True if things are in other places of the picture afterwards."""
    whole_pixels_stay: ClassVar[bool] = False
    """True if pictures of whole numbers are given out as such."""

    def __init__(
        self,
        data_format: DataFormat = None,
        seed: Seed = None,
        bounding_box_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.data_format = data_format_of(self, data_format)
        self.bounding_box_format = bounding_box_format
        self.axes = PictureAxes(self.data_format)

    def get_config(self) -> dict[str, Any]:
        """With the place of the channels, which some layers take only as a further argument."""
        config = {**super().get_config(), "data_format": self.data_format}
        if self.bounding_box_format is not None:
            config["bounding_box_format"] = self.bounding_box_format
        return config

    def get_random_transformation(self, images: torch.Tensor) -> Any:
        """What is drawn for a batch of pictures."""
        raise NotImplementedError(f"{type(self).__name__} draws nothing.")

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures, changed as drawn."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing.")

    def transform_labels(self, labels: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The labels of the pictures: they stay."""
        del transformation
        return labels

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """What each pixel shows, (batch, height, width, 1): it stays unless pixels move."""
        return self.transform_images(masks, transformation) if self.moves_pixels else masks

    def transform_bounding_boxes(self, boxes: dict[str, Any], transformation: Any) -> dict[str, Any]:
        """Where things are: {"boxes": (batch, boxes, 4), "labels": (batch, boxes)}."""
        del transformation
        if self.moves_pixels:
            raise DataError(
                f"{self.label} cannot move bounding boxes along with the pictures.",
                hint="Use segmentation masks, or layers that leave things where they are.",
            )
        return boxes

    def _call_symbolic(self, arguments: dict[str, Any]) -> Any:
        if any(isinstance(value, dict) for value in arguments.values()):
            raise GraphError(
                f"{self.label} cannot change pictures together with their labels inside of a model.",
                hint="Call it on the data, batch by batch, before they go into the model.",
            )
        return super()._call_symbolic(arguments)

    def call(self, inputs: torch.Tensor, training: bool = True) -> torch.Tensor:
        """The input itself, or while training the changed pictures."""
        given: Any = inputs
        if isinstance(given, dict):
            return self.call_on_parts(given, training)  # type: ignore[return-value]
        return self.changed(inputs) if training or self.always else self._as_pixels(inputs)

    def output_dtype(self, dtypes: list[str]) -> str:
        """The layer's own, or that of the pictures where whole numbers stay."""
        stays = self.whole_pixels_stay and "float" not in dtypes[0]
        return dtypes[0] if stays else super().output_dtype(dtypes)

    def _as_pixels(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs if self.whole_pixels_stay else as_pixels(inputs, self.compute_dtype)

    def call_on_parts(self, parts: dict[str, Any], training: bool) -> dict[str, Any]:
        """Pictures and what belongs to them, in a new dict."""
        if "images" not in parts:
            raise DataError(
                f"{self.label} got a dict of {', '.join(map(repr, parts)) or 'nothing'}, without pictures.",
                hint='Give the pictures under "images".',
            )
        if "bounding_boxes" in parts and not self.bounding_box_format:
            raise DataError(
                f"{self.label} does not know how the bounding boxes are written.",
                hint="Make it with bounding_box_format='xyxy', for example.",
            )
        parts = {name: _as_tensors(value) for name, value in parts.items()}
        if training or self.always:
            return self.changed_parts(parts)
        return {**parts, "images": self._as_pixels(parts["images"])}

    def changed(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pictures changed as is drawn for them, whatever their axes are."""
        return self.changed_parts({"images": inputs})["images"]

    def changed_parts(self, parts: dict[str, Any]) -> dict[str, Any]:
        """Pictures and what belongs to them, changed by the same draws; the dict given stays as it is."""
        self.axes.require(self, tuple(parts["images"].shape))
        alone, first = parts["images"].ndim == ONE_PICTURE, self.data_format == "channels_first"

        def inside(images: torch.Tensor) -> torch.Tensor:
            images = images.unsqueeze(0) if alone else images
            return images.movedim(1, -1) if first else images

        def outside(images: torch.Tensor) -> torch.Tensor:
            images = images.movedim(-1, 1) if first else images
            return images.squeeze(0) if alone else images

        pictures = as_pixels(parts["images"], self.compute_dtype)
        # Places of pixels and steps of colour are too fine for half precision.
        half = pictures.dtype in (torch.float16, torch.bfloat16)
        images = inside(pictures.float() if half else pictures)
        drawn = self.get_random_transformation(images)
        images_out = outside(self.transform_images(images, drawn))
        if half or self.whole_pixels_stay:
            images_out = images_out.to(self._as_pixels(parts["images"]).dtype)
        changed = {**parts, "images": images_out}
        if "segmentation_masks" in parts:
            masks = inside(parts["segmentation_masks"])
            changed["segmentation_masks"] = outside(self.transform_segmentation_masks(masks, drawn))
        if "labels" in parts:
            labels = parts["labels"].unsqueeze(0) if alone else parts["labels"]
            labels = self.transform_labels(labels, drawn)
            changed["labels"] = labels.squeeze(0) if alone else labels
        if "bounding_boxes" in parts:
            boxes = parts["bounding_boxes"]
            boxes = {key: value.unsqueeze(0) for key, value in boxes.items()} if alone else boxes
            boxes = self.transform_bounding_boxes(boxes, drawn)
            boxes = {key: value.squeeze(0) for key, value in boxes.items()} if alone else boxes
            changed["bounding_boxes"] = boxes
        return changed

    def lend_draws(self, other: "RandomPictures", device: torch.device) -> None:
        """Lets a layer inside this one draw from the same source, so that their draws do not repeat."""
        other._generator = self.generator(device)

    def uniform(
        self, images: torch.Tensor, low: float = 0.0, high: float = 1.0, shape: Sequence[int] | None = None
    ) -> torch.Tensor:
        """Random numbers from `low` to `high`: one for each picture, or of the shape that is given."""
        draws = torch.empty((len(images),) if shape is None else tuple(shape), device=images.device)
        return draws.uniform_(generator=self.generator(images.device)) * (high - low) + low

    def dirichlet(self, images: torch.Tensor, alphas: list[float]) -> torch.Tensor:
        """Random shares that sum up to 1, (…, shares); small alphas let one of them outweigh the others."""
        concentration = torch.tensor(alphas, dtype=torch.float64, device=images.device)
        return _dirichlet(concentration, self.generator(images.device)).to(images.dtype)

    def beta(self, images: torch.Tensor, alpha: float, shape: Sequence[int]) -> torch.Tensor:
        """Random fractions 0-1 of the beta distribution, symmetrical: small alphas are near 0 or 1."""
        concentration = torch.full((*shape, 2), alpha, dtype=torch.float64, device=images.device)
        shares = _dirichlet(concentration, self.generator(images.device))
        return shares[..., 0].to(images.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.axes.require(self, input_shape)
        return input_shape


def _as_tensors(value: Any) -> Any:
    """Arrays, also in dicts inside, as tensors."""
    if isinstance(value, dict):
        return {key: _as_tensors(item) for key, item in value.items()}
    return value if isinstance(value, torch.Tensor) else torch.as_tensor(value, device=get_device())


def as_pixels(inputs: torch.Tensor, dtype: str) -> torch.Tensor:
    """Whole pixels become measurements, so that they can be averaged."""
    return inputs if inputs.is_floating_point() else inputs.to(getattr(torch, dtype))


def per_picture(draws: torch.Tensor) -> torch.Tensor:
    """One number a picture, so that it goes with (batch, height, width, channels)."""
    return draws.reshape(-1, 1, 1, 1)


def factor_bounds(factor: Bounds, lowest: float = 0.0) -> tuple[float, float]:
    """Bounds between which a random factor is drawn.

    Args:
        factor: Both of them, or one number f: from -f to f, as far as allowed.
        lowest: Least allowed value.
    """
    if isinstance(factor, list | tuple):
        return min(map(float, factor)), max(map(float, factor))
    size = abs(float(factor))
    return max(-size, lowest), size


def checked_range(layer: Layer, value: PixelRange) -> tuple[float, float]:
    """Darkest and brightest value of a pixel.

    Raises:
        ParameterError: They are the same.
    """
    if value[0] == value[1]:
        raise ParameterError(
            f"{type(layer).__name__}(value_range=…) got {value!r}, but it wants two different numbers: the "
            "least and the largest value of a pixel.",
            parameter="value_range",
            received=value,
            hint="Such as (0, 255), or (0, 1) for pictures that were rescaled.",
        )
    return min(value), max(value)
