"""Policies: made, found, compared, written and read as in Keras."""

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import dtype_policies, layers, mixed_precision
from runtime.errors import DTypeError, FileFormatError, ParameterError


@pytest.fixture(autouse=True)
def as_in_a_new_program():
    yield
    runtime.clear_session(free_memory=False)
    keras.utils.clear_session(free_memory=False)


NAMES = ["float32", "float64", "float16", "bfloat16", "int32", "mixed_float16", "mixed_bfloat16"]


@pytest.mark.parametrize("name", NAMES)
def test_policies_are_those_of_keras(name):
    ours, theirs = dtype_policies.get(name), keras.dtype_policies.get(name)
    assert (ours.name, ours.compute_dtype, ours.variable_dtype) == (
        theirs.name,
        theirs.compute_dtype,
        theirs.variable_dtype,
    )
    assert repr(ours) == repr(theirs)
    assert dtype_policies.serialize(ours) == keras.dtype_policies.serialize(theirs)
    assert dtype_policies.deserialize(keras.dtype_policies.serialize(theirs)) == ours
    assert ours == dtype_policies.FloatDTypePolicy(name) != dtype_policies.DTypePolicy("complex64")


@pytest.mark.parametrize("given", [torch.float16, np.float64, float, np.dtype("float32")])
def test_element_types_stand_for_policies(given):
    assert dtype_policies.get(given).name == keras.dtype_policies.get(given).name


def test_wrong_policies_are_told():
    with pytest.raises(ParameterError, match="Did you mean 'mixed_float16'"):
        layers.Dense(2, dtype="mixed_floot16")
    with pytest.raises(ParameterError, match="whole numbers are not here"):
        layers.Dense(2, dtype="int8_from_float32")
    with pytest.raises(FileFormatError, match="QuantizedDTypePolicy"):
        dtype_policies.deserialize({"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}})


def test_maps_of_policies():
    found = []
    for library in (runtime, keras):
        policies = library.dtype_policies
        table = policies.DTypePolicyMap("mixed_bfloat16", {"a/b": policies.DTypePolicy("float16")})
        table["encoder/.*"] = "float32"
        found.append(
            (
                [table[path].name for path in ("a/b", "encoder/x", "else")],
                (len(table), list(table), "a/b" in table, table.name, table.compute_dtype),
                policies.serialize(table),
            )
        )
        with pytest.raises(ValueError, match="already"):
            table["a/b"] = "float32"
        table[".*x"] = "float64"
        with pytest.raises(ValueError, match=r"fit|match"):
            table["encoder/x"]
    assert found[0] == found[1]
    again = dtype_policies.deserialize(found[1][2])
    assert again["a/b"].name == "float16"
    assert again == dtype_policies.get(found[0][2])


def test_a_map_gives_inner_layers_policies_of_their_own():
    kinds = []
    for library in (runtime, keras):
        table = library.dtype_policies.DTypePolicyMap("mixed_bfloat16", {})
        table["attention/query"] = "float32"
        layer = library.layers.MultiHeadAttention(2, 3, dtype=table, name="attention")
        layer(library.Input((4, 5)), library.Input((4, 5)))
        inner = {one.name: one for one in (layer.sublayers if library is runtime else layer._layers)}
        kinds.append((inner["query"].compute_dtype, inner["key"].compute_dtype, layer.compute_dtype))
    assert kinds[0] == kinds[1] == ("float32", "bfloat16", "bfloat16")


def test_the_policy_of_all_layers():
    mixed_precision.set_global_policy("mixed_bfloat16")
    layer = layers.Dense(2)
    assert layer.dtype_policy == mixed_precision.global_policy()
    assert (layer.dtype, layer.compute_dtype, layer.variable_dtype) == ("float32", "bfloat16", "float32")
    assert layers.Dense(2, dtype="float32").compute_dtype == "float32"
    assert runtime.Input((2,)).dtype == "float32"
    assert runtime.random.normal((2,)).dtype == torch.float32
    runtime.clear_session()
    assert layers.Dense(2).compute_dtype == "float32"


def test_a_new_policy_makes_a_new_program():
    model = runtime.Sequential([runtime.Input((3,)), layers.Dense(2)])
    rows = np.ones((4, 3), "float32")
    before = model.predict(rows, verbose=0)
    model.layers[0].dtype_policy = "mixed_float16"
    after = model.predict(rows, verbose=0)
    assert (before.dtype, after.dtype) == (np.float32, np.float16)
    # Sums of three products of float16: each is 5e-4 of its own size off, whatever is left of their sum.
    largest = np.abs(model.layers[0].get_weights()[0]).max()
    np.testing.assert_allclose(before, after, rtol=0, atol=3e-3 * largest)


def test_the_program_of_float32_has_no_casts():
    model = runtime.Sequential([runtime.Input((3,)), layers.Dense(2), layers.BatchNormalization()])
    assert [layer.to_program() for layer in model.layers] == [layer.call for layer in model.layers]


class Scaled(runtime.Layer):
    """Keeps its weights in a list, counts its calls, and holds a torch module."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.linear = torch.nn.Linear(3, 3)

    def build(self, input_shape):
        self.factors = [self.add_weight((input_shape[-1],), "ones", name=f"f{at}") for at in range(2)]
        self.calls = self.add_weight((), "zeros", trainable=False, name="calls")
        self.exact = self.add_weight((), "ones", trainable=False, autocast=False, name="exact")

    def call(self, inputs):
        self.seen = (inputs.dtype, self.factors[0].dtype, self.exact.dtype, self.calls.dtype)
        self.calls.assign_add(1.0)
        return self.linear(inputs * self.factors[0] + self.factors[1])


@pytest.mark.parametrize("compiled", [False, True])
def test_layers_of_ones_own_find_their_weights_cast(compiled):
    layer = Scaled(dtype="mixed_bfloat16")
    rows = np.random.default_rng(0).normal(size=(4, 3))
    if compiled:
        model = runtime.Sequential([runtime.Input((3,)), layer])
        model.compile("sgd", "mse")
        layer.calls.assign(0.0)
        model.fit(rows, rows, epochs=2, batch_size=2, verbose=0)
        calls = 4.0
    else:
        layer(layer(rows))
        calls = 2.0
    half = torch.bfloat16
    assert layer.seen == (half, half, torch.float32, half)
    assert float(layer.calls) == calls
    assert {weight.dtype for weight in layer.weights} == {torch.float32}
    assert layer.factors[0].dtype == torch.float32


def test_autocast_false_leaves_inputs_alone():
    class Plain(runtime.Layer):
        def call(self, inputs):
            return inputs * 1

        def compute_output_shape(self, input_shape):
            return input_shape

    for autocast, kind in ((True, torch.float16), (False, torch.float64)):
        assert Plain(dtype="mixed_float16", autocast=autocast)(np.ones((2, 3))).dtype == kind


def test_masks_stay_on_inputs_that_are_cast():
    embedded = layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0, 0]]))
    summed = layers.LSTM(3, dtype="mixed_bfloat16", return_sequences=True)
    assert summed(embedded)._keras_mask.tolist() == [[True, True, False, False]]


def test_what_torch_cannot_compute_is_said_in_words():
    with pytest.raises(DTypeError, match=r"AveragePooling3D.*cannot compute in float16.*dtype='float32'"):
        layers.AveragePooling3D(2, dtype="float16")(np.ones((1, 4, 4, 4, 1)))
