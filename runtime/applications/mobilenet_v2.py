"""A small network for phones (MobileNetV2) and the pixels it wants.

Source:
    Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018,
    https://arxiv.org/abs/1801.04381
"""

import os
import warnings
from functools import partial
from typing import Any

from runtime import layers
from runtime.applications.building import (
    CLASSES,
    Choices,
    Design,
    Pooling,
    Tensor,
    WeightsFile,
    build,
    divisible,
    pad_before_stride,
)
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing
from runtime.errors import ParameterError
from runtime.models import Functional

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2"
_PUBLISHED_WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
_PUBLISHED_SIZES = (96, 128, 160, 192, 224)
_SIZE = 224
_STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Filters before widening, blocks, and stride of the first of them."""


def MobileNetV2(  # noqa: N802 (Keras's name)
    input_shape: tuple[int | None, ...] | None = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = "imagenet",
    input_tensor: Tensor | None = None,
    pooling: Pooling | None = None,
    classes: int = CLASSES,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Functional:
    """Small network for phones, of blocks that are wide inside and narrow between.

    Args:
        input_shape: Height, width and channels; at least 32 × 32.
        alpha: Width: the number of feature maps is multiplied with it.
        include_top: True ends the model with the classifier.
        weights: "imagenet" fetches the weights Keras publishes, None makes fresh ones; or a file of weights.
        input_tensor: A symbolic tensor the model shall begin with, in place of an input of its own.
        pooling: "avg" or "max" brings the last feature maps of a model without classifier to one vector.
        classes: Classes of the classifier; 1000 with the published weights.
        classifier_activation: Activation of the classifier; None for its logits.
        name: Name of the model; by default one that says width and size.

    Returns:
        The model.

    Raises:
        ParameterError: An argument has a value it cannot have, or two do not go together.
        DownloadError: The published weights cannot be fetched.

    Source:
        https://arxiv.org/abs/1801.04381
    """
    stated = input_shape or (input_tensor.shape[1:] if input_tensor is not None else None)
    height, width = (stated[0], stated[1]) if stated and len(stated) == 3 else (None, None)
    size = height if height == width and height in _PUBLISHED_SIZES else _SIZE
    rows: int | None = height if input_shape else (size if include_top else None)
    if weights == "imagenet":
        rows = _published_size(alpha, height, width, known=bool(stated) or include_top)
    stem = f"{_FOLDER}/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{rows}"
    design = Design(
        partial(_inverted_residuals, alpha=alpha),
        (WeightsFile(f"{stem}.h5"), WeightsFile(f"{stem}_no_top.h5")),
        size=size,
        average_name=None,
        maximum_name=None,
        to_features=_averaged,
    )
    name = f"mobilenetv2_{alpha:0.2f}_{rows}" if name is None else name
    choices = Choices(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name
    )
    return build(design, choices)


def _published_size(alpha: float, height: int | None, width: int | None, *, known: bool) -> int:
    """Size of images the weights to be fetched were trained on."""
    if alpha not in _PUBLISHED_WIDTHS:
        raise ParameterError(
            f"There are no published weights for alpha={alpha}.",
            parameter="alpha",
            received=alpha,
            hint=f"Use one of {', '.join(map(str, _PUBLISHED_WIDTHS))}.",
        )
    if height is not None and height == width and height in _PUBLISHED_SIZES:
        return height
    if height is not None or not known:
        warnings.warn(
            f"There are no published weights for images of {height} × {width}: "
            f"those for {_SIZE} × {_SIZE} are taken.",
            stacklevel=3,
        )
    return _SIZE


def _inverted_residuals(x: Tensor, choices: Choices, *, alpha: float) -> Tensor:
    del choices
    x = layers.Conv2D(divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
    x = _active(x, "bn_Conv1", "Conv1_relu")
    number = 0
    for filters, blocks, first_stride in _STAGES:
        for place in range(blocks):
            x = _block(x, divisible(int(filters * alpha)), 1 if place else first_stride, number)
            number += 1
    last = divisible(1280 * alpha) if alpha > 1 else 1280
    x = layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    return _active(x, "Conv_1_bn", "out_relu")


def _block(inputs: Tensor, filters: int, stride: int, number: int) -> Tensor:
    """Widened, each feature map filtered by itself, narrowed again; added to what came in if that fits."""
    before = inputs.shape[-1] or 0
    name = f"block_{number}_" if number else "expanded_conv_"
    x = inputs
    if number:
        x = layers.Conv2D(6 * before, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = _active(x, f"{name}expand_BN", f"{name}expand_relu")
    if stride == 2:
        x = layers.ZeroPadding2D(pad_before_stride(x, 3), name=f"{name}pad")(x)
    x = layers.DepthwiseConv2D(
        3,
        strides=stride,
        padding="valid" if stride == 2 else "same",
        use_bias=False,
        name=f"{name}depthwise",
    )(x)
    x = _active(x, f"{name}depthwise_BN", f"{name}depthwise_relu")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = _normalized(x, f"{name}project_BN")
    if before == filters and stride == 1:
        x = layers.Add(name=f"{name}add")([inputs, x])
    return x


def _active(x: Tensor, normalization: str, activation: str) -> Tensor:
    return layers.ReLU(6.0, name=activation)(_normalized(x, normalization))


def _averaged(maps: Tensor) -> Tensor:
    return layers.GlobalAveragePooling2D()(maps)


def _normalized(x: Tensor, name: str) -> Tensor:
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)


preprocess_input = preprocessing("tf", "Pixels in the range from -1 to 1.")
