"""House prices in the districts of California in 1990: 20,640 of them, with 8 numbers each.

The numbers: longitude, latitude, age of the houses, rooms, bedrooms, people, households, income.

Source:
    Pace and Barry, "Sparse Spatial Autoregressions", 1997,
    https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.html
"""

from typing import Literal

from runtime.datasets.arrays import read_npz
from runtime.datasets.files import KERAS_FILES, DataFile
from runtime.datasets.splitting import Pair, shuffled_parts
from runtime.errors import ParameterError

FILE = DataFile(
    f"{KERAS_FILES}california_housing.npz",
    "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
)
_SMALL = 600


def load_data(
    version: Literal["small", "large"] = "large",
    path: str = "california_housing.npz",
    test_split: float = 0.2,
    seed: int = 113,
) -> tuple[Pair, Pair]:
    """House prices in California, fetched once.

    Args:
        version: "large" for all 20,640 districts, "small" for the first 600.
        path: Name of the file in the cache.
        test_split: Share of the districts to test on.
        seed: Makes the order.

    Returns:
        (x_train, y_train), (x_test, y_test): 8 numbers a district, and its median price in dollars.

    Raises:
        ParameterError: The version or share cannot be.
        DownloadError: The data is not there yet and cannot be fetched.
    """
    if version not in ("small", "large"):
        raise ParameterError(
            f"version is {version!r}.", parameter="version", received=version, hint="Use 'small' or 'large'."
        )
    found = read_npz(FILE.fetched(path))
    districts = _SMALL if version == "small" else None
    return shuffled_parts(found["x"][:districts], found["y"][:districts], test_split, seed)
