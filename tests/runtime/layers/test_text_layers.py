"""Layers for words and ids, held to what the real Keras makes of the same data.

Keras has these layers only where TensorFlow is installed, so its answers stand in golden/text_layers.json:
layers of Keras 3.15 on TensorFlow 2.21 with these arguments, adapted to this data and called on these inputs.
"""

import inspect
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import DataError, DTypeError, GraphError, NotBuiltError, ParameterError, ShapeError
from runtime.layers import layer_spec
from runtime.layers.parameters import REQUIRED

CASES = json.loads((Path(__file__).parent / "golden" / "text_layers.json").read_text(encoding="utf-8"))
NAMES = ["Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization"]
ONLY_TENSORFLOW = {"sparse", "ragged", "name", "dtype", "kwargs"}
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['layer']}-{case['arguments']}")


def make(case):
    layer = getattr(layers, case["layer"])(**case["arguments"])
    if "adapt" in case:
        layer.adapt(case["adapt"])
    return layer


def compare(layer, case):
    outputs = layer(case["inputs"])
    if not isinstance(outputs, torch.Tensor):
        assert outputs == case["outputs"]
        return
    assert str(outputs.dtype) == f"torch.{case['dtype']}"
    np.testing.assert_allclose(outputs.numpy(), np.array(case["outputs"]), rtol=1e-6)


@every_case
def test_outputs_are_those_of_keras(case):
    layer = make(case)
    compare(layer, case)
    if "vocabulary" in case:
        assert layer.get_vocabulary() == case["vocabulary"]
        assert layer.vocabulary_size() == len(case["vocabulary"])


@every_case
def test_a_copy_by_config_has_learnt_as_much(case):
    config = json.loads(json.dumps(make(case).get_config()))
    again = getattr(layers, case["layer"]).from_config(config)
    compare(again, case)
    assert json.loads(json.dumps(again.get_config())) == config


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_keras(name):
    real = inspect.signature(getattr(keras.layers, name).__init__).parameters
    wanted = {
        key: REQUIRED if parameter.default is parameter.empty else parameter.default
        for key, parameter in list(real.items())[1:]
        if key not in ONLY_TENSORFLOW
    }
    spec = layer_spec(getattr(layers, name))
    assert {param.name: param.default for param in spec.params} == wanted
    assert [param.name for param in spec.params] == list(wanted)
    assert all(param.help for param in spec.params)
    assert [port.name for port in spec.inputs] == ["inputs"]


@pytest.mark.parametrize("form", [list, np.array, lambda words: np.array(words).astype("S"), tuple])
def test_texts_may_be_lists_arrays_and_bytes(form):
    layer = layers.StringLookup(vocabulary=["a", "b"])
    assert layer(form(["b", "x", "a"])).tolist() == [2, 0, 1]
    assert layers.Hashing(3)(form(["A", "B"])).tolist() == [1, 0]


def test_words_come_back():
    there = layers.StringLookup(vocabulary=["a", "b", "c"])
    back = layers.StringLookup(vocabulary=there.get_vocabulary(), invert=True)
    assert back(there([["a", "c"], ["z", "b"]])) == [["a", "c"], ["[UNK]", "b"]]


def test_batches_are_learnt_one_after_the_other():
    whole, parts = layers.TextVectorization(), layers.TextVectorization()
    whole.adapt(["b a", "b c", "b c d"])
    parts.adapt(batch for batch in (["b a"], ["b c", "b c d"], ["never seen"]) if batch != ["never seen"])
    assert parts.get_vocabulary() == whole.get_vocabulary() == ["", "[UNK]", "b", "c", "d", "a"]
    parts.adapt(iter([["x"], ["y"]]), steps=1)
    assert parts.get_vocabulary(include_special_tokens=False) == ["x"]


def test_own_functions_clean_and_cut():
    layer = layers.TextVectorization(
        standardize=lambda texts: np.char.replace(texts, "<br>", " "),
        split=lambda texts: [text.split("-") for text in texts],
        vocabulary=["a b", "c"],
    )
    assert layer(["a<br>b-c", "c"]).tolist() == [[2, 3], [3, 0]]


