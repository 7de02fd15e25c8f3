"""What layers of one's own say of their inputs: accepted and refused as by the real Keras."""

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import layers
from runtime.errors import DataError, ParameterError, ShapeError

SPECS = [
    {"ndim": 2},
    {"min_ndim": 3},
    {"max_ndim": 2},
    {"shape": (None, 4)},
    {"shape": (2, None, 3)},
    {"axes": {-1: 4}},
    {"axes": {1: 4, -1: 3}, "min_ndim": 2},
    {"dtype": "int32"},
    {"dtype": "float32", "ndim": 3},
    {"shape": (None, 4, 1), "allow_last_axis_squeeze": True},
    {"shape": (None, 4), "allow_last_axis_squeeze": True},
]
INPUTS = [
    np.zeros(shape, dtype)
    for shape in [(2, 4), (2, 4, 1), (2, 4, 3), (3, 4, 3), (2, 3, 4), (2,)]
    for dtype in ("float32", "int32")
]


def layer_of(library, spec):
    class Mine(library.layers.Layer):
        def __init__(self):
            super().__init__(name="mine")
            self.input_spec = spec

        def call(self, inputs):
            return inputs

        def compute_output_shape(self, input_shape):
            return input_shape

    return Mine()


def accepts(library, spec, inputs):
    try:
        layer_of(library, spec)(inputs)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("arguments", SPECS, ids=str)
def test_takes_what_keras_takes(arguments):
    for inputs in INPUTS:
        wanted = accepts(keras, keras.layers.InputSpec(**arguments), inputs)
        if arguments.get("allow_last_axis_squeeze") and inputs.shape not in ((2, 4), (2, 4, 1)):
            # Keras says it takes a last axis of size 1 too much or too few; it takes any number of axes.
            wanted = False
        assert accepts(runtime, layers.InputSpec(**arguments), inputs) == wanted, inputs.shape


@pytest.mark.parametrize("arguments", SPECS, ids=str)
def test_configs_and_words_are_those_of_keras(arguments):
    ours, theirs = layers.InputSpec(**arguments), keras.layers.InputSpec(**arguments)
    assert ours.get_config() == theirs.get_config()
    assert layers.InputSpec.from_config(theirs.get_config()).get_config() == theirs.get_config()
    assert repr(ours) == repr(theirs)


def test_several_inputs_have_a_spec_each():
    spec = [layers.InputSpec(ndim=2), layers.InputSpec(ndim=3, optional=True)]
    layer = layer_of(runtime, spec)
    layer([torch.zeros(2, 3), torch.zeros(2, 3, 4)])
    with pytest.raises(ShapeError, match="'mine' expects input 1 with ndim=3, but gets 2 × 3"):
        layer([torch.zeros(2, 3), torch.zeros(2, 3)])
    with pytest.raises(ShapeError, match="expects 2 inputs, but gets 1 input"):
        layer(torch.zeros(2, 3))


def test_named_inputs_are_found_by_name():
    spec = [layers.InputSpec(ndim=3, name="b"), layers.InputSpec(ndim=2, name="a")]
    layer = layer_of(runtime, spec)
    layer({"a": torch.zeros(2, 3), "b": torch.zeros(2, 3, 4)})
    with pytest.raises(ShapeError, match="misses the input 'b'"):
        layer({"a": torch.zeros(2, 3)})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ndim": 3}, "Mine 'mine' expects an input with ndim=3, but gets batch × 4 .2 axes.. Reshape"),
        ({"min_ndim": 3}, "min_ndim=3"),
        ({"max_ndim": 1}, "max_ndim=1"),
        ({"shape": (None, 5)}, r"shape=\(None, 5\), but gets batch × 4"),
        ({"axes": {-1: 5}}, "size 5 at axis -1"),
        ({"axes": {2: 5}}, "size 5 at axis 2"),
    ],
    ids=str,
)
def test_symbolic_inputs_are_refused_in_words(arguments, message):
    layer = layer_of(runtime, layers.InputSpec(**arguments))
    with pytest.raises(ShapeError, match=message) as caught:
        layer(layers.Input((4,)))
    assert caught.value.port == "inputs"


def test_wrong_dtypes_and_things_are_refused_in_words():
    with pytest.raises(DataError, match="dtype=int32, but gets float32"):
        layer_of(runtime, layers.InputSpec(dtype="int32"))(layers.Input((4,)))
    with pytest.raises(DataError, match="takes tensors, but as an input it gets"):
        layer_of(runtime, layers.InputSpec(ndim=2))("words")


def test_a_spec_that_contradicts_itself_is_refused():
    with pytest.raises(ParameterError, match="there are at most 2 axes"):
        layers.InputSpec(ndim=2, axes={2: 3})
    with pytest.raises(ParameterError, match="dict of axis → size"):
        layers.InputSpec(axes=[1, 2])


def test_a_spec_set_in_build_is_checked_from_the_next_call_on():
    class Mine(layers.Layer):
        def build(self, input_shape):
            self.input_spec = layers.InputSpec(axes={-1: input_shape[-1]})

        def call(self, inputs):
            return inputs

    layer = Mine()
    layer(torch.zeros(2, 3))
    with pytest.raises(ShapeError, match="size 3 at axis -1"):
        layer(torch.zeros(2, 4))


def test_it_stands_at_the_top_as_in_keras():
    assert runtime.InputSpec is layers.InputSpec
    assert keras.InputSpec is keras.layers.InputSpec
