"""Bidirectional and TimeDistributed against the real Keras, and the ways to give the layer inside."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError, UnknownNameError
from runtime.layers.registration import resolve_layer

from .oracle import arrays, assert_same, assert_same_config, share_weights

MASK = torch.tensor([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1]]).bool()
LIBRARIES = (layers, keras.layers)


def bidirectional(kind, inner=None, **arguments):
    return [
        library.Bidirectional(
            getattr(library, kind)(3, name="rnn", **(inner or {})), name="both", **arguments
        )
        for library in LIBRARIES
    ]


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("masked", [False, True])
def test_both_directions_compute_the_same(kind, merge_mode, masked):
    ours, theirs = bidirectional(kind, {"return_sequences": True}, merge_mode=merge_mode)
    assert_same_config(ours, theirs)
    assert_same(ours, theirs, arrays((4, 5, 4)), settings={"mask": MASK} if masked else None, configs=False)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("merge_mode", ["concat", None])
@pytest.mark.parametrize("masked", [False, True])
def test_gives_and_takes_the_states_of_both_directions(kind, merge_mode, masked):
    ours, theirs = bidirectional(kind, {"return_state": True}, merge_mode=merge_mode)
    states = arrays(*[(4, 3)] * (4 if kind == "LSTM" else 2))
    inputs = {"sequences": arrays((4, 5, 4)), "initial_state": states}
    outputs = assert_same(ours, theirs, inputs, settings={"mask": MASK} if masked else None, configs=False)
    assert len(ours.output_names()) == len(outputs) == len(ours.compute_output_shape((None, 5, 4)))
    assert [tuple(shape)[1:] for shape in ours.compute_output_shape((None, 5, 4))] == [
        tuple(output.shape)[1:] for output in outputs
    ]


def test_outputs_have_names():
    def names(**arguments):
        return layers.Bidirectional(layers.GRU(2, return_state=True), **arguments).output_names()

    assert names() == ("output", "forward_hidden_state", "backward_hidden_state")
    assert names(merge_mode=None)[:2] == ("forward_output", "backward_output")
    assert layers.Bidirectional(layers.GRU(2)).output_names() == ("output",)


def test_a_backward_layer_of_its_own_computes_the_same():
    ours, theirs = (
        library.Bidirectional(
            library.LSTM(3, name="there"),
            backward_layer=library.GRU(5, go_backwards=True, name="back"),
            name="both",
        )
        for library in LIBRARIES
    )
    assert_same_config(ours, theirs)
    assert_same(ours, theirs, arrays((2, 4, 3)), configs=False)
    assert ours.compute_output_shape((None, 4, 3)) == (None, 8)


def test_weights_have_the_paths_of_keras_forward_first():
    ours, theirs = bidirectional("LSTM")
    ours(arrays((1, 2, 4))), theirs(arrays((1, 2, 4)))
    paths = [weight.path for weight in ours.weights]
    assert paths == [weight.path for weight in theirs.weights]
    assert paths[0] == "both/forward_rnn/lstm_cell/kernel"


def test_a_stateful_pair_goes_on_where_it_stopped():
    ours, theirs = bidirectional("GRU", {"stateful": True})
    x = arrays((2, 4, 5))
    ours(x), theirs(x)
    share_weights(ours, theirs)
    for _ in range(2):
        ours.reset_state(), theirs.reset_state()
        for _ in range(2):
            torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-6)


def test_a_mirrored_backward_layer_stays_out_of_the_config():
    layer = layers.Bidirectional(layers.LSTM(3, name="rnn"))
    config = layer.get_config()
    assert config["backward_layer"] is None
    assert config["layer"]["config"]["name"] == "rnn"
    again = layers.Bidirectional.from_config(layers.Bidirectional.from_config(config).get_config())
    assert (again.forward_layer.name, again.backward_layer.name) == ("forward_rnn", "backward_rnn")
    layer.backward_layer.trainable = False
    assert layer.get_config()["backward_layer"]["config"]["trainable"] is False


def test_starts_from_given_weights():
    source = layers.Bidirectional(layers.SimpleRNN(2))
    x = arrays((1, 3, 4))
    wanted = source(x)
    layer = layers.Bidirectional(layers.SimpleRNN(2), weights=source.get_weights())
    assert torch.equal(layer(x), wanted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layer": layers.Dense(2, name="d")}, "got Dense 'd', which does not read a sequence"),
        ({"layer": layers.GRU(2), "backward_layer": layers.GRU(2)}, "same direction.*go_backwards"),
        ({"layer": layers.GRU(2, go_backwards=True)}, "same direction"),
        (
            {"layer": layers.GRU(2), "backward_layer": layers.GRU(2, go_backwards=True, stateful=True)},
            "stateful=True, but its forward layer has stateful=False",
        ),
        ({"layer": layers.GRU(2), "merge_mode": "add"}, "merge_mode"),
        ({"layer": 3}, "wants a layer"),
        ({"layer": [layers.GRU(2)]}, "is no layer"),
    ],
    ids=str,
)
def test_wrong_pairs_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        layers.Bidirectional(**arguments)


def test_outputs_of_two_sizes_cannot_be_added():
    layer = layers.Bidirectional(
        layers.GRU(2), merge_mode="sum", backward_layer=layers.GRU(3, go_backwards=True)
    )
    with pytest.raises(ShapeError, match="cannot join outputs of 2 and 3 numbers"):
        layer.compute_output_shape((None, 4, 5))


@pytest.mark.parametrize("wrapper", ["Bidirectional", "TimeDistributed"])
def test_freezing_a_wrapper_freezes_what_is_inside(wrapper):
    inside = layers.GRU(2) if wrapper == "Bidirectional" else layers.Dense(2)
    layer = getattr(layers, wrapper)(inside, trainable=False)
    layer(arrays((1, 2, 3)))
    assert not any(weight.requires_grad for weight in layer.weights)
    layer.trainable = True
    assert all(weight.requires_grad for weight in layer.weights)


@pytest.mark.parametrize(
    ("inside", "shape"),
    [
        (lambda library: library.Dense(4, activation="relu", name="in"), (2, 3, 5)),
        (lambda library: library.Conv2D(2, 3, name="in"), (2, 3, 6, 6, 1)),
        (lambda library: library.LSTM(2, return_sequences=True, name="in"), (2, 3, 4, 5)),
        (lambda library: library.Flatten(name="in"), (2, 3, 4, 5)),
        (lambda library: library.TimeDistributed(library.Dense(2, name="a"), name="in"), (2, 3, 4, 5)),
    ],
)
def test_every_step_computes_the_same(inside, shape):
    ours, theirs = (library.TimeDistributed(inside(library), name="steps") for library in LIBRARIES)
    output = assert_same(ours, theirs, arrays(shape), configs=False)
    found = ours.compute_output_shape((None, *shape[1:]))
    assert found == (None, *output.shape[1:])
    assert ours.compute_output_shape((None, None, *shape[2:])) == (None, None, *output.shape[2:])


def test_configs_open_in_both():
    assert_same_config(
        *(library.TimeDistributed(library.GRU(2, name="in"), name="steps") for library in LIBRARIES)
    )


def test_a_mask_of_steps_within_steps_goes_in():
    mask = torch.rand(2, 3, 4) > 0.4
    ours, theirs = (library.TimeDistributed(library.GRU(2, name="in"), name="steps") for library in LIBRARIES)
    assert_same(ours, theirs, arrays((2, 3, 4, 5)), settings={"mask": mask}, configs=False)


def test_weights_inside_have_the_paths_of_keras():
    layer = layers.TimeDistributed(layers.Dense(2, name="in"), name="steps")
    layer(arrays((1, 2, 3)))
    assert [weight.path for weight in layer.weights] == ["steps/in/kernel", "steps/in/bias"]


class Counting(layers.Layer):
    """Keeps statistics: the sum of all inputs it was trained on, and how often it was called."""

    def build(self, input_shape):
        self.calls = self.add_weight((), "zeros", trainable=False, name="calls")

    def call(self, inputs: torch.Tensor, training: bool = False):
        if training:
            with torch.no_grad():
                self.calls += 1
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape


def test_a_layer_with_statistics_sees_each_step_by_itself():
    layer = layers.TimeDistributed(Counting())
    layer(torch.zeros(2, 3, 4))
    assert layer.layer.calls == 0
    layer(torch.zeros(2, 3, 4), training=True)
    assert layer.layer.calls == 3


def test_training_goes_on_inside():
    layer = layers.TimeDistributed(layers.Dropout(0.5))
    x = torch.ones(2, 3, 50)
    assert torch.equal(layer(x), x)
    assert (layer(x, training=True) == 0).any()


def test_an_input_without_steps_is_refused():
    layer = layers.TimeDistributed(layers.Dense(4), name="steps")
    with pytest.raises(ShapeError) as caught:
        layer.compute_output_shape((None, 32))
    assert str(caught.value) == (
        "TimeDistributed 'steps' wants batch × steps × … (3 axes or more), but gets batch × 32 (2 axes). "
        "Without steps, use Dense by itself."
    )


def test_whole_numbers_go_in():
    layer = layers.TimeDistributed(layers.Embedding(5, 2))
    assert layer(np.zeros((2, 3, 4), "int32")).shape == (2, 3, 4, 2)


@pytest.mark.parametrize(
    "given",
    [
        lambda: layers.Dense(4, activation="relu"),
        lambda: layers.serialize(layers.Dense(4, activation="relu")),
        lambda: {"class_name": "Dense", "config": {"units": 4, "activation": "relu"}},
        lambda: {"layer": "Dense", "params": {"units": 4, "activation": "relu"}},
    ],
)
def test_the_layer_inside_may_be_given_in_three_ways(given):
    layer = layers.TimeDistributed(given())
    assert isinstance(layer.layer, layers.Dense)
    assert (layer.layer.units, layer.layer.activation.__name__) == (4, "relu")
    assert layer.get_config()["layer"]["class_name"] == "Dense"


def test_unknown_layers_inside_are_refused():
    with pytest.raises(UnknownNameError, match=r"Did you mean '[Dd]ense'"):
        resolve_layer({"layer": "Dens"})
    with pytest.raises(ParameterError, match="is no layer"):
        resolve_layer({"units": 4})
    with pytest.raises(ParameterError, match="does not take one input"):
        layers.TimeDistributed(layers.InputLayer((3,)))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [([3, 3], None), ([3], "has 2 states, but gets 1"), ([3, 4], "a state of batch × 3, but gets batch × 4")],
)
def test_states_of_both_directions_are_checked(sizes, message):
    layer, states = layers.Bidirectional(layers.GRU(3)), [layers.Input((size,)) for size in sizes]
    if message is None:
        assert layer(layers.Input((2, 5)), initial_state=states).shape == (None, 6)
        return
    with pytest.raises(ShapeError, match=message) as caught:
        layer(layers.Input((2, 5)), initial_state=states)
    assert caught.value.port == "initial_state"


@pytest.mark.parametrize("inside", [lambda k: k.Dense(2), lambda k: k.Conv1D(2, 2)], ids=["Dense", "Conv1D"])
def test_a_mask_stays_out_of_layers_that_take_none(inside):
    mask = torch.rand(2, 3, 4) > 0.4
    ours, theirs = (library.TimeDistributed(inside(library), name="steps") for library in LIBRARIES)
    assert_same(ours, theirs, arrays((2, 3, 4, 5)), settings={"mask": mask}, configs=False)
