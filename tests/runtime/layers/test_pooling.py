"""Pooling over windows, compared with the real Keras."""

import numpy as np
import pytest

from runtime.layers import AveragePooling1D, AveragePooling2D, AveragePooling3D
from tests.runtime.layers.oracle import arrays, assert_same, pair

INPUTS = {1: (2, 9, 3), 2: (2, 7, 6, 3), 3: (2, 5, 4, 6, 3)}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Max", "Average"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"pool_size": 2},
        {"pool_size": 3, "strides": 1},
        {"pool_size": 2, "strides": 3},
        {"pool_size": 3, "strides": 1, "padding": "same"},
    ],
    ids=str,
)
def test_same_as_keras(rank, kind, arguments):
    assert_same(*pair(f"{kind}Pooling{rank}D", **arguments), arrays(INPUTS[rank]))


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("pool_size", [2, 3, 4])
@pytest.mark.parametrize("strides", [1, 2, 3, 5])
def test_max_pooling_with_uneven_padding(rank, pool_size, strides):
    ours, theirs = pair(f"MaxPooling{rank}D", pool_size, strides=strides, padding="same")
    assert_same(ours, theirs, arrays(INPUTS[rank]))


@pytest.mark.parametrize("pool_size", [2, 3, 4])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 5, 6])
def test_uneven_padding_does_not_count_in_averages(pool_size, strides, size):
    """As in TensorFlow and JAX; Keras on torch repeats the edge there, and averages that in."""
    inputs = arrays((2, size, 3))
    got = AveragePooling1D(pool_size, strides, padding="same")(inputs).numpy()
    places = -(-size // strides)
    before = max((places - 1) * strides + pool_size - size, 0) // 2
    for place in range(places):
        start = place * strides - before
        window = inputs[:, max(start, 0) : start + pool_size]
        np.testing.assert_allclose(got[:, place], window.mean(axis=1), rtol=1e-5, atol=1e-6)


def test_uneven_padding_of_two_axes():
    inputs = arrays((1, 3, 4, 1))
    got = AveragePooling2D(2, strides=(2, 1), padding="same")(inputs).numpy()[0, :, :, 0]
    picture = inputs[0, :, :, 0]
    wanted = [[picture[row : row + 2, column : column + 2].mean() for column in range(4)] for row in (0, 2)]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)


@pytest.mark.parametrize(("size", "pool_size", "strides"), [(1, 3, 3), (2, 5, 1), (2, 4, 3), (3, 5, 2)])
def test_volumes_smaller_than_the_window(size, pool_size, strides):
    inputs = arrays((2, size, size, size, 2))
    outputs = AveragePooling3D(pool_size, strides, padding="same")(inputs).numpy()
    # Windows at the edges hold fewer numbers, so sums and counts are added up axis by axis.
    sums, counts = inputs, np.ones_like(inputs)
    places = -(-size // strides)
    before = max((places - 1) * strides + pool_size - size, 0) // 2
    starts = [place * strides - before for place in range(places)]
    for axis in (1, 2, 3):
        sums, counts = (
            np.stack(
                [
                    numbers.take(range(max(start, 0), min(start + pool_size, size)), axis).sum(axis)
                    for start in starts
                ],
                axis,
            )
            for numbers in (sums, counts)
        )
    np.testing.assert_allclose(outputs, sums / counts, rtol=1e-5, atol=1e-6)


def test_sizes_per_axis():
    assert_same(*pair("MaxPooling2D", (3, 1), strides=(1, 2), padding="same"), arrays(INPUTS[2]))
