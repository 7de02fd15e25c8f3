"""Pictures: MNIST's handwritten digits, the small 8×8 digits, and those as a task of reconstruction."""

from typing import Any

import numpy as np

from app.services.datasets.catalogue import in_catalogue
from app.services.datasets.dataset import Answer, Array, Dataset, DatasetInfo, Gate, Split
from app.services.datasets.drawings import centred_by_mass, counted_in_blocks
from app.services.datasets.splits import stratified
from app.services.settings import ASSETS

DIGITS = tuple("0123456789")
DIGITS_SOURCE = "UCI Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak), in scikit-learn"


@in_catalogue(
    DatasetInfo(
        name="mnist",
        title="MNIST digits",
        description=(
            "Handwritten digits, 28 by 28 grey values from 0 (paper) to 255 (ink). Which digit is it? "
            "The values are raw: begin with a Rescaling layer of 1/255."
        ),
        answer=Answer.one_of(*DIGITS),
        preview="images",
        source="Y. LeCun, C. Cortes, C. Burges: 10,000 digits of MNIST",
        licence="CC BY-SA 3.0",
        rows=10_000,
        input_shape=(28, 28, 1),
        largest=255.0,
        gate=Gate("accuracy", 0.92, "two convolutions, 3 epochs"),
    )
)
def mnist(info: DatasetInfo) -> Dataset:
    """Handwritten digits of 28 by 28 points."""
    with np.load(ASSETS / "data" / "mnist10k.npz") as packed:
        pictures, labels = packed["x"], packed["y"].astype(np.int64)
    rows = Split(_with_channel(pictures), labels, pictures)
    return Dataset(
        info,
        *stratified(rows, labels),
        encode=_with_channel,
        drawn=lambda ink: centred_by_mass(ink, size=28, box=20) * 255,
    )


@in_catalogue(
    DatasetInfo(
        name="digits",
        title="Digits 8×8",
        description=(
            "Handwritten digits, shrunk to 8 by 8 values from 0 to 16. Which digit is it? "
            "Small enough to learn in seconds; a Rescaling layer of 1/16 helps."
        ),
        answer=Answer.one_of(*DIGITS),
        preview="images",
        source=DIGITS_SOURCE,
        licence="CC BY 4.0",
        rows=1797,
        input_shape=(8, 8, 1),
        largest=16.0,
        gate=Gate("accuracy", 0.92, "one hidden layer, 20 epochs"),
    )
)
def digits(info: DatasetInfo) -> Dataset:
    """Handwritten digits of 8 by 8 points."""
    pictures, labels = _small_digits()
    rows = Split(_with_channel(pictures), labels, pictures)
    return Dataset(info, *stratified(rows, labels), encode=_with_channel, drawn=_in_blocks)


@in_catalogue(
    DatasetInfo(
        name="digits_autoencoder",
        title="Digits 8×8, to be reconstructed",
        description=(
            "Handwritten digits as rows of 64 values from 0 to 1; the right answer is the input itself. "
            "Send it through a narrow layer, and the network has to find a short description of a digit."
        ),
        answer=Answer(
            "reconstruction",
            shape=(64,),
            dtype="float32",
            units=64,
            activation="sigmoid",
            loss="mean_squared_error",
            metrics=("mean_absolute_error",),
        ),
        preview="images",
        source=DIGITS_SOURCE,
        licence="CC BY 4.0",
        rows=1797,
        input_shape=(64,),
        gate=Gate("mse", 0.03, "64-16-64, 30 epochs"),
    )
)
def digits_autoencoder(info: DatasetInfo) -> Dataset:
    """Digits that are their own right answer."""
    pictures, labels = _small_digits()
    flat = _flat(pictures)
    rows = Split(flat, flat, pictures)
    return Dataset(info, *stratified(rows, labels), encode=_flat, drawn=_in_blocks)


def _with_channel(pictures: Array) -> Array:
    return pictures[..., np.newaxis].astype(np.float32)


def _flat(pictures: Array) -> Array:
    return (pictures.reshape(len(pictures), -1) / 16).astype(np.float32)


def _in_blocks(ink: Array) -> Array:
    return counted_in_blocks(ink, size=8, block=4)


def _small_digits() -> tuple[Array, Array]:
    # scikit-learn takes a second to import: only when its data are wanted.
    from sklearn.datasets import load_digits  # noqa: PLC0415

    bunch: Any = load_digits()
    return bunch.images.astype(np.float32), bunch.target.astype(np.int64)
