"""Rescaling, compared with the real Keras."""

import numpy as np
import pytest
import torch

from runtime import layers
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    "arguments",
    [{"scale": 1 / 255}, {"scale": 2, "offset": -1.0}, {"scale": [1.0, 2.0, 0.5], "offset": [0.0, 1.0, 2.0]}],
    ids=str,
)
def test_same_as_keras(arguments):
    assert_same(*pair("Rescaling", **arguments), arrays((2, 4, 3)))


def test_whole_numbers_become_measurements():
    pixels = np.array([[0, 51, 255]], dtype="uint8")
    outputs = layers.Rescaling(1 / 255)(pixels)
    assert outputs.dtype == torch.float32
    np.testing.assert_allclose(outputs.numpy(), [[0, 0.2, 1]], rtol=1e-6)
