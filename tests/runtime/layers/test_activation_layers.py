"""Activation functions as layers, compared with the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import activations, layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ReLU", {}),
        ("ReLU", {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}),
        ("LeakyReLU", {}),
        ("LeakyReLU", {"negative_slope": 0.01}),
        ("PReLU", {"alpha_initializer": "ones"}),
        ("PReLU", {"shared_axes": [1], "alpha_regularizer": "l2"}),
        ("ELU", {}),
        ("ELU", {"alpha": 0.3}),
        ("Softmax", {}),
        ("Softmax", {"axis": 1}),
        ("Softmax", {"axis": [1, 2]}),
    ],
    ids=str,
)
def test_same_as_keras(name, arguments):
    assert_same(*pair(name, **arguments), arrays((2, 4, 3)))


@pytest.mark.parametrize("axis", [-1, 1, [1, 2]])
def test_masked_scores_get_no_probability(axis):
    mask = np.array([[[1, 1, 0], [0, 0, 0]], [[1, 0, 0], [1, 1, 1]]], dtype=bool)
    assert_same(*pair("Softmax", axis=axis), arrays((2, 2, 3)), settings={"mask": mask})


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 1)])
def test_a_mask_that_does_not_fit_is_refused(axis, shape):
    ours, theirs = pair("Softmax", axis=axis)
    mask = torch.ones(shape, dtype=torch.bool)
    with pytest.raises(ValueError, match="mask"):
        theirs(arrays((2, 3, 4)), mask=mask)
    with pytest.raises(ShapeError, match="wants a mask of 2 × 3 × 4, but gets 2 × 3"):
        ours(arrays((2, 3, 4)), mask=mask)


def test_name_of_old_for_the_slope():
    layer = layers.LeakyReLU(alpha=0.2)
    assert layer.negative_slope == 0.2
    assert layers.LeakyReLU.from_config(layer.get_config()).negative_slope == 0.2


def test_scores_stand_before_the_plain_softmax():
    layer = layers.Softmax()
    scores = torch.from_numpy(arrays((2, 3)))
    assert layer.activation is activations.softmax
    torch.testing.assert_close(layer.activation(layer.preactivation(scores)), layer(scores))


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (layers.PReLU(shared_axes=(1, 3)), (None, 4, 4), "shares axis 3, which batch × 4 × 4 does not have"),
        (layers.PReLU(), (None, None, 4), "needs to know the size of axis 1"),
        (layers.Softmax(axis=2), (None, 4), "has axis 2, which batch × 4 does not have"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message):
        layer.compute_output_shape(shape)


def test_factors_belong_to_one_size():
    layer = layers.PReLU()
    layer(arrays((2, 3)))
    with pytest.raises(ShapeError, match="has factors for batch × 3, but gets batch × 4"):
        layer.compute_output_shape((None, 4))


@pytest.mark.parametrize("kind", [lambda name: layers.Dense(4, activation=name), layers.Activation])
@pytest.mark.parametrize("given", ["threshold", activations.threshold])
def test_a_function_with_arguments_of_its_own_is_refused(kind, given):
    with pytest.raises(ParameterError, match=r"lambda x: activations\.threshold"):
        kind(given)


@pytest.mark.parametrize("given", ["glu", activations.glu, {"class_name": "function", "config": "glu"}])
def test_an_activation_that_halves_the_features_is_a_layer_of_its_own(given):
    with pytest.raises(ParameterError, match=r"put a layer Activation\('glu'\) behind"):
        layers.Dense(4, activation=given)
    layer = layers.Activation(given)
    assert_same(layer, keras.layers.Activation("glu"), arrays((2, 3, 4)), configs=False)
    assert layer.compute_output_shape((None, 3, 4)) == (None, 3, 2)
    assert layer.compute_output_shape((None, None)) == (None, None)
    with pytest.raises(ShapeError, match="gets 5 features"):
        layer.compute_output_shape((None, 5))


def test_forms_offer_only_what_fits():
    offered = [layers.layer_spec(name).param("activation").names for name in ("Dense", "Activation")]
    assert [{"glu", "threshold"} & set(names) for names in offered] == [set(), {"glu"}]
