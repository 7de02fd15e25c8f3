"""Residual networks (ResNet) and the pixels they want.

Source:
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015,
    https://arxiv.org/abs/1512.03385
"""

from collections.abc import Callable
from functools import partial

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing
from runtime.models import Functional

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/resnet"
_EPSILON = 1.001e-5


def _residual_network(x: Tensor, choices: Choices, *, depths: tuple[int, ...]) -> Tensor:
    del choices
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = _normalized(layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x), "conv1")
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stage, depth in enumerate(depths):
        for block in range(1, depth + 1):
            stride = 2 if stage and block == 1 else 1
            name = f"conv{stage + 2}_block{block}"
            x = _block(x, 64 * 2**stage, stride, name, widened=block == 1)
    return x


def _block(x: Tensor, filters: int, stride: int, name: str, *, widened: bool) -> Tensor:
    """Three convolutions, narrow, 3 × 3 and wide, added to what came in."""
    shortcut = x
    if widened:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = _normalized(shortcut, f"{name}_0")
    x = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = layers.Activation("relu", name=f"{name}_1_relu")(_normalized(x, f"{name}_1"))
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = layers.Activation("relu", name=f"{name}_2_relu")(_normalized(x, f"{name}_2"))
    x = _normalized(layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


def _normalized(x: Tensor, name: str) -> Tensor:
    return layers.BatchNormalization(axis=3, epsilon=_EPSILON, name=f"{name}_bn")(x)


def _resnet(
    title: str, depths: tuple[int, ...], checksum: str, checksum_without_top: str
) -> Callable[..., Functional]:
    stem = f"{_FOLDER}/{title.lower()}_weights_tf_dim_ordering_tf_kernels"
    design = Design(
        partial(_residual_network, depths=depths),
        (WeightsFile(f"{stem}.h5", checksum), WeightsFile(f"{stem}_notop.h5", checksum_without_top)),
    )
    summary = f"Residual network with {3 * sum(depths) + 2} layers."
    return application(title, title.lower(), design, summary, __name__)


ResNet50 = _resnet(
    "ResNet50", (3, 4, 6, 3), "2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"
)
ResNet101 = _resnet(
    "ResNet101", (3, 4, 23, 3), "f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"
)
ResNet152 = _resnet(
    "ResNet152", (3, 8, 36, 3), "100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"
)
preprocess_input = preprocessing("caffe", "Pixels with blue first, less the mean of each channel.")
