"""Networks scaled in depth, width and size together (EfficientNet) and the pixels they want.

Source:
    Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019,
    https://arxiv.org/abs/1905.11946
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from runtime import layers
from runtime.applications.building import (
    Choices,
    Design,
    Tensor,
    WeightsFile,
    application,
    divisible,
    pad_before_stride,
)
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing
from runtime.initializers import VarianceScaling
from runtime.models import Functional

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "decode_predictions",
    "preprocess_input",
]

_FOLDER = "https://storage.googleapis.com/keras-applications"
_DEVIATIONS = (0.229, 0.224, 0.225)
_LARGEST_DROP = 0.2
"""Share of the samples that skip the last block in training; the earlier blocks are skipped less often."""


class Stage(NamedTuple):
    """Blocks of the same kind.

    Args:
        window: Height and width of their windows.
        repeats: How many there are, before scaling.
        filters: Feature maps they end with, before scaling.
        expansion: How many times wider they are inside.
        stride: Step of the window of the first of them.
    """

    window: int
    repeats: int
    filters: int
    expansion: int
    stride: int


_STAGES = (
    Stage(3, 1, 16, 1, 1),
    Stage(3, 2, 24, 6, 2),
    Stage(5, 2, 40, 6, 2),
    Stage(3, 3, 80, 6, 2),
    Stage(5, 3, 112, 6, 1),
    Stage(5, 4, 192, 6, 2),
    Stage(3, 1, 320, 6, 1),
)


def _efficient_network(x: Tensor, choices: Choices, *, width: float, depth: float) -> Tensor:
    x = _stem(x, choices, divisible(32 * width))
    repeats = [math.ceil(depth * stage.repeats) for stage in _STAGES]
    done = 0
    for number, (stage, count) in enumerate(zip(_STAGES, repeats, strict=True), 1):
        for place in range(count):
            x = _block(
                x,
                f"block{number}{chr(ord('a') + place)}_",
                stage._replace(filters=divisible(stage.filters * width), stride=1 if place else stage.stride),
                drop=_LARGEST_DROP * done / sum(repeats),
            )
            done += 1
    return _active(_convolution(x, divisible(1280 * width), 1, "top_conv"), "top_")


def _stem(x: Tensor, choices: Choices, filters: int) -> Tensor:
    """Pixels of 0-255 brought into range, then the first convolution."""
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Normalization(axis=3)(x)
    if choices.published:
        # The published weights were trained on pixels divided by the variance, not by the deviation.
        x = layers.Rescaling(tuple(1 / math.sqrt(deviation) for deviation in _DEVIATIONS))(x)
    x = layers.ZeroPadding2D(pad_before_stride(x, 3), name="stem_conv_pad")(x)
    return _active(_convolution(x, filters, 3, "stem_conv", strides=2, padding="valid"), "stem_")


def _block(inputs: Tensor, name: str, stage: Stage, *, drop: float) -> Tensor:
    """Widened, each feature map filtered by itself, weighed by what the whole image shows, narrowed again."""
    before = inputs.shape[-1] or 0
    x = inputs
    if stage.expansion != 1:
        x = _active(_convolution(x, before * stage.expansion, 1, f"{name}expand_conv"), f"{name}expand_")
    if stage.stride == 2:
        x = layers.ZeroPadding2D(pad_before_stride(x, stage.window), name=f"{name}dwconv_pad")(x)
    x = layers.DepthwiseConv2D(
        stage.window,
        strides=stage.stride,
        padding="valid" if stage.stride == 2 else "same",
        use_bias=False,
        depthwise_initializer=_start(),
        name=f"{name}dwconv",
    )(x)
    x = _weighed(_active(x, name), max(1, before // 4), name)
    x = _convolution(x, stage.filters, 1, f"{name}project_conv")
    x = layers.BatchNormalization(axis=3, name=f"{name}project_bn")(x)
    if stage.stride == 1 and before == stage.filters:
        if drop > 0:
            x = layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
        x = layers.Add(name=f"{name}add")([x, inputs])
    return x


def _weighed(x: Tensor, narrow: int, name: str) -> Tensor:
    """Feature maps times a number each, found from their averages (squeeze and excitation)."""
    channels = x.shape[-1] or 0
    weights = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    weights = layers.Reshape((1, 1, channels), name=f"{name}se_reshape")(weights)
    weights = _convolution(weights, narrow, 1, f"{name}se_reduce", activation="swish", use_bias=True)
    weights = _convolution(weights, channels, 1, f"{name}se_expand", activation="sigmoid", use_bias=True)
    return layers.Multiply(name=f"{name}se_excite")([x, weights])


def _active(x: Tensor, name: str) -> Tensor:
    x = layers.BatchNormalization(axis=3, name=f"{name}bn")(x)
    return layers.Activation("swish", name=f"{name}activation")(x)


def _convolution(x: Tensor, filters: int, window: int, name: str, **options: Any) -> Tensor:
    settings: dict[str, Any] = {"padding": "same", "use_bias": False, **options}
    return layers.Conv2D(filters, window, kernel_initializer=_start(), name=name, **settings)(x)


def _start() -> VarianceScaling:
    return VarianceScaling(2.0, "fan_out", "truncated_normal")


def _features(maps: Tensor, *, drop: float) -> Tensor:
    x = layers.GlobalAveragePooling2D(name="avg_pool")(maps)
    return layers.Dropout(drop, name="top_dropout")(x)


def _efficientnet(
    number: int, width: float, depth: float, size: int, drop: float, checksum: str, checksum_without_top: str
) -> Callable[..., Functional]:
    title = f"EfficientNetB{number}"
    stem = f"{_FOLDER}/{title.lower()}"
    design = Design(
        partial(_efficient_network, width=width, depth=depth),
        (WeightsFile(f"{stem}.h5", checksum), WeightsFile(f"{stem}_notop.h5", checksum_without_top)),
        size=size,
        to_features=partial(_features, drop=drop),
        classifier={"kernel_initializer": VarianceScaling(1 / 3, "fan_out", "uniform")},
    )
    summary = f"EfficientNet of scale {number}, for images of {size} × {size}."
    return application(title, title.lower(), design, summary, __name__)


EfficientNetB0 = _efficientnet(
    0, 1.0, 1.0, 224, 0.2, "902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"
)
EfficientNetB1 = _efficientnet(
    1, 1.0, 1.1, 240, 0.2, "1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"
)
EfficientNetB2 = _efficientnet(
    2, 1.1, 1.2, 260, 0.3, "b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"
)
EfficientNetB3 = _efficientnet(
    3, 1.2, 1.4, 300, 0.3, "ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"
)
EfficientNetB4 = _efficientnet(
    4, 1.4, 1.8, 380, 0.4, "18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"
)
EfficientNetB5 = _efficientnet(
    5, 1.6, 2.2, 456, 0.4, "ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"
)
EfficientNetB6 = _efficientnet(
    6, 1.8, 2.6, 528, 0.5, "165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"
)
EfficientNetB7 = _efficientnet(
    7, 2.0, 3.1, 600, 0.5, "8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"
)
preprocess_input = preprocessing(
    None, "The pixels as they are: these models bring them into range themselves."
)
