"""Residual networks that normalize before each convolution (ResNet V2) and the pixels they want.

Source:
    He, Zhang, Ren and Sun, "Identity Mappings in Deep Residual Networks", 2016,
    https://arxiv.org/abs/1603.05027
"""

from collections.abc import Callable
from functools import partial

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.applications.imagenet_utils import decode_predictions
from runtime.applications.preparation import preprocessing
from runtime.models import Functional

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]

_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications/resnet"


def _residual_network(x: Tensor, choices: Choices, *, depths: tuple[int, ...]) -> Tensor:
    del choices
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stage, depth in enumerate(depths):
        for block in range(1, depth + 1):
            # Here the last block of a stage halves height and width, but for the last stage.
            stride = 2 if block == depth and stage < len(depths) - 1 else 1
            name = f"conv{stage + 2}_block{block}"
            x = _block(x, 64 * 2**stage, stride, name, widened=block == 1)
    return _active(x, "post")


def _block(x: Tensor, filters: int, stride: int, name: str, *, widened: bool) -> Tensor:
    before = _active(x, f"{name}_preact")
    if widened:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    else:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before)
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(_active(x, f"{name}_1"))
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(_active(x, f"{name}_2"))
    return layers.Add(name=f"{name}_out")([shortcut, x])


def _active(x: Tensor, name: str) -> Tensor:
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def _resnet(
    title: str, depths: tuple[int, ...], checksum: str, checksum_without_top: str
) -> Callable[..., Functional]:
    stem = f"{_FOLDER}/{title.lower()}_weights_tf_dim_ordering_tf_kernels"
    design = Design(
        partial(_residual_network, depths=depths),
        (WeightsFile(f"{stem}.h5", checksum), WeightsFile(f"{stem}_notop.h5", checksum_without_top)),
    )
    summary = f"Residual network with {3 * sum(depths) + 2} layers, normalized before each convolution."
    return application(title, title.lower(), design, summary, __name__)


ResNet50V2 = _resnet(
    "ResNet50V2", (3, 4, 6, 3), "3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"
)
ResNet101V2 = _resnet(
    "ResNet101V2", (3, 4, 23, 3), "6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"
)
ResNet152V2 = _resnet(
    "ResNet152V2", (3, 8, 36, 3), "a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"
)
preprocess_input = preprocessing("tf", "Pixels in the range from -1 to 1.")
