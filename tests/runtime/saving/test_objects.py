"""Objects as configs: here, in the real Keras, and back."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import json

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import initializers, layers, losses, metrics, optimizers, regularizers
from runtime.errors import ParameterError, RefusedError
from runtime.optimizers import schedules
from runtime.saving import deserialize_keras_object, serialize_keras_object

OBJECTS = [
    lambda: layers.Dense(3, activation="relu", kernel_regularizer="l2", name="hidden"),
    lambda: layers.Bidirectional(layers.LSTM(4), name="both"),
    lambda: initializers.HeNormal(seed=3),
    lambda: regularizers.L1L2(0.1, 0.2),
    lambda: losses.Huber(delta=2.0),
    lambda: metrics.TopKCategoricalAccuracy(k=3),
    lambda: optimizers.Adam(schedules.CosineDecay(0.1, 50)),
    lambda: schedules.ExponentialDecay(0.1, 10, 0.5),
    lambda: runtime.Sequential([layers.Input((4,)), layers.Dense(2)], name="chain"),
]


@pytest.mark.parametrize("make", OBJECTS)
def test_an_object_comes_back_and_opens_in_keras(make):
    ours = make()
    config = json.loads(json.dumps(serialize_keras_object(ours)))
    again = deserialize_keras_object(config)
    assert type(again) is type(ours)
    assert serialize_keras_object(again) == serialize_keras_object(ours)
    theirs = keras.saving.deserialize_keras_object(config)
    assert type(theirs).__name__ == type(ours).__name__
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
    assert type(deserialize_keras_object(config)) is type(ours)


@pytest.mark.parametrize(
    "value",
    [None, 3, 2.5, "text", True, [1, (2, "b")], {"a": {"b": [None]}}, b"bytes", slice(1, None, 2), ...],
)
def test_plain_values_come_back(value):
    assert deserialize_keras_object(serialize_keras_object(value)) == value
    assert deserialize_keras_object(keras.saving.serialize_keras_object(value)) == value


def test_arrays_come_back():
    array = np.arange(6, dtype="int32").reshape(2, 3)
    for write in (serialize_keras_object, keras.saving.serialize_keras_object):
        again = deserialize_keras_object(write(array))
        assert again.dtype == array.dtype
        np.testing.assert_array_equal(again, array)
        tensor = deserialize_keras_object(write(torch.tensor([1.5, 2.5])))
        assert torch.equal(tensor, torch.tensor([1.5, 2.5]))


def test_functions_go_by_name():
    assert (
        deserialize_keras_object(serialize_keras_object(runtime.activations.relu)) is runtime.activations.relu
    )

    @runtime.saving.register_keras_serializable(package="Own")
    def bent(x):
        return x

    config = serialize_keras_object(bent)
    assert config["config"] == "Own>bent"
    assert deserialize_keras_object(config) is bent


def test_a_class_of_the_program_is_found_where_it_is_given():
    class Plain:
        def get_config(self):
            return {"size": 3}

    config = serialize_keras_object(Plain())
    with pytest.raises(RefusedError, match=r"Plain.*custom_objects"):
        deserialize_keras_object(config)


def test_code_is_neither_written_nor_run():
    with pytest.raises(ParameterError, match="named function"):
        serialize_keras_object(lambda x: x)
    with pytest.raises(RefusedError, match="holds Python code"):
        deserialize_keras_object({"class_name": "__lambda__", "config": {"value": ["x", None, None]}})
