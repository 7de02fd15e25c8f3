"""Embedding and Masking against the real Keras, and what wrong numbers get."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import DataError, ParameterError

from .oracle import arrays, assert_same, pair

IDS = np.array([[1, 2, 0], [4, 4, 3]])


@pytest.mark.parametrize(
    "arguments",
    [{}, {"mask_zero": True}, {"embeddings_initializer": "ones", "embeddings_regularizer": "l2"}],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "float32"])
def test_looks_up_the_same_vectors(arguments, dtype):
    ours, theirs = pair("Embedding", 5, 3, name="embedding", **arguments)
    assert_same(ours, theirs, IDS.astype(dtype))


def test_takes_ids_of_any_shape():
    layer = layers.Embedding(5, 3)
    assert layer(np.array([1, 2])).shape == (2, 3)
    assert layer.compute_output_shape((None,)) == (None, 3)
    assert layer.compute_output_shape((None, None)) == (None, None, 3)
    assert layers.layer_spec("Embedding").inputs[0].whole


def test_starts_from_given_vectors():
    table = arrays((5, 3))
    for weights in (table, [table]):
        layer = layers.Embedding(5, 3, weights=weights)
        np.testing.assert_array_equal(layer(IDS).detach(), table[IDS])
    assert layer.get_config()["weights"] is None
    with pytest.raises(ParameterError, match=r"shape \(5, 2\), but it wants \(5, 3\)"):
        layers.Embedding(5, 3, weights=table[:, :2])


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([[0, 9]], "knows the numbers 0 to 4, but gets some from 0 to 9.*at least 10"),
        ([[-1, 2]], "count from 0"),
    ],
)
def test_ids_without_a_vector_are_refused(ids, message):
    with pytest.raises(DataError, match=message):
        layers.Embedding(5, 3)(np.array(ids))


def test_weight_has_the_path_of_keras():
    layer = layers.Embedding(5, 3, name="words")
    layer(IDS)
    assert [weight.path for weight in layer.weights] == ["words/embeddings"]


def test_mask_zero_marks_padding():
    layer = layers.Embedding(5, 3, mask_zero=True)
    assert layer(IDS)._keras_mask.tolist() == [[True, True, False], [True, True, True]]
    assert getattr(layers.Embedding(5, 3)(IDS), "_keras_mask", None) is None


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_masking_computes_the_same(value):
    x = arrays((2, 4, 3))
    x[0, 1], x[1, 2:], x[1, 0, 0] = value, value, value
    ours, theirs = pair("Masking", mask_value=value, name="masking")
    output = assert_same(ours, theirs, x)
    wanted = keras.src.backend.get_keras_mask(theirs(x))
    assert output._keras_mask.tolist() == wanted.tolist()


@pytest.mark.parametrize("mask_layer", ["Embedding", "Masking"])
@pytest.mark.parametrize("middle", [None, "Dense", "LSTM", "Bidirectional", "TimeDistributed"])
def test_masks_travel_through_a_model(mask_layer, middle):
    """The last layer skips what the first one marked, whatever stands between."""

    def chain(library):
        first = library.Embedding(5, 3, mask_zero=True) if mask_layer == "Embedding" else library.Masking()
        between = {
            None: lambda: [],
            "Dense": lambda: [library.Dense(4)],
            "LSTM": lambda: [library.LSTM(4, return_sequences=True)],
            "Bidirectional": lambda: [library.Bidirectional(library.GRU(2, return_sequences=True))],
            "TimeDistributed": lambda: [library.TimeDistributed(library.Dense(4))],
        }[middle]()
        return [first, *between, library.LSTM(2)]

    x = IDS
    if mask_layer == "Masking":
        x = arrays((2, 3, 2))
        x[0, 2] = x[1, 0] = 0
    outputs = []
    for library in (layers, keras.layers):
        random, value = np.random.default_rng(0), x
        for layer in chain(library):
            layer(value)
            layer.set_weights([random.uniform(-1, 1, weight.shape) for weight in layer.weights])
            value = layer(value)
        outputs.append(value)
    torch.testing.assert_close(*outputs, rtol=1e-5, atol=1e-6)
