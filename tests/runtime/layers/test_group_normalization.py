"""GroupNormalization, RMSNormalization and UnitNormalization, compared with the real Keras."""

import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({"groups": 2}, (2, 3, 4)),
        ({"groups": 2}, (3, 4)),
        ({"groups": 2, "axis": 1, "center": False}, (2, 4, 3)),
        ({"groups": 1, "scale": False, "epsilon": 0.1}, (2, 5, 4, 6)),
        ({"groups": 3, "axis": -2, "center": False, "scale": False}, (2, 5, 6, 4)),
    ],
    ids=str,
)
def test_groups_are_normalized_as_in_keras(arguments, shape):
    assert_same(*pair("GroupNormalization", **arguments), arrays(shape))


def test_each_channel_may_be_a_group():
    # Keras writes the number of channels into the config once the layer is built.
    assert_same(*pair("GroupNormalization", -1), arrays((2, 5, 4)), configs=False)


@pytest.mark.parametrize("arguments", [{}, {"axis": (1, 2), "epsilon": 0.1}, {"axis": [2, 1]}], ids=str)
def test_root_mean_squares_as_in_keras(arguments):
    # Keras turns the axis into a list once the layer is built.
    assert_same(*pair("RMSNormalization", **arguments), arrays((2, 3, 4)), configs=False)


def test_root_mean_squares_along_an_axis_inside():
    layer = layers.RMSNormalization(axis=1)
    inputs = arrays((2, 3, 4))
    wanted = inputs / ((inputs**2).mean(1, keepdims=True) + 1e-6) ** 0.5
    assert abs(layer(inputs).detach().numpy() - wanted).max() < 1e-5


@pytest.mark.parametrize("axis", [-1, 1, (1, 2)])
def test_lengths_become_one_as_in_keras(axis):
    assert_same(*pair("UnitNormalization", axis=axis), arrays((2, 3, 4)))


def test_nothing_has_no_direction():
    assert_same(*pair("UnitNormalization"), arrays((2, 3)) * 0, gradients=False)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (layers.GroupNormalization(3), (None, 4), "cannot split 4 channels into 3 equal groups"),
        (layers.GroupNormalization(), (None, 4), "cannot split 4 channels into 32"),
        (layers.GroupNormalization(2), (None, 3, 0), "no channels to normalize"),
        (layers.GroupNormalization(-1), (None, 0), "no channels to normalize"),
        (layers.GroupNormalization(1, axis=0), (3, 4), "axis 0, which is the batch"),
        (layers.GroupNormalization(1, axis=2), (None, 4), "axis 2, but its input has 2 axes"),
        (layers.GroupNormalization(1), (None, None), "needs to know the size of axis -1"),
        (layers.RMSNormalization(2), (None, 4), "axis 2, but its input has 2 axes"),
        (layers.UnitNormalization(2), (None, 4), "axis 2, which batch × 4 does not have"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layer.compute_output_shape(shape)
    assert caught.value.port == "inputs"


@pytest.mark.parametrize("groups", [1, 2])
def test_pictures_may_come_right_from_the_data(groups):
    """Nobody asks for the gradient of its input: torch's own backward pass ends the process then."""
    pictures = torch.tensor(arrays((3, 5, 5, 4)))
    layer = layers.GroupNormalization(groups)
    weights = torch.arange(pictures.numel(), dtype=torch.float32).reshape(pictures.shape).cos()
    found = []
    for has_gradient in (False, True):
        outputs = layer(pictures.clone().requires_grad_(has_gradient))
        found.append(torch.autograd.grad((outputs * weights).sum(), layer.weights))
    torch.testing.assert_close(found[0], found[1])


def test_no_groups_are_refused():
    with pytest.raises(ParameterError, match="at least 1 group"):
        layers.GroupNormalization(0)
