"""House prices in the suburbs of Boston in the 1970s: 506 of them, with 13 numbers each.

One of the numbers stands for an assumption about race and prices that is not one to build on. Take
`california_housing` unless that is what a lesson is about.

Source:
    Harrison and Rubinfeld, "Hedonic Housing Prices and the Demand for Clean Air", 1978,
    http://lib.stat.cmu.edu/datasets/boston
"""

from runtime.datasets.arrays import read_npz
from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Pair, shuffled_parts

FILE = DataFile(
    f"{KERAS_FILES}boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
)


def load_data(
    path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[Pair, Pair]:
    """House prices around Boston, fetched once.

    Args:
        path: Name of the file in the cache.
        test_split: Share of the suburbs to test on.
        seed: Makes the order.

    Returns:
        (x_train, y_train), (x_test, y_test): 13 numbers a suburb, and its median price in 1,000 dollars.

    Raises:
        ParameterError: The share cannot be.
        DownloadError: The data is not there yet and cannot be fetched.
    """
    found = read_npz(FILE.fetched(path))
    return shuffled_parts(found["x"], found["y"], test_split, seed)
