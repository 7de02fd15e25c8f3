"""LayerNormalization, compared with the real Keras."""

import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, assert_same_config, pair


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, (2, 5)),
        ({"epsilon": 0.1}, (2, 4, 3)),
        ({"axis": (1, 2), "center": False}, (2, 4, 3)),
        ({"axis": [2, 3], "scale": False}, (2, 4, 3, 2)),
        ({"axis": (1, 3), "gamma_initializer": "zeros"}, (2, 4, 3, 2)),
        ({"axis": (-1, -2), "beta_regularizer": "l2"}, (2, 4, 3, 2)),
    ],
    ids=str,
)
def test_same_as_keras(arguments, shape):
    assert_same_config(*pair("LayerNormalization", **arguments))
    # Once it is built, Keras writes a single axis as a list.
    assert_same(*pair("LayerNormalization", **arguments), arrays(shape), atol=2e-6, configs=False)


def test_an_axis_before_the_last():
    """Keras on torch fails there: compared with the last axis of swapped inputs."""
    one, last = layers.LayerNormalization(axis=1), layers.LayerNormalization()
    inputs = arrays((2, 4, 3))
    one(inputs)
    assert tuple(one.gamma.shape) == (4,)
    last(inputs.swapaxes(1, 2))
    last.set_weights([weight * 0.5 + 1 for weight in one.get_weights()])
    one.set_weights(last.get_weights())
    outputs, swapped = one(inputs), last(inputs.swapaxes(1, 2))
    torch.testing.assert_close(outputs, swapped.swapaxes(1, 2))


def test_scaling_of_old_is_refused():
    assert layers.LayerNormalization(rms_scaling=False).epsilon == 1e-3
    with pytest.raises(ParameterError, match="rms_scaling=True"):
        layers.LayerNormalization(rms_scaling=True)


def test_missing_axis_is_explained():
    with pytest.raises(ShapeError, match="has axis 2, but its input has 2 axes: batch × 4"):
        layers.LayerNormalization(axis=(1, 2)).compute_output_shape((None, 4))
