"""Pieces of clothing of ten kinds: 28 × 28 grey pixels, 60,000 to train on and 10,000 to test on.

Source:
    Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset", 2017, https://arxiv.org/abs/1708.07747
"""

import gzip
import zlib

import numpy as np

from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Array, Pair
from runtime.errors import FileFormatError

_FOLDER = "datasets/fashion-mnist"
FILES = {
    "y_train": DataFile(
        f"{KERAS_FILES}train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe", _FOLDER
    ),
    "x_train": DataFile(
        f"{KERAS_FILES}train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d", _FOLDER
    ),
    "y_test": DataFile(
        f"{KERAS_FILES}t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310", _FOLDER
    ),
    "x_test": DataFile(
        f"{KERAS_FILES}t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79", _FOLDER
    ),
}


def load_data() -> tuple[Pair, Pair]:
    """Pieces of clothing, fetched once.

    The kinds: T-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Returns:
        (x_train, y_train), (x_test, y_test): pixels 0-255 of shape (samples, 28, 28), and kinds 0-9.

    Raises:
        DownloadError: The data is not there yet and cannot be fetched.
    """
    found = {part: _read_idx(file.fetched()) for part, file in FILES.items()}
    return (found["x_train"], found["y_train"]), (found["x_test"], found["y_test"])


def _read_idx(path: str) -> Array:
    """An array of bytes in the idx format: two zeros, 8 for bytes, number of axes, sizes, bytes."""
    try:
        with gzip.open(path) as file:
            content = file.read()
        axes = content[3]
        shape = np.frombuffer(content, ">i4", axes, offset=4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise FileFormatError(
            f"'{path}' is broken: {error}.", hint="Delete it, so that it is fetched anew."
        ) from error
