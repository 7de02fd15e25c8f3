"""Normalization, Discretization and CategoryEncoding, compared with the real Keras."""

import json

import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import DataError, NotBuiltError, ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, assert_same_config, pair

TABLE = arrays((40, 3, 4)) * 3 + 2


def same(ours, theirs, inputs, rtol=1e-5):
    mine, real = ours(inputs), theirs(inputs)
    assert mine.dtype == real.dtype
    assert tuple(mine.shape) == tuple(real.shape)
    np.testing.assert_allclose(mine.numpy(), real.numpy(), rtol=rtol, atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), (-1, 1), None], ids=str)
@pytest.mark.parametrize("invert", [False, True])
def test_learnt_normalization_is_that_of_keras(axis, invert):
    ours, theirs = pair("Normalization", axis=axis, invert=invert)
    ours.adapt(TABLE)
    theirs.adapt(TABLE)
    same(ours, theirs, arrays((5, 3, 4), seed=2))
    assert [(w.name, tuple(w.shape)) for w in ours.weights] == [
        (w.name, tuple(w.shape)) for w in theirs.weights
    ]
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert mine.dtype == real.dtype
        np.testing.assert_allclose(mine, real, rtol=1e-5)
    assert_same_config(ours, theirs)


@pytest.mark.parametrize(
    "arguments",
    [
        {"axis": None, "mean": 2.0, "variance": 4.0},
        {"axis": -1, "mean": 2.0, "variance": 4.0},
        {"axis": -1, "mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 4.0, 0.0, 2.0]},
        {"axis": (1, 2), "mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 4.0, 9.0, 2.0], "invert": True},
    ],
    ids=str,
)
def test_given_normalization_is_that_of_keras(arguments):
    assert_same(*pair("Normalization", **arguments), arrays((5, 3, 4)))


@pytest.mark.parametrize(
    "data",
    [
        lambda: [TABLE[:7], TABLE[7:19], TABLE[19:]],
        lambda: (batch for batch in (TABLE[:33], TABLE[33:])),
        lambda: [(TABLE[:20], np.zeros(20)), (TABLE[20:], np.zeros(20))],
        lambda: torch.from_numpy(TABLE),
    ],
)
def test_batches_are_learnt_as_the_whole(data):
    layer = layers.Normalization()
    layer.adapt(data())
    np.testing.assert_allclose(layer.adapt_mean.detach(), TABLE.mean((0, 1)), rtol=1e-4)
    np.testing.assert_allclose(layer.adapt_variance.detach(), TABLE.var((0, 1)), rtol=1e-4)


def test_learnt_numbers_are_weights_of_the_model():
    layer = layers.Normalization()
    inputs = layers.Input((3, 4))
    outputs = layer(inputs)
    layer.adapt(TABLE)
    assert outputs.shape == (None, 3, 4)
    assert layer.count_params() == 9
    assert not layer.trainable_weights
    assert abs(float(layer(TABLE).mean())) < 1e-5


def test_normalization_tells_what_is_wrong():
    with pytest.raises(ParameterError, match="variance is missing"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ParameterError, match="a mean of shape"):
        layers.Normalization(mean=[[1.0]], variance=[[1.0]])
    with pytest.raises(ParameterError, match="nothing to learn"):
        layers.Normalization(mean=1.0, variance=1.0).adapt(TABLE)
    with pytest.raises(DataError, match="got no data"):
        layers.Normalization().adapt(iter([]))
    with pytest.raises(DataError, match="got a int"):
        layers.Normalization().adapt(3)
    with pytest.raises(ShapeError, match="only 2 axes"):
        layers.Normalization(axis=2)(layers.Input((3,)))
    with pytest.raises(ShapeError, match="needs to know"):
        layers.Normalization()(layers.Input((None,)))
    with pytest.raises(ShapeError, match="do not fit its input"):
        layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(layers.Input((3,)))
    layer = layers.Normalization()
    layer.adapt(np.ones((3, 2)))
    with pytest.raises(ShapeError, match=r"but adapt\(\) got"):
        layer.adapt(np.ones((3, 4)))


def learn(theirs, batches):
    """What adapt() of Keras does, which itself runs only where TensorFlow is installed."""
    theirs.reset_state()
    for batch in batches:
        theirs.update_state(batch)
    theirs.finalize_state()


VALUES = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, np.nan]], dtype="float32")


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(2, 4), (8,), (8, 1), (2, 2, 2)], ids=str)
def test_given_ranges_are_those_of_keras(mode, shape):
    ours, theirs = pair("Discretization", [0.0, 1.0, 2.0], output_mode=mode)
    same(ours, theirs, VALUES.reshape(shape))
    assert ours.compute_output_shape(shape) == tuple(theirs.compute_output_shape(shape))
    assert_same_config(ours, theirs)


