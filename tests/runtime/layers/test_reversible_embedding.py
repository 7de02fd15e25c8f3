"""The embedding that also goes back, against the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ShapeError
from runtime.models import Model, load_model

from .oracle import arrays, assert_same, pair, share_weights

IDS = np.array([[1, 2, 0], [4, 0, 3]])


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"tie_weights": False},
        {"logit_soft_cap": 0.5},
        {"tie_weights": False, "logit_soft_cap": 2.0, "embeddings_regularizer": "l2"},
    ],
    ids=str,
)
def test_computes_the_same_both_ways(arguments):
    ours, theirs = pair("ReversibleEmbedding", 5, 4, name="words", **arguments)
    assert_same(ours, theirs, IDS)
    ours, theirs = pair("ReversibleEmbedding", 5, 4, name="words", **arguments)
    ours(IDS), theirs(IDS)
    assert_same(ours, theirs, arrays((2, 3, 4)), settings={"reverse": True})


def test_the_way_back_has_a_dtype_of_its_own():
    ours, theirs = pair("ReversibleEmbedding", 5, 4, reverse_dtype="bfloat16", name="words")
    ours(IDS), theirs(IDS)
    share_weights(ours, theirs)
    vectors = torch.tensor(arrays((2, 3, 4)))
    mine, real = ours(vectors, reverse=True), theirs(vectors, reverse=True)
    assert mine.dtype == real.dtype == torch.bfloat16
    torch.testing.assert_close(mine, real)
    assert ours(layers.Input((3, 4)), reverse=True).dtype == "bfloat16"


def language_model(library, models):
    ids = library.Input((3,), dtype="int32", name="ids")
    embedding = library.ReversibleEmbedding(5, 4, mask_zero=True, name="words")
    hidden = library.GRU(4, return_sequences=True, name="rnn")(embedding(ids))
    return models(ids, embedding(hidden, reverse=True))


def test_one_layer_is_the_start_and_the_end_of_a_model():
    ours, theirs = language_model(layers, Model), language_model(keras.layers, keras.Model)
    share_weights(ours, theirs)
    assert ours.output_shape == (None, 3, 5)
    torch.testing.assert_close(ours(torch.tensor(IDS)), theirs(torch.tensor(IDS)), rtol=1e-5, atol=1e-6)
    assert getattr(ours(torch.tensor(IDS)), "_keras_mask", None) is None


@pytest.mark.parametrize("tie_weights", [True, False])
def test_masks_come_from_the_way_there_only(tie_weights):
    layer = layers.ReversibleEmbedding(5, 4, tie_weights=tie_weights, mask_zero=True)
    vectors = layer(IDS)
    assert vectors._keras_mask.tolist() == (IDS != 0).tolist()
    assert getattr(layer(vectors, reverse=True), "_keras_mask", None) is None


def test_files_open_in_both_libraries(tmp_path):
    theirs = language_model(keras.layers, keras.Model)
    theirs.save(tmp_path / "theirs.keras")
    ours = load_model(tmp_path / "theirs.keras")
    wanted = theirs(torch.tensor(IDS))
    torch.testing.assert_close(ours(torch.tensor(IDS)), wanted, rtol=1e-5, atol=1e-6)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    torch.testing.assert_close(again(torch.tensor(IDS)), wanted, rtol=1e-5, atol=1e-6)


def test_shapes_and_start_values():
    layer = layers.ReversibleEmbedding(5, 4, tie_weights=False, weights=np.ones((5, 4), "float32"))
    assert layer.embeddings.mean() == 1
    assert layer.reverse_embeddings.shape == (4, 5)
    assert layer.compute_output_shape((None, 3)) == (None, 3, 4)
    assert layer.compute_output_shape((None, 3, 4), reverse=True) == (None, 3, 5)
    with pytest.raises(ShapeError, match="takes vectors of 4 numbers in reverse, but gets 3"):
        layer.compute_output_shape((None, 3), reverse=True)
