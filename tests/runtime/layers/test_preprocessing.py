"""Rescaling, compared with the real Keras."""

import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    "arguments",
    [
        {"scale": 1 / 255},
        {"scale": 2, "offset": -1.0},
        {"scale": [0.5, 2, 3.0]},
        {"scale": (0.5, 2.0, 3.0), "offset": [0, -1, 1]},
        {"scale": 2, "offset": [0.0, -1.0, 1.0]},
    ],
    ids=str,
)
def test_same_as_keras(arguments):
    assert_same(*pair("Rescaling", **arguments), arrays((2, 4, 3)))


def test_whole_numbers_become_measurements():
    pixels = np.array([[0, 51, 255]], dtype="uint8")
    outputs = layers.Rescaling(1 / 255)(pixels)
    assert outputs.dtype == torch.float32
    np.testing.assert_allclose(outputs.numpy(), [[0, 0.2, 1]], rtol=1e-6)


def test_arrays_are_taken():
    layer = layers.Rescaling(np.array([1.0, 2.0]), offset=np.float32(1))
    assert layer.get_config()["scale"] == [1.0, 2.0]
    np.testing.assert_allclose(layer(np.ones((1, 2), "float32")).numpy(), [[2, 3]])


def test_numbers_for_other_channels_are_refused():
    with pytest.raises(ShapeError, match="scale of 2 numbers, but the last axis of batch × 4 × 3 has size 3"):
        layers.Rescaling([1.0, 2.0]).compute_output_shape((None, 4, 3))
    assert layers.Rescaling([1.0, 2.0]).compute_output_shape((None, None)) == (None, None)


@pytest.mark.parametrize("scale", ["1", [], [True], [1, "2"], None])
def test_something_else_is_refused(scale):
    with pytest.raises(ParameterError, match="wants a number or a list of them"):
        layers.Rescaling(scale)
