"""Small photographs of ten kinds of things: 50,000 to train on and 10,000 to test on.

Source:
    Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
    https://www.cs.toronto.edu/~kriz/cifar.html
"""

from runtime.datasets.cifar import joined, read_batches
from runtime.datasets.files import DataFile
from runtime.datasets.splitting import Pair

FILE = DataFile(
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    # The name Keras keeps it under.
    name="cifar-10-batches-py-target_archive",
)
_BATCHES = [
    f"cifar-10-batches-py/{name}" for name in (*(f"data_batch_{n}" for n in range(1, 6)), "test_batch")
]


def load_data() -> tuple[Pair, Pair]:
    """Small photographs of ten kinds of things, fetched once.

    The kinds: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.

    Returns:
        (x_train, y_train), (x_test, y_test): pixels 0-255 of shape (samples, 32, 32, 3), and kinds 0-9 of
        shape (samples, 1).

    Raises:
        DownloadError: The data is not there yet and cannot be fetched.
    """
    batches = read_batches(FILE.fetched(), _BATCHES, "labels")
    *training, test = [(x, y.astype("uint8")) for x, y in batches]
    return joined(training), test
