"""A network of modules with several branches (Inception, version 3) and the pixels it wants.

Source:
    Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the Inception Architecture for Computer Vision",
    2016, https://arxiv.org/abs/1512.00567
"""

from typing import Literal

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

_STEM = (
    "https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/"
    "inception_v3_weights_tf_dim_ordering_tf_kernels"
)

Step = tuple[int, int | tuple[int, int]]
"""Filters and window of a convolution."""


def _inception(x: Tensor, choices: Choices) -> Tensor:
    del choices
    x = _convolution(x, 32, 3, stride=2, padding="valid")
    x = _convolution(x, 32, 3, padding="valid")
    x = _convolution(x, 64, 3)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = _convolution(x, 80, 1, padding="valid")
    x = _convolution(x, 192, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(x)
    for place, pooled in enumerate((32, 64, 64)):
        x = _with_small_windows(x, pooled, f"mixed{place}")
    x = _narrowed(x, [[(384, 3)], [(64, 1), (96, 3), (96, 3)]], "mixed3")
    for place, filters in enumerate((128, 160, 160, 192), 4):
        x = _with_long_windows(x, filters, f"mixed{place}")
    long_way: list[Step] = [(192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3)]
    x = _narrowed(x, [[(192, 1), (320, 3)], long_way], "mixed8")
    for place in range(2):
        x = _with_forks(x, place)
    return x


def _with_small_windows(x: Tensor, pooled: int, name: str) -> Tensor:
    branches = [
        _chain(x, [(64, 1)]),
        _chain(x, [(48, 1), (64, 5)]),
        _chain(x, [(64, 1), (96, 3), (96, 3)]),
        _averaged(x, pooled),
    ]
    return layers.Concatenate(axis=3, name=name)(branches)


def _with_long_windows(x: Tensor, filters: int, name: str) -> Tensor:
    wide, high = (1, 7), (7, 1)
    branches = [
        _chain(x, [(192, 1)]),
        _chain(x, [(filters, 1), (filters, wide), (192, high)]),
        _chain(x, [(filters, 1), (filters, high), (filters, wide), (filters, high), (192, wide)]),
        _averaged(x, 192),
    ]
    return layers.Concatenate(axis=3, name=name)(branches)


def _with_forks(x: Tensor, place: int) -> Tensor:
    """The last modules: two of the branches end in a wide and a high window side by side."""
    plain = _chain(x, [(320, 1)])
    short = _fork(_chain(x, [(384, 1)]), f"mixed9_{place}")
    long = _fork(_chain(x, [(448, 1), (384, 3)]), None)
    return layers.Concatenate(axis=3, name=f"mixed{9 + place}")([plain, short, long, _averaged(x, 192)])


def _fork(x: Tensor, name: str | None) -> Tensor:
    sides = [_convolution(x, 384, (1, 3)), _convolution(x, 384, (3, 1))]
    return layers.Concatenate(axis=3, name=name)(sides)


def _narrowed(x: Tensor, ways: list[list[Step]], name: str) -> Tensor:
    """Branches whose last step halves height and width, beside a pooling that does."""
    branches = [_convolution(_chain(x, way[:-1]), *way[-1], stride=2, padding="valid") for way in ways]
    branches.append(layers.MaxPooling2D(3, strides=2)(x))
    return layers.Concatenate(axis=3, name=name)(branches)


def _averaged(x: Tensor, filters: int) -> Tensor:
    return _convolution(layers.AveragePooling2D(3, strides=1, padding="same")(x), filters, 1)


def _chain(x: Tensor, steps: list[Step]) -> Tensor:
    for filters, window in steps:
        x = _convolution(x, filters, window)
    return x


def _convolution(
    x: Tensor,
    filters: int,
    window: int | tuple[int, int],
    *,
    stride: int = 1,
    padding: Literal["valid", "same"] = "same",
) -> Tensor:
    x = layers.Conv2D(filters, window, strides=stride, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(axis=3, scale=False)(x)
    return layers.Activation("relu")(x)


InceptionV3 = application(
    "InceptionV3",
    "inception_v3",
    Design(
        _inception,
        (
            WeightsFile(f"{_STEM}.h5", "9a0d58056eeedaa3f26cb7ebd46da564"),
            WeightsFile(f"{_STEM}_notop.h5", "bcbd6486424b2319ff4ef7d526e38f63"),
        ),
        size=299,
        smallest=75,
        average_name=None,
        maximum_name=None,
    ),
    "Network of modules with several branches.",
    __name__,
)
preprocess_input = preprocessing("tf", "Pixels in the range from -1 to 1.")
