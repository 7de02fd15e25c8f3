"""What all image models here have in common: their arguments, how they begin, end and get their weights."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from runtime import activations, layers
from runtime.errors import ParameterError
from runtime.models import Functional
from runtime.symbolic import KerasTensor
from runtime.utils.downloads import get_file
from runtime.utils.symbols import get_source_inputs

Tensor = KerasTensor
Pooling = Literal["avg", "max"]
CLASSES = 1000
"""Classes of ImageNet."""


@dataclass(frozen=True)
class WeightsFile:
    """A published file of weights.

    Args:
        origin: Its address.
        checksum: Its md5 or sha256; None where none was published.
    """

    origin: str
    checksum: str | None = None

    def fetched(self) -> str:
        """Path of the file on this machine."""
        return get_file(origin=self.origin, file_hash=self.checksum, cache_subdir="models")


@dataclass(frozen=True)
class Choices:
    """What a program asks of a model, under the names Keras has for it.

    Args:
        include_top: True ends the model with the classifier.
        weights: "imagenet", a file of weights, or None for fresh ones.
        input_tensor: A symbolic tensor in place of an input.
        input_shape: Height, width and channels.
        pooling: How a model without classifier brings its last feature maps together; None keeps them.
        classes: Classes of the classifier.
        classifier_activation: Activation of the classifier.
        name: Name of the model.
    """

    include_top: bool
    weights: str | os.PathLike[str] | None
    input_tensor: Tensor | None
    input_shape: tuple[int | None, ...] | None
    pooling: Pooling | None
    classes: int
    classifier_activation: Any
    name: str

    @property
    def published(self) -> bool:
        """True if the published weights are wanted."""
        return self.weights == "imagenet"


@dataclass(frozen=True)
class Design:
    """How one model is made.

    Args:
        body: From the input to the last feature maps.
        files: The published weights, with and without the classifier.
        size: Height and width it was made for.
        smallest: The least height and width it works with.
        average_name: Name of the averaging at the end of a model without classifier; None counts up.
        maximum_name: The same for the maximum.
        to_features: From the last feature maps to what the classifier sees; None for an averaging.
        classifier: Further arguments of the classifier.
    """

    body: Callable[[Tensor, Choices], Tensor]
    files: tuple[WeightsFile, WeightsFile]
    size: int = 224
    smallest: int = 32
    average_name: str | None = "avg_pool"
    maximum_name: str | None = "max_pool"
    to_features: Callable[[Tensor], Tensor] | None = None
    classifier: dict[str, Any] | None = None


def build(design: Design, choices: Choices) -> Functional:
    """Makes a model, with weights if they are wanted.

    Raises:
        ParameterError: An argument has a value it cannot have, or two do not go together.
        DownloadError: The published weights cannot be fetched.
        FileFormatError: The file of weights does not fit.
    """
    _check(choices)
    shape = checked_shape(choices, design.size, design.smallest)
    start = layers.Input(shape) if choices.input_tensor is None else choices.input_tensor
    end = _end(design.body(start, choices), design, choices)
    inputs = get_source_inputs(start)
    model = Functional(inputs[0] if len(inputs) == 1 else inputs, end, name=choices.name)
    weights = choices.weights
    if weights == "imagenet":
        weights = design.files[0 if choices.include_top else 1].fetched()
    if weights is not None:
        model.load_weights(weights)
    return model


def application(
    title: str, name: str, design: Design, summary: str, module: str
) -> Callable[..., Functional]:
    """The public function of a model that takes the usual arguments.

    Args:
        title: Name of the function.
        name: Default name of the model.
        design: How it is made.
        summary: First line of its docstring.
        module: The module it belongs to; the source is in that module's docstring.
    """
    default_name = name

    def make(
        include_top: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Tensor | None = None,
        input_shape: tuple[int | None, ...] | None = None,
        pooling: Pooling | None = None,
        classes: int = CLASSES,
        classifier_activation: Any = "softmax",
        name: str = default_name,
    ) -> Functional:
        return build(
            design,
            Choices(
                include_top,
                weights,
                input_tensor,
                input_shape,
                pooling,
                classes,
                classifier_activation,
                name,
            ),
        )

    make.__name__ = make.__qualname__ = title
    make.__module__ = module
    make.__doc__ = f"{summary}\n{_ARGUMENTS.format(size=design.size, smallest=design.smallest)}"
    return make


_ARGUMENTS = """
Args:
    include_top: True ends the model with the classifier.
    weights: "imagenet" fetches the weights Keras publishes, None makes fresh ones; or a file of weights.
    input_tensor: A symbolic tensor the model shall begin with, in place of an input of its own.
    input_shape: Height, width and channels; at least {smallest} × {smallest}, by default {size} × {size} × 3.
    pooling: "avg" or "max" brings the last feature maps of a model without classifier to one vector.
    classes: Classes of the classifier; 1000 with the published weights.
    classifier_activation: Activation of the classifier; None for its logits.
    name: Name of the model.

