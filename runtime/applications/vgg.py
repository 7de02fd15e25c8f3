"""Very deep networks of plain 3 × 3 convolutions (VGG).

Source:
    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015,
    https://arxiv.org/abs/1409.1556
"""

from collections.abc import Callable
from functools import partial

from runtime import layers
from runtime.applications.building import Choices, Design, Tensor, WeightsFile, application
from runtime.models import Functional

_FOLDER = "https://storage.googleapis.com/tensorflow/keras-applications"
_FILTERS = (64, 128, 256, 512, 512)


def vgg(
    title: str, depths: tuple[int, ...], checksum: str, checksum_without_top: str
) -> Callable[..., Functional]:
    """The public function of one VGG.

    Args:
        title: Its name.
        depths: Convolutions of each block.
        checksum: Of the published weights.
        checksum_without_top: Of those without the classifier.
    """
    name = title.lower()
    stem = f"{_FOLDER}/{name}/{name}_weights_tf_dim_ordering_tf_kernels"
    design = Design(
        partial(_blocks, depths=depths),
        (WeightsFile(f"{stem}.h5", checksum), WeightsFile(f"{stem}_notop.h5", checksum_without_top)),
        average_name=None,
        maximum_name=None,
        to_features=_features,
    )
    summary = f"VGG with {sum(depths) + 3} layers: blocks of plain 3 × 3 convolutions."
    return application(title, name, design, summary, f"runtime.applications.{name}")


def _blocks(x: Tensor, choices: Choices, *, depths: tuple[int, ...]) -> Tensor:
    del choices
    for block, (filters, depth) in enumerate(zip(_FILTERS, depths, strict=True), 1):
        for step in range(1, depth + 1):
            name = f"block{block}_conv{step}"
            x = layers.Conv2D(filters, 3, activation="relu", padding="same", name=name)(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    return x


def _features(maps: Tensor) -> Tensor:
    x = layers.Flatten(name="flatten")(maps)
    x = layers.Dense(4096, activation="relu", name="fc1")(x)
    return layers.Dense(4096, activation="relu", name="fc2")(x)