def test_vocabularies_are_read_from_files(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("earth\nwind\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=str(path))
    assert layer(["wind"]).tolist() == [2]
    assert layer.get_config()["vocabulary"] == ["[UNK]", "earth", "wind"]
    with pytest.raises(DataError, match="cannot read the vocabulary file"):
        layers.StringLookup(vocabulary=str(tmp_path / "none.txt"))


def test_ids_are_looked_up_inside_of_a_model():
    inputs = layers.Input((2,), dtype="int32")
    looked_up = layers.IntegerLookup(vocabulary=[10, 20], output_mode="multi_hot")(inputs)
    assert (looked_up.shape, looked_up.dtype) == ((None, 3), "int64")
    hashed = layers.Hashing(5)(inputs)
    assert (hashed.shape, hashed.dtype) == ((None, 2), "int64")
    layer = layers.IntegerLookup(vocabulary=[10, 20])
    assert layer(torch.tensor([[20, 5]])).tolist() == [[2, 0]]


def test_a_model_has_texts_from_an_input_of_texts_alone():
    with pytest.raises(GraphError, match='Input of dtype="string"'):
        layers.TextVectorization(vocabulary=["a"])(layers.Input((1,)))
    texts = layers.Input((1,), dtype="string")
    with pytest.raises(DTypeError, match="computes with numbers, but gets texts"):
        layers.Dense(2)(texts)
    with pytest.raises(GraphError, match="texts are no tensors"):
        layers.StringLookup(vocabulary=["a"], invert=True)(layers.Input((1,), dtype="int64"))
    words = layers.TextVectorization(vocabulary=["a"], output_mode="count")(texts)
    assert (words.shape, words.dtype) == ((None, 2), "int64")


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: layers.StringLookup(vocabulary=["a", "a"]), "'a' stands more than once"),
        (lambda: layers.StringLookup(vocabulary=[]), "empty vocabulary"),
        (lambda: layers.StringLookup(vocabulary=["a", ""], mask_token=""), "the mask token"),
        (lambda: layers.StringLookup(vocabulary=["a", "[UNK]"], invert=True), "the oov token"),
        (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), "max_tokens is 2"),
        (lambda: layers.StringLookup(invert=True, output_mode="count"), 'must be "int"'),
        (lambda: layers.StringLookup(pad_to_max_tokens=True), "pad_to_max_tokens needs it"),
        (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "needs them, too"),
        (lambda: layers.StringLookup(vocabulary=["a"], idf_weights=[1.0]), "only output_mode"),
        (lambda: layers.IntegerLookup(salt=3), 'must be "farmhash"'),
        (lambda: layers.StringLookup(sparse=True, output_mode="count"), "needs TensorFlow's sparse"),
        (lambda: layers.TextVectorization(ragged=True), "needs TensorFlow's ragged"),
        (lambda: layers.TextVectorization(split="words"), "wants one of 'whitespace', 'character'"),
        (lambda: layers.TextVectorization(ngrams=0), "at least 1"),
        (lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3), "gives sequences"),
        (lambda: layers.Hashing(3, salt=[1]), "a whole number, or two"),
        (lambda: layers.Hashing(3, dtype="float32"), "gives whole numbers"),
        (lambda: layers.Hashing(0), "at least 1"),
    ],
)
def test_wrong_arguments_are_told(make_it, message):
    with pytest.raises(ParameterError, match=message):
        make_it()


def test_wrong_weights_are_told():
    layer = layers.StringLookup(output_mode="tf_idf")
    with pytest.raises(ParameterError, match="idf_weights of shape"):
        layer.set_vocabulary(["a", "b"], [1.0])


def test_wrong_data_is_told():
    lookup = layers.StringLookup(vocabulary=["a"], num_oov_indices=0)
    with pytest.raises(DataError, match="does not know 'b'"):
        lookup(["b"])
    with pytest.raises(DTypeError, match="wants texts, but gets int64"):
        lookup([1, 2])
    with pytest.raises(DTypeError, match="gets 3 among them"):
        lookup(np.array(["a", 3], dtype=object))
    with pytest.raises(DataError, match="different lengths"):
        lookup([["a"], ["a", "a"]])
    with pytest.raises(NotBuiltError, match="no vocabulary yet"):
        layers.StringLookup()(["a"])
    with pytest.raises(ParameterError, match="nothing to learn"):
        lookup.adapt(["a"])
    with pytest.raises(DataError, match="found no tokens"):
        layers.TextVectorization().adapt(["", "..."])
    with pytest.raises(ShapeError, match="one text a sample"):
        layers.TextVectorization(vocabulary=["a"])([["a", "b"]])
    with pytest.raises(DTypeError, match="gets measurements"):
        layers.HashedCrossing(3)(([0.5], [1]))
    with pytest.raises(DataError, match="two features or more"):
        layers.HashedCrossing(3)([["a"]])
    with pytest.raises(ShapeError, match="features of shapes"):
        layers.HashedCrossing(3)((["a", "b"], [1]))
