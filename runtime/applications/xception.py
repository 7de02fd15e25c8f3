"""A network of depthwise separable convolutions (Xception) and the pixels it wants.

Source:
    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017,
    https://arxiv.org/abs/1610.02357
"""

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

_STEM = (
    "https://storage.googleapis.com/tensorflow/keras-applications/xception/"
    "xception_weights_tf_dim_ordering_tf_kernels"
)


def _xception(x: Tensor, choices: Choices) -> Tensor:
    del choices
    for step, (filters, stride) in enumerate(((32, 2), (64, 1)), 1):
        name = f"block1_conv{step}"
        x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=name)(x)
        x = _active(layers.BatchNormalization(name=f"{name}_bn")(x), name)
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _narrowing(x, block, filters, filters)
    for block in range(5, 13):
        shortcut = x
        for step in (1, 2, 3):
            name = f"block{block}_sepconv{step}"
            x = _separable(_active(x, name), 728, name)
        x = layers.Add()([x, shortcut])
    x = _narrowing(x, 13, 728, 1024)
    for step, filters in enumerate((1536, 2048), 1):
        name = f"block14_sepconv{step}"
        x = _active(_separable(x, filters, name), name)
    return x


def _narrowing(x: Tensor, block: int, first: int, second: int) -> Tensor:
    """Two separable convolutions and a pooling, beside a convolution that halves height and width, too."""
    shortcut = layers.Conv2D(second, 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = layers.BatchNormalization()(shortcut)
    for step, filters in enumerate((first, second), 1):
        name = f"block{block}_sepconv{step}"
        # The first of all follows on an activation.
        if (block, step) != (2, 1):
            x = _active(x, name)
        x = _separable(x, filters, name)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
    return layers.Add()([x, shortcut])


def _separable(x: Tensor, filters: int, name: str) -> Tensor:
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)


def _active(x: Tensor, name: str) -> Tensor:
    return layers.Activation("relu", name=f"{name}_act")(x)


Xception = application(
    "Xception",
    "xception",
    Design(
        _xception,
        (
            WeightsFile(f"{_STEM}.h5", "0a58e3b7378bc2990ea3b43d5981f1f6"),
            WeightsFile(f"{_STEM}_notop.h5", "b0042744bf5b25fce3cb969f33bebb97"),
        ),
        size=299,
        smallest=71,
        average_name=None,
        maximum_name=None,
    ),
    "Network of depthwise separable convolutions.",
    __name__,
)
preprocess_input = preprocessing("tf", "Pixels in the range from -1 to 1.")
