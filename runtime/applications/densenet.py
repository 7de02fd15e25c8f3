"""Densely connected networks (DenseNet) and the pixels they want.

Source:
    Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks", 2017,
    https://arxiv.org/abs/1608.06993
"""

from collections.abc import Callable
from functools import partial

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing
from runtime.models import Functional

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/densenet"
_GROWTH = 32
"""Feature maps that each step adds."""


def _dense_network(x: Tensor, choices: Choices, *, depths: tuple[int, ...]) -> Tensor:
    del choices
    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _active(x, "conv1_bn", "conv1_relu")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for stage, depth in enumerate(depths, 2):
        for block in range(1, depth + 1):
            x = _step(x, f"conv{stage}_block{block}")
        if stage < len(depths) + 1:
            x = _halved(x, f"pool{stage}")
    return _active(x, "bn", "relu")


def _step(x: Tensor, name: str) -> Tensor:
    """New feature maps, put beside all there were."""
    new = _active(x, f"{name}_0_bn", f"{name}_0_relu")
    new = layers.Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = _active(new, f"{name}_1_bn", f"{name}_1_relu")
    new = layers.Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return layers.Concatenate(axis=3, name=f"{name}_concat")([x, new])


def _halved(x: Tensor, name: str) -> Tensor:
    """Half as many feature maps, half as high and wide."""
    x = _active(x, f"{name}_bn", f"{name}_relu")
    channels = x.shape[-1] or 0
    x = layers.Conv2D(channels // 2, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _active(x: Tensor, normalization: str, activation: str) -> Tensor:
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=normalization)(x)
    return layers.Activation("relu", name=activation)(x)


def _densenet(
    title: str, depths: tuple[int, ...], checksum: str, checksum_without_top: str
) -> Callable[..., Functional]:
    stem = f"{_FOLDER}/{title.lower()}_weights_tf_dim_ordering_tf_kernels"
    design = Design(
        partial(_dense_network, depths=depths),
        (WeightsFile(f"{stem}.h5", checksum), WeightsFile(f"{stem}_notop.h5", checksum_without_top)),
    )
    summary = f"Densely connected network with {2 * sum(depths) + 5} layers."
    return application(title, title.lower(), design, summary, __name__)


DenseNet121 = _densenet(
    "DenseNet121",
    (6, 12, 24, 16),
    "9d60b8095a5708f2dcce2bca79d332c7",
    "30ee3e1110167f948a6b9946edeeb738",
)
DenseNet169 = _densenet(
    "DenseNet169",
    (6, 12, 32, 32),
    "d699b8f76981ab1b30698df4c175e90b",
    "b8c4d4c20dd625c148057b9ff1c1176b",
)
DenseNet201 = _densenet(
    "DenseNet201",
    (6, 12, 48, 32),
    "1ceb130c1ea1b78c3bf6114dbdfd8807",
    "c13680b51ded0fb44dff2d8f86ac8bb1",
)
preprocess_input = preprocessing(
    "torch", "Pixels with the mean 0 and deviation 1 of each channel of ImageNet."
)
