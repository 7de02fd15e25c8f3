"""BatchNormalization, compared with the real Keras."""

import copy

import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, (6, 3)),
        ({"momentum": 0.5, "epsilon": 0.1}, (4, 5, 3)),
        ({"center": False, "beta_initializer": "ones"}, (2, 4, 5, 3)),
        ({"scale": False, "gamma_regularizer": "l2"}, (2, 4, 5, 3)),
        ({"axis": 1}, (2, 3, 4, 5)),
        ({"axis": -2}, (3, 3, 4)),
        ({"axis": 2}, (3, 3, 4)),
    ],
    ids=str,
)
def test_same_as_keras(training, arguments, shape):
    assert_same(*pair("BatchNormalization", **arguments), arrays(shape), training=training, atol=2e-6)


@pytest.mark.parametrize("training", [True, False])
def test_masked_steps_do_not_count(training):
    mask = np.array([[1, 1, 0, 1], [0, 1, 0, 0]], dtype=bool)
    layer = pair("BatchNormalization", momentum=0.7)
    assert_same(*layer, arrays((2, 4, 3)), settings={"mask": mask}, training=training, atol=2e-6)


@pytest.mark.parametrize("clipping", [{}, {"rmin": 0.5, "rmax": 1.5, "dmax": 0.3}])
@pytest.mark.parametrize("training", [True, False])
def test_renorm(clipping, training):
    layer = pair("BatchNormalization", renorm=True, renorm_clipping=clipping, renorm_momentum=0.8)
    assert_same(*layer, arrays((4, 5, 3)), training=training, rtol=2e-5, atol=1e-5)


def test_a_frozen_layer_uses_and_keeps_its_averages():
    layer = layers.BatchNormalization()
    inputs = torch.from_numpy(arrays((8, 3)))
    layer(inputs)
    layer.trainable = False
    before = copy.deepcopy(layer.get_weights())
    torch.testing.assert_close(layer(inputs, training=True), layer(inputs, training=False))
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_averages_are_no_trained_weights():
    layer = layers.BatchNormalization()
    layer(arrays((8, 3)))
    assert [weight.name for weight in layer.trainable_weights] == ["gamma", "beta"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["moving_mean", "moving_variance"]


def test_one_sample_in_training():
    layer = layers.BatchNormalization()
    outputs = layer(arrays((1, 3)), training=True)
    torch.testing.assert_close(outputs, torch.zeros(1, 3), atol=1e-5, rtol=0)
    np.testing.assert_allclose(layer.moving_variance.detach().numpy(), 0.99, rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (layers.BatchNormalization(3, name="bn"), (None, 4), "'bn' has axis 3, but its input has 2 axes"),
        (layers.BatchNormalization(), (None, None), "needs to know the size of axis -1"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message):
        layer.compute_output_shape(shape)


def test_other_features_than_built_for():
    layer = layers.BatchNormalization(name="bn")
    layer(arrays((2, 3)))
    with pytest.raises(ShapeError, match="'bn' was built for 3 features, but gets 4"):
        layer(arrays((2, 4)))
