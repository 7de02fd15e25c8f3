"""Handwritten digits: 28 × 28 grey pixels, 60,000 to train on and 10,000 to test on.

Source:
    LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998,
    http://yann.lecun.com/exdb/mnist/
"""

from runtime.datasets.arrays import read_npz
from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Pair

FILE = DataFile(f"{KERAS_FILES}mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")


def load_data(path: str = "mnist.npz") -> tuple[Pair, Pair]:
    """Handwritten digits 0-9, fetched once.

    Args:
        path: Name of the file in the cache.

    Returns:
        (x_train, y_train), (x_test, y_test): pixels 0-255 of shape (samples, 28, 28), and the digits.

    Raises:
        DownloadError: The data is not there yet and cannot be fetched.
    """
    found = read_npz(FILE.fetched(path))
    return (found["x_train"], found["y_train"]), (found["x_test"], found["y_test"])
