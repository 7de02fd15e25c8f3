"""What the layers for pictures share: axes, kinds of pixels, and random draws, one for each picture."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import torch

from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import DataFormat, Seed
from runtime.layers.base import Layer
from runtime.layers.context import context
from runtime.layers.regularization import RandomInTraining
from runtime.types import Shape, show_shape

BATCH_OF_PICTURES = 4
ONE_PICTURE = 3


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
    model, such a layer changes its pictures unless `training=False` is said, as in Keras.

    Args:
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.
    """

    def __init__(self, data_format: DataFormat = None, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.data_format = data_format or "channels_last"
        self.axes = PictureAxes(self.data_format)

    def get_config(self) -> dict[str, Any]:
        """With the place of the channels, which some layers take only as a further argument."""
        return {**super().get_config(), "data_format": self.data_format}

    def get_random_transformation(self, images: torch.Tensor) -> Any:
        """What is drawn for a batch of pictures."""
        raise NotImplementedError(f"{type(self).__name__} draws nothing.")

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures, changed as drawn."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing.")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """A call by hand is one for training unless it says otherwise."""
        if context.depth == 0 and kwargs.get("training") is None and len(args) < 2:
            kwargs["training"] = True
        return super().forward(*args, **kwargs)

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training the changed pictures."""
        inputs = as_pixels(inputs, self.compute_dtype)
        return self.changed(inputs) if training else inputs

    def changed(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pictures changed as is drawn for them, whatever their axes are."""
        self.axes.require(self, tuple(inputs.shape))
        alone, first = inputs.ndim == ONE_PICTURE, self.data_format == "channels_first"
        images = inputs.unsqueeze(0) if alone else inputs
        images = images.movedim(1, -1) if first else images
        images = self.transform_images(images, self.get_random_transformation(images))
        images = images.movedim(-1, 1) if first else images
        return images.squeeze(0) if alone else images

    def uniform(
        self, images: torch.Tensor, low: float = 0.0, high: float = 1.0, shape: Sequence[int] | None = None
    ) -> torch.Tensor:
        """Random numbers from `low` to `high`: one for each picture, or of the shape that is given."""
        draws = torch.empty(tuple(shape or (len(images),)), device=images.device)
        return draws.uniform_(generator=self.generator(images.device)) * (high - low) + low

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        self.axes.require(self, input_shape)
        return input_shape


def as_pixels(inputs: torch.Tensor, dtype: str) -> torch.Tensor:
    """Whole pixels become measurements, so that they can be averaged."""
    return inputs if inputs.is_floating_point() else inputs.to(getattr(torch, dtype))


def per_picture(draws: torch.Tensor) -> torch.Tensor:
    """One number a picture, so that it goes with (batch, height, width, channels)."""
    return draws.reshape(-1, 1, 1, 1)


def checked_bounds(
    layer: Layer, parameter: str, value: Any, lowest: float, highest: float, *, above_lowest: bool = False
) -> tuple[float, float]:
    """Bounds of a random factor, given as a number f (from -f to f, as far as allowed) or as two.

    Args:
        layer: The layer that asks, for the message.
        parameter: Name of the argument.
        value: What was given.
        lowest: Least allowed value.
        highest: Largest allowed value.
        above_lowest: True if `lowest` itself is not allowed.

    Raises:
        ParameterError: It is neither, or out of bounds.
    """
    numbers = value if isinstance(value, list | tuple) else [value]
    good = (
        len(numbers) == (2 if isinstance(value, list | tuple) else 1)
        and all(isinstance(number, Real) and not isinstance(number, bool) for number in numbers)
        and all(lowest <= number <= highest for number in numbers)
        and not (above_lowest and lowest in numbers)
    )
    if not good:
        bounds = f"{'more than' if above_lowest else 'at least'} {lowest:g} and at most {highest:g}"
        raise ParameterError(
            f"{type(layer).__name__}({parameter}=…) got {value!r}, but it wants a number, or a lower and an "
            f"upper one, {bounds}.",
            parameter=parameter,
            received=value,
            hint=f"Such as {highest / 5:g}, or ({highest / 10:g}, {highest / 5:g}).",
        )
    if len(numbers) == 1:
        size = abs(float(numbers[0]))
        return max(-size, lowest), size
    return min(map(float, numbers)), max(map(float, numbers))


def checked_range(layer: Layer, value: Any) -> tuple[float, float]:
    """Darkest and brightest value of a pixel.

    Raises:
        ParameterError: They are not two different numbers.
    """
    good = isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(n, Real) for n in value)
    if not good or value[0] == value[1]:
        raise ParameterError(
            f"{type(layer).__name__}(value_range=…) got {value!r}, but it wants the least and the largest "
            "value of a pixel.",
            parameter="value_range",
            received=value,
            hint="Such as (0, 255), or (0, 1) for pictures that were rescaled.",
        )
    return min(value), max(value)
