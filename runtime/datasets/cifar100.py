"""Small photographs of a hundred kinds of things: 50,000 to train on and 10,000 to test on.

Source:
    Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
    https://www.cs.toronto.edu/~kriz/cifar.html
"""

from typing import Literal

from runtime.datasets.cifar import read_batches
from runtime.datasets.files import DataFile
from runtime.datasets.splitting import Pair
from runtime.errors import ParameterError

FILE = DataFile(
    "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    # The name Keras keeps it under.
    name="cifar-100-python-target_archive",
)


def load_data(label_mode: Literal["fine", "coarse"] = "fine") -> tuple[Pair, Pair]:
    """Small photographs of a hundred kinds of things, fetched once.

    Args:
        label_mode: "fine" for 100 kinds, "coarse" for 20 groups of them.

    Returns:
        (x_train, y_train), (x_test, y_test): pixels 0-255 of shape (samples, 32, 32, 3), and kinds of shape
        (samples, 1).

    Raises:
        ParameterError: There are no such labels.
        DownloadError: The data is not there yet and cannot be fetched.
    """
    if label_mode not in ("fine", "coarse"):
        raise ParameterError(
            f"label_mode is {label_mode!r}.",
            parameter="label_mode",
            received=label_mode,
            hint="Use 'fine' or 'coarse'.",
        )
    names = ["cifar-100-python/train", "cifar-100-python/test"]
    training, test = read_batches(FILE.fetched(), names, f"{label_mode}_labels")
    return training, test