Returns:
    The model.

Raises:
    ParameterError: An argument has a value it cannot have, or two do not go together.
    DownloadError: The published weights cannot be fetched.
"""


def checked_shape(choices: Choices, size: int, smallest: int) -> tuple[int | None, ...]:
    """Height, width and channels of the input.

    Args:
        choices: What the program asks for.
        size: Height and width the model was made for.
        smallest: The least height and width.

    Raises:
        ParameterError: The stated shape cannot be that of this model.
    """
    stated = None if choices.input_shape is None else tuple(choices.input_shape)
    if stated is None:
        return (size, size, 3) if choices.include_top else (None, None, 3)
    if len(stated) != 3:
        raise _wrong_shape(stated, "Give height, width and channels, such as (224, 224, 3).")
    usual = (size, size, 3)
    if choices.published and choices.include_top and stated != usual:
        raise _wrong_shape(stated, f"The published weights with their classifier are for {usual}.")
    if choices.published and stated[-1] != 3:
        raise _wrong_shape(stated, "The published weights are for images with 3 channels.")
    if any(side is not None and side < smallest for side in stated[:2]):
        raise _wrong_shape(stated, f"Images must be at least {smallest} × {smallest}.")
    if choices.include_top and None in stated:
        raise _wrong_shape(stated, "A model with a classifier needs to know the size: state it.")
    return stated


def pad_before_stride(inputs: Tensor, window: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Zeros on each side, so that a window moved by 2 meets the same pixels whatever the size.

    Args:
        inputs: What is padded; even sides get one row less in front.
        window: Height and width of the window.
    """
    half = window // 2
    height, width = (1 if size is None else 1 - size % 2 for size in _sides(inputs))
    return (half - height, half), (half - width, half)


def _sides(inputs: Tensor) -> tuple[int | None, int | None]:
    # As Keras does it: an unknown height makes both sides count as unknown.
    height, width = inputs.shape[1:3]
    return (None, None) if height is None else (height, width)


def divisible(filters: float, divisor: int = 8) -> int:
    """The nearest number of filters that can be divided, not less than nine tenths of what was asked."""
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def _check(choices: Choices) -> None:
    weights = choices.weights
    if weights is not None and weights != "imagenet" and not os.path.isfile(weights):
        raise ParameterError(
            f"There is no file of weights at '{weights}'.",
            parameter="weights",
            received=weights,
            hint="Give 'imagenet', None, or the path of a file.",
        )
    if choices.published and choices.include_top and choices.classes != CLASSES:
        raise ParameterError(
            f"The published weights have a classifier for {CLASSES} classes, not {choices.classes}.",
            parameter="classes",
            received=choices.classes,
            hint="Use include_top=False and add a classifier of your own.",
        )
    if weights is not None and choices.include_top:
        known = (activations.get("softmax"), activations.get(None))
        if activations.get(choices.classifier_activation) not in known:
            raise ParameterError(
                f"A classifier with weights cannot have the activation {choices.classifier_activation!r}.",
                parameter="classifier_activation",
                received=choices.classifier_activation,
                hint="Use 'softmax' or None.",
            )
    if choices.pooling not in (None, "avg", "max"):
        raise ParameterError(
            f"pooling is {choices.pooling!r}.",
            parameter="pooling",
            received=choices.pooling,
            hint="Use 'avg', 'max' or None.",
        )


def _wrong_shape(stated: Any, hint: str) -> ParameterError:
    return ParameterError(f"input_shape is {stated}.", parameter="input_shape", received=stated, hint=hint)


def _end(maps: Tensor, design: Design, choices: Choices) -> Tensor:
    if choices.include_top:
        to_features = design.to_features or layers.GlobalAveragePooling2D(name="avg_pool")
        return layers.Dense(
            choices.classes,
            activation=choices.classifier_activation,
            name="predictions",
            **(design.classifier or {}),
        )(to_features(maps))
    if choices.pooling == "avg":
        return layers.GlobalAveragePooling2D(name=design.average_name)(maps)
    if choices.pooling == "max":
        return layers.GlobalMaxPooling2D(name=design.maximum_name)(maps)
    return maps
