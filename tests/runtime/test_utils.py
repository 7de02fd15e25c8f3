"""Small preparations of data agree with Keras's own."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import utils
from runtime.errors import DataError, ParameterError


@pytest.mark.parametrize("numbers", [[0, 2, 1], [[0], [3]], [[1, 0], [2, 2]]])
@pytest.mark.parametrize("classes", [None, 5])
def test_one_hot_rows(numbers: list, classes: int | None) -> None:
    expected = keras.utils.to_categorical(numbers, classes)
    np.testing.assert_array_equal(utils.to_categorical(numbers, classes), expected)


def test_class_numbers_out_of_range_are_told() -> None:
    with pytest.raises(DataError, match="from 0 to 4, but there are 3 classes"):
        utils.to_categorical([0, 4], 3)


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 6])
def test_padding(padding: str, truncating: str, maxlen: int | None) -> None:
    sequences = [[1, 2, 3, 4], [5], [], [6, 7]]
    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 9}
    expected = keras.utils.pad_sequences(sequences, **options)
    found = utils.pad_sequences(sequences, **options)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype


def test_padding_of_rows() -> None:
    sequences = [np.ones((3, 2)), np.ones((1, 2))]
    expected = keras.utils.pad_sequences(sequences, dtype="float32")
    np.testing.assert_array_equal(utils.pad_sequences(sequences, dtype="float32"), expected)
    with pytest.raises(DataError, match="entries of shape"):
        utils.pad_sequences([np.ones((3, 2)), np.ones((1, 3))])
    with pytest.raises(DataError, match="4"):
        utils.pad_sequences([[1], 4])


def test_a_seed_makes_a_run_repeat() -> None:
    def weights() -> list[np.ndarray]:
        utils.set_random_seed(7)
        layers = runtime.layers
        model = runtime.Sequential(
            [runtime.Input((6,)), layers.Dense(8, "relu"), layers.Dropout(0.3), layers.Dense(1)]
        )
        model.compile("adam", "mse")
        x = np.random.normal(size=(40, 6)).astype("float32")
        model.fit(x, x[:, 0], epochs=2, verbose=0)
        return model.get_weights()

    first, again = weights(), weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert np.isfinite(np.concatenate([w.ravel() for w in first])).all()


@pytest.mark.parametrize("seed", [-1, 2**32, "7"])
def test_wrong_seeds_are_told(seed: object) -> None:
    with pytest.raises(ParameterError, match="Give a whole number from 0"):
        utils.set_random_seed(seed)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _random_state():
    """Other tests keep their own random numbers."""
    before = torch.random.get_rng_state(), np.random.get_state()
    yield
    torch.random.set_rng_state(before[0])
    np.random.set_state(before[1])
