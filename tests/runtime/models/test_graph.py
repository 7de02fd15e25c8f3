"""Functional graphs: order of layers as in Keras, sharing, nesting, errors."""

import copy
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import layers, models
from runtime.errors import DataError, GraphError, ShapeError
from runtime.layers import Dense, Input
from runtime.models import Functional, Model, Sequential
from runtime.models.program import can_skip_activation, compile_program


def random_model(choices: list[int], api_layers: ModuleType, api_models: ModuleType) -> Any:
    """The same graph in Keras and here: each choice calls a new or an old layer on an earlier tensor."""
    tensors = [api_layers.Input((4,), name=f"in{place}") for place in range(2)]
    made: list[Any] = []
    inputs = list(tensors)
    for number, choice in enumerate(choices):
        source = tensors[choice % len(tensors)]
        if choice % 5 == 0 and made:
            layer = made[choice % len(made)]
        else:
            layer = api_layers.Dense(4, name=f"d{number}")
            made.append(layer)
        tensors.append(layer(source))
    return api_models.Model(inputs, [tensors[-1], tensors[len(tensors) // 2 + 1]])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=3, max_size=10))
def test_layers_have_keras_order(choices: list[int]) -> None:
    ours = random_model(choices, layers, models)
    theirs = random_model(choices, keras.layers, keras.models)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]


def test_a_functional_model_computes_what_its_layers_do() -> None:
    inputs = Input((4,), name="inputs")
    hidden = Dense(8, activation="relu", name="hidden")
    output = Dense(3, name="output")
    model = Model(inputs, output(hidden(inputs)))
    x = torch.randn(5, 4)
    assert isinstance(model, Functional)
    assert torch.equal(model(x), output(hidden(x)))
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 3)
    assert model.get_layer("hidden") is hidden


def test_shared_layers_have_one_set_of_weights() -> None:
    a, b = Input((4,)), Input((4,))
    shared = Dense(3)
    model = Model([a, b], [shared(a), shared(b)])
    x = torch.randn(2, 4)
    first, second = model([x, x])
    assert torch.equal(first, second)
    assert len(model.weights) == 2
    assert len(model.graph.calls_of(shared)) == 2


def test_inputs_and_outputs_by_name() -> None:
    a, b = Input((2,), name="a"), Input((3,), name="b")
    model = Model({"a": a, "b": b}, {"x": Dense(1, name="p")(a), "y": Dense(2, name="q")(b)})
    outputs = model({"b": np.zeros((4, 3)), "a": np.zeros((4, 2))})
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"x": (4, 1), "y": (4, 2)}
    assert model.output_names == ["x", "y"]
    with pytest.raises(DataError, match="wants an input called 'b', but the data has 'a'"):
        model({"a": np.zeros((4, 2))})
    with pytest.raises(DataError, match=r"has 2 inputs .a, b., but gets 1"):
        model(np.zeros((4, 2)))


def test_nested_models_are_layers() -> None:
    inner = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
    inputs = Input((4,))
    model = Model(inputs, inner(inputs))
    x = torch.randn(2, 4)
    assert torch.equal(model(x), inner(x))
    assert len(model.weights) == 4


def test_part_of_a_model_is_a_model() -> None:
    model = Sequential([Dense(3, input_shape=(4,), name="first"), Dense(2)])
    features = Model(model.inputs, model.get_layer("first").output)
    x = torch.randn(2, 4)
    assert torch.equal(features(x), model.get_layer("first")(x))


def test_wrong_graphs_and_data_are_told() -> None:
    a, b = Input((4,), name="a"), Input((4,), name="b")
    with pytest.raises(GraphError, match="depends on the Input 'b', which is not among its inputs"):
        Model(a, Dense(1)(b))
    with pytest.raises(GraphError, match="Two layers of the model are called 'same'"):
        Model(a, Dense(1, name="same")(Dense(1, name="same")(a)))
    with pytest.raises(ShapeError, match=r"Input 'a' of model .* wants batch × 4, but gets batch × 5"):
        Model(a, Dense(1)(a))(np.zeros((2, 5)))


def test_sequential_grows_and_shrinks() -> None:
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(3))
    model.add(Dense(2))
    assert model.output_shape == (None, 2)
    model.pop()
    assert model.output_shape == (None, 3)
    assert len(model.weights) == 2


def test_sequential_without_input_is_built_by_data() -> None:
    model = Sequential([Dense(3), Dense(2)])
    assert not model.built
    assert model(np.zeros((5, 7), "float32")).shape == (5, 2)
    assert model.input_shape == (None, 7)


def test_the_last_activation_can_be_left_out() -> None:
    inputs = Input((4,))
    model = Model(inputs, Dense(3, activation="softmax")(inputs))
    assert can_skip_activation(model.graph)
    x = torch.randn(2, 4)
    (logits,) = compile_program(model.graph, training=True, preactivation=True)(x)
    assert torch.allclose(torch.softmax(logits, -1), model(x))
    used_twice = Dense(3, activation="softmax")
    middle = used_twice(inputs)
    assert not can_skip_activation(Model(inputs, [middle, Dense(1)(middle)]).graph)


def test_a_deep_chain_does_not_exhaust_the_stack() -> None:
    tensor = inputs = Input((2,))
    for _ in range(2000):
        tensor = layers.Activation("relu")(tensor)
    model = Model(inputs, tensor)
    assert model(np.ones((1, 2))).tolist() == [[1.0, 1.0]]


def test_masks_go_on_from_layers_with_several_outputs() -> None:
    def model(api: ModuleType, models_api: ModuleType) -> Any:
        ids = api.Input((5,), dtype="int32")
        steps = api.Embedding(7, 4, mask_zero=True)(ids)
        outputs, hidden, _ = api.LSTM(3, return_sequences=True, return_state=True)(steps)
        pooled = api.GlobalAveragePooling1D()(outputs)
        return models_api.Model(ids, [pooled, hidden])

    ours, theirs = model(layers, models), model(keras.layers, keras.models)
    ours.set_weights(theirs.get_weights())
    ids = np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 1]])
    for mine, expected in zip(ours(ids), theirs(ids), strict=True):
        np.testing.assert_allclose(mine.detach().numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_nested_model_keeps_the_settings_of_its_calls() -> None:
    inputs = Input((6, 4))
    attended, scores = layers.MultiHeadAttention(2, 3)(inputs, inputs, return_attention_scores=True)
    inner = Model(inputs, [attended, scores])
    outer_inputs = Input((6, 4))
    outer = Model(outer_inputs, inner(outer_inputs))
    assert [tuple(t.shape) for t in outer(np.zeros((2, 6, 4)))] == [(2, 6, 4), (2, 2, 6, 6)]


def test_a_copied_model_computes_with_its_own_weights() -> None:
    inputs = Input((3,))
    model = Model(inputs, Dense(2)(inputs))
    x = np.ones((1, 3), "float32")
    before = model(x).tolist()
    twin = copy.deepcopy(model)
    twin.set_weights([weight * 0 for weight in twin.get_weights()])
    assert twin(x).tolist() == [[0.0, 0.0]]
    assert model(x).tolist() == before