@pytest.mark.parametrize("bins", [1, 2, 5, 20])
@pytest.mark.parametrize("epsilon", [0.01, 0.1])
@pytest.mark.parametrize("count", [4, 300, 5000])
def test_learnt_ranges_are_those_of_keras(bins, epsilon, count):
    ours, theirs = pair("Discretization", num_bins=bins, epsilon=epsilon)
    data = arrays((count, 2), seed=bins)
    parts = np.array_split(data, 3)
    for batches in ([data], parts):
        ours.adapt(batches)
        learn(theirs, batches)
        np.testing.assert_allclose(ours.bin_boundaries, theirs.bin_boundaries, rtol=1e-6)
        same(ours, theirs, data[:50])
    again = layers.Discretization.from_config(json.loads(json.dumps(ours.get_config())))
    assert again.bin_boundaries == ours.bin_boundaries


def test_ranges_of_some_steps():
    ours, theirs = pair("Discretization", num_bins=3)
    ours.adapt([TABLE[:10], TABLE[10:20], TABLE[20:]], steps=2)
    learn(theirs, [TABLE[:10], TABLE[10:20]])
    np.testing.assert_allclose(ours.bin_boundaries, theirs.bin_boundaries)


def test_discretization_tells_what_is_wrong():
    with pytest.raises(ParameterError, match="got none of them"):
        layers.Discretization()
    with pytest.raises(ParameterError, match="got both of them"):
        layers.Discretization([1.0], num_bins=2)
    with pytest.raises(ParameterError, match="rising order"):
        layers.Discretization([2.0, 1.0])
    with pytest.raises(ParameterError, match="rising order"):
        layers.Discretization("low")
    with pytest.raises(NotBuiltError, match="knows no boundaries yet"):
        layers.Discretization(num_bins=3)(VALUES)
    with pytest.raises(ParameterError, match="nothing to learn"):
        layers.Discretization([1.0]).adapt(VALUES)
    with pytest.raises(DataError, match="got no data"):
        layers.Discretization(num_bins=2).adapt(np.empty((0, 2)))


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(), (6,), (6, 1), (2, 3), (2, 3, 1), (1, 2, 3)], ids=str)
def test_categories_are_encoded_as_by_keras(mode, shape):
    ids = np.random.default_rng(1).integers(0, 4, shape)
    ours, theirs = pair("CategoryEncoding", 4, output_mode=mode)
    same(ours, theirs, ids)
    assert_same_config(ours, theirs)
    if len(shape) < 3 or mode == "one_hot":
        assert tuple(ours(ids).shape) == ours.compute_output_shape(shape)


def test_counts_are_weighed_as_by_keras():
    ids, weights = np.array([[0, 1, 1], [3, 3, 2]]), arrays((2, 3))
    ours, theirs = pair("CategoryEncoding", 4, output_mode="count")
    mine, real = ours(ids, count_weights=weights), theirs(ids, count_weights=weights)
    np.testing.assert_allclose(mine.numpy(), real.numpy(), rtol=1e-6)


def test_negative_numbers_stand_for_nothing():
    ids = np.array([[-1, 2]])
    for mode in ("one_hot", "multi_hot", "count"):
        same(*pair("CategoryEncoding", 4, output_mode=mode), ids)


def test_category_encoding_tells_what_is_wrong():
    with pytest.raises(ParameterError, match="needs num_tokens"):
        layers.CategoryEncoding()
    with pytest.raises(DataError, match=r"knows the numbers 0 to 3, but gets 4\. It needs room for 5"):
        layers.CategoryEncoding(4)(np.array([[1, 4]]))
    with pytest.raises(ShapeError, match="gets count_weights"):
        layers.CategoryEncoding(4)(np.array([[1]]), count_weights=np.array([[1.0]]))


def test_weights_of_counts_are_spread_as_in_keras():
    ids, weights = np.array([[0, 1, 1], [2, 0, 0]]), np.array([[2.0], [3.0]], dtype="float32")
    ours, theirs = pair("CategoryEncoding", 3, output_mode="count")
    mine, real = ours(ids, count_weights=weights), theirs(ids, count_weights=weights)
    np.testing.assert_allclose(mine.numpy(), real.numpy())
    with pytest.raises(ShapeError, match="a weight for each number"):
        ours(ids, count_weights=np.ones((2, 4)))


def test_an_axis_is_normalized_once():
    with pytest.raises(ShapeError, match="twice"):
        layers.Normalization(axis=(1, -1)).build((None, 3))
