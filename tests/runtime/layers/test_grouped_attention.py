"""Grouped attention against the real Keras."""

import keras
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from runtime.models import Model, load_model

from .oracle import arrays, assert_same, pair

MASK = torch.tensor([[1, 1, 0, 0, 0], [1, 0, 1, 1, 1]]).bool()


def inputs():
    query, value, key = arrays((2, 4, 6), (2, 5, 6), (2, 5, 3))
    return {"query": query, "value": value, "key": key}


@pytest.mark.parametrize("heads", [(4, 2), (4, 1), (2, 2)])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"use_bias": False, "kernel_regularizer": "l2"},
        {"use_gate": True, "sliding_window": 2},
        {"dropout": 0.3},
    ],
    ids=str,
)
def test_computes_the_same(heads, arguments):
    ours, theirs = pair("GroupQueryAttention", 3, *heads, name="gqa", **arguments)
    assert_same(ours, theirs, inputs())


@pytest.mark.parametrize(
    "settings",
    [
        {"use_causal_mask": True},
        {"return_attention_scores": True, "use_causal_mask": True},
        {"value_mask": MASK, "return_attention_scores": True},
        {"value_mask": MASK, "query_mask": torch.ones(2, 4).bool(), "use_causal_mask": True},
        {"attention_mask": torch.ones(2, 4, 5).tril().bool()},
    ],
    ids=" ".join,
)
def test_masks_and_scores_are_the_same(settings):
    ours, theirs = pair("GroupQueryAttention", 3, 4, 2, name="gqa")
    assert_same(ours, theirs, inputs(), settings=settings)


def test_activity_is_penalised_in_every_projection():
    ours, theirs = pair("GroupQueryAttention", 3, 4, 2, activity_regularizer="l2", name="gqa")
    assert_same(ours, theirs, inputs(), configs=False)
    ours(**inputs()), theirs(**inputs())
    torch.testing.assert_close(sum(ours.losses), sum(theirs.losses), rtol=1e-5, atol=1e-6)


def test_scores_are_an_output_in_a_graph():
    x = layers.Input((4, 6))
    output, scores = layers.GroupQueryAttention(3, 4, 2)(x, x, return_attention_scores=True)
    assert (output.shape, scores.shape) == ((None, 4, 6), (None, 4, 4, 4))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_files_open_in_both_libraries(ending, tmp_path):
    x = keras.Input((4, 6))
    theirs = keras.Model(x, keras.layers.GroupQueryAttention(3, 4, 2, use_gate=True)(x, x))
    path = tmp_path / f"theirs{ending}"
    theirs.save(path)
    ours = load_model(path)
    data = arrays((2, 4, 6))
    torch.testing.assert_close(ours(data), theirs(data), rtol=1e-5, atol=1e-6)
    assert ours.layers[-1].name == theirs.layers[-1].name
    path = tmp_path / f"ours{ending}"
    ours.save(path)
    torch.testing.assert_close(keras.saving.load_model(path)(data), theirs(data), rtol=1e-5, atol=1e-6)


def test_is_named_as_keras_names_it():
    assert layers.GroupQueryAttention(3, 4, 2).name.startswith("grouped_query_attention")


def test_wrong_arguments_and_inputs_are_told():
    with pytest.raises(ParameterError, match=r"got 3, which does not divide the 4 heads"):
        layers.GroupQueryAttention(3, 4, 3)
    layer = layers.GroupQueryAttention(3, 4, 2)
    with pytest.raises(ShapeError, match="as many features in value as in query, but gets 5 and 6"):
        layer.compute_output_shape((None, 4, 6), (None, 4, 5))
    with pytest.raises(ShapeError, match=r"3 axes.*4 axes"):
        layer.compute_output_shape((None, 2, 4, 6), (None, 2, 4, 6))
    with pytest.raises(ParameterError, match=r"GroupQueryAttention\(dropout=…\)"):
        layers.GroupQueryAttention(3, 4, 2, dropout=0.1, flash_attention=True)


def test_runs_in_a_model_with_masks_from_an_embedding():
    ids = layers.Input((5,), dtype="int32")
    words = layers.Embedding(7, 4, mask_zero=True)(ids)
    model = Model(ids, layers.GroupQueryAttention(3, 4, 2)(words, words))
    data = torch.tensor([[1, 2, 3, 0, 0]])
    embedding = model.layers[1].embeddings
    before = model(data)[:, :3].clone()
    with torch.no_grad():
        embedding[0] += 1
    torch.testing.assert_close(model(data)[:, :3], before)
