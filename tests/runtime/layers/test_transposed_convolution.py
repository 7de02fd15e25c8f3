"""Transposed convolutions, compared with the real Keras."""

import pytest

from runtime import layers
from runtime.errors import ParameterError
from tests.runtime.layers.oracle import arrays, assert_same, pair

INPUTS = {1: (2, 5, 4), 2: (2, 5, 4, 3), 3: (2, 2, 3, 4, 2)}


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"kernel_size": 2},
        {"strides": 2, "activation": "relu"},
        {"strides": 2, "kernel_size": 4, "use_bias": False},
        {"strides": 3, "kernel_size": 2},
        {"strides": 3, "output_padding": 1},
        {"strides": 2, "output_padding": 0, "kernel_size": 5},
        {"dilation_rate": 2},
    ],
    ids=str,
)
def test_same_as_keras(rank, padding, arguments):
    arguments = {"filters": 6, "kernel_size": 3, "padding": padding, **arguments}
    ours, theirs = pair(f"Conv{rank}DTranspose", **arguments)
    outputs = assert_same(ours, theirs, arrays(INPUTS[rank]))
    assert tuple(outputs.shape) == ours.compute_output_shape(INPUTS[rank])


def test_unknown_sizes():
    layer = layers.Conv2DTranspose(8, 3, strides=2, padding="same")
    assert layer.compute_output_shape((None, None, 7, 3)) == (None, None, 14, 8)


def test_output_padding_is_less_than_the_strides():
    with pytest.raises(
        ParameterError, match=r"output_padding \(2, 2\), but it must be less than the strides"
    ):
        layers.Conv2DTranspose(8, 3, strides=2, output_padding=2)
