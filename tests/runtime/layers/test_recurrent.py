"""Recurrent layers against the real Keras: outputs, states, masks, gradients, dropout, shapes."""

import copy

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError

from .oracle import arrays, assert_same, assert_same_config, pair, share_weights

KINDS = ["LSTM", "GRU", "SimpleRNN"]
# Padding behind, padding in front, holes, nothing masked, all masked.
MASK = torch.tensor(
    [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]
).bool()


def states_for(kind: str, batch: int = 5, units: int = 3) -> list[np.ndarray]:
    return arrays(*[(batch, units)] * 2, seed=7)[: 2 if kind == "LSTM" else 1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_sequences": True},
        {"return_sequences": True, "return_state": True, "go_backwards": True},
        {"use_bias": False, "return_state": True},
        {"activation": "relu", "return_sequences": True},
        {"activation": None, "unroll": True, "return_state": True},
        {"activation": "softsign", "go_backwards": True, "kernel_regularizer": "l2"},
    ],
    ids=str,
)
def test_computes_the_same(kind, arguments):
    assert_same(*pair(kind, 3, name="rnn", **arguments), arrays((4, 6, 5)))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("GRU", {"reset_after": False, "return_sequences": True}),
        ("GRU", {"reset_after": False, "use_bias": False}),
        ("GRU", {"recurrent_activation": "hard_sigmoid", "return_state": True}),
        ("LSTM", {"recurrent_activation": "hard_sigmoid", "return_sequences": True}),
        ("LSTM", {"unit_forget_bias": False}),
    ],
    ids=str,
)
def test_computes_the_same_with_arguments_of_its_own(kind, arguments):
    assert_same(*pair(kind, 3, name="rnn", **arguments), arrays((4, 6, 5)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "arguments",
    [
        {"return_sequences": True},
        {"return_state": True},
        {"return_sequences": True, "return_state": True, "go_backwards": True},
        {"return_sequences": True, "zero_output_for_mask": True},
        {"zero_output_for_mask": True},
        {"return_sequences": True, "return_state": True, "activation": "elu"},
    ],
    ids=str,
)
@pytest.mark.parametrize("with_state", [False, True])
def test_skips_masked_steps_as_keras_does(kind, arguments, with_state):
    inputs = {"sequences": arrays((5, 5, 4))}
    if with_state:
        inputs["initial_state"] = states_for(kind)
    ours, theirs = pair(kind, 3, name="rnn", **arguments)
    assert_same(ours, theirs, inputs, settings={"mask": MASK}, configs=False)


def test_skips_masked_steps_of_a_gru_that_resets_before():
    ours, theirs = pair("GRU", 3, reset_after=False, return_sequences=True, return_state=True, name="rnn")
    assert_same(ours, theirs, arrays((5, 5, 4)), settings={"mask": MASK})


@pytest.mark.parametrize("kind", KINDS)
def test_starts_from_a_given_state(kind):
    inputs = {"sequences": arrays((5, 6, 4)), "initial_state": states_for(kind)}
    assert_same(*pair(kind, 3, return_state=True, name="rnn"), inputs)


def test_a_single_state_needs_no_list():
    layer = layers.GRU(3)
    x, state = torch.randn(2, 4, 3), torch.randn(2, 3)
    assert torch.equal(layer(x, initial_state=state), layer(x, initial_state=[state]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_where_it_stopped(kind):
    ours, theirs = pair(kind, 3, stateful=True, return_sequences=True, name="rnn")
    first, second = arrays((2, 4, 5), (2, 4, 5))
    ours(first), theirs(first)
    share_weights(ours, theirs)
    ours.reset_state(), theirs.reset_state()
    for batch in (first, second, first):
        np.testing.assert_allclose(ours(batch).detach(), theirs(batch).detach(), rtol=1e-5, atol=1e-6)
    ours.reset_states(), theirs.reset_states()
    np.testing.assert_allclose(ours(second).detach(), theirs(second).detach(), rtol=1e-5, atol=1e-6)


def test_a_stateful_layer_trains_after_a_prediction():
    layer = layers.LSTM(3, stateful=True)
    x = torch.randn(2, 4, 5)
    layer(x)
    with torch.inference_mode():
        layer(x)
    layer(x).sum().backward()
    layer(x).sum().backward()
    assert layer.cell.kernel.grad is not None


def test_a_stateful_layer_refuses_batches_of_another_size():
    layer = layers.GRU(3, stateful=True)
    layer(arrays((2, 4, 5)))
    with pytest.raises(ShapeError, match=r"keeps the state of 2 sequences, but gets 3.*reset_state"):
        layer(arrays((3, 4, 5)))


@pytest.mark.parametrize("kind", KINDS)
def test_takes_whole_numbers(kind):
    ours, theirs = pair(kind, 3, name="rnn")
    assert_same(ours, theirs, np.arange(24).reshape(2, 4, 3) % 3)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("LSTM", ["me/lstm_cell/kernel", "me/lstm_cell/recurrent_kernel", "me/lstm_cell/bias"]),
        ("GRU", ["me/gru_cell/kernel", "me/gru_cell/recurrent_kernel", "me/gru_cell/bias"]),
        (
            "SimpleRNN",
            ["me/simple_rnn_cell/kernel", "me/simple_rnn_cell/recurrent_kernel", "me/simple_rnn_cell/bias"],
        ),
    ],
)
def test_weights_have_the_paths_of_keras(name, paths):
    ours, theirs = pair(name, 3, name="me")
    ours(arrays((1, 2, 4))), theirs(arrays((1, 2, 4)))
    assert [weight.path for weight in ours.weights] == [weight.path for weight in theirs.weights] == paths


def test_the_forget_gate_starts_open():
    layer = layers.LSTM(2)
    layer(arrays((1, 2, 3)))
    assert layer.cell.bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_keeps_the_mean_and_only_acts_in_training(kind):
    layer = getattr(layers, kind)(4, activation=None, dropout=0.5, recurrent_dropout=0.0, seed=1)
    x = torch.ones(1, 1, 200)
    layer(x)
    with torch.no_grad():
        layer.cell.kernel.fill_(0.01)
    dropped = torch.cat([layer(x, training=True) for _ in range(200)])
    assert torch.equal(layer(x), layer(x))
    assert dropped.std(dim=0).min() > 0
    if kind == "SimpleRNN":
        torch.testing.assert_close(dropped.mean(0), layer(x)[0], rtol=0.05, atol=0)


@pytest.mark.parametrize("kind", [*KINDS, "GRU before"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_recurrent_dropout_drops_the_same_state_at_all_steps(kind, dropout):
    arguments = {"reset_after": False} if kind == "GRU before" else {}
    layer = getattr(layers, kind.split()[0])(
        6, dropout=dropout, recurrent_dropout=0.5, return_sequences=True, seed=3, **arguments
    )
    twin = type(layer).from_config(layer.get_config())
    x = torch.randn(3, 5, 4)
    layer(x), twin(x)
    twin.set_weights(layer.get_weights())
    first = layer(x, training=True)
    assert torch.equal(first, twin(x, training=True))
    assert not torch.allclose(first, layer(x, training=True))
    assert not torch.allclose(first, layer(x))
    first.sum().backward()
    assert torch.isfinite(layer.cell.recurrent_kernel.grad).all()


def test_recurrent_dropout_scales_the_state():
    """With one unit and weights of 1 the state either doubles or vanishes at each step."""
    layer = layers.SimpleRNN(1, activation=None, recurrent_dropout=0.5, use_bias=False)
    x = torch.tensor([[[1.0], [0.0], [0.0]]])
    layer(x)
    layer.set_weights([np.ones((1, 1)), np.ones((1, 1))])
    found = {layer(x, training=True).item() for _ in range(40)}
    assert found == {0.0, 4.0}


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_for_every_way_to_answer(kind):
    states = [(None, 3)] * len(states_for(kind))
    make = getattr(layers, kind)
    assert make(3).compute_output_shape((None, 7, 4)) == (None, 3)
    assert make(3, return_sequences=True).compute_output_shape((None, None, 4)) == (None, None, 3)
    assert make(3, return_state=True).compute_output_shape((2, 7, 4))[0] == (2, 3)
    assert make(3, return_state=True).compute_output_shape((None, 7, 4)) == ((None, 3), *states)
    assert not make(3).built


def test_outputs_have_names():
    assert layers.LSTM(2).output_names() == ("output",)
    assert layers.LSTM(2, return_state=True).output_names() == ("output", "hidden_state", "cell_state")
    assert layers.GRU(2, return_state=True).output_names() == ("output", "hidden_state")
    inputs = [port.name for port in layers.layer_spec("LSTM").inputs]
    assert inputs == ["sequences", "hidden_state", "cell_state"]


def test_a_flat_input_is_refused_with_a_hint():
    with pytest.raises(ShapeError) as caught:
        layers.LSTM(4, name="lstm").compute_output_shape((None, 32))
    assert str(caught.value) == (
        "LSTM 'lstm' wants batch × steps × features (3 axes), but gets batch × 32 (2 axes). "
        "Set return_sequences=True on the recurrent layer before it."
    )
    assert caught.value.port == "sequences"
    with pytest.raises(ShapeError, match="TimeDistributed"):
        layers.GRU(4).compute_output_shape((None, 3, 8, 8, 1))
    with pytest.raises(ShapeError, match="number of features"):
        layers.GRU(4).compute_output_shape((None, 3, None))


def test_wrong_numbers_of_states_and_features_are_refused():
    layer = layers.LSTM(4, name="lstm")
    x = torch.zeros(2, 3, 5)
    with pytest.raises(ShapeError, match="has 2 states, but gets 1 to start from"):
        layer(x, initial_state=[torch.zeros(2, 4)])
    layer(x)
    with pytest.raises(ShapeError, match="was built for 5 features, but gets 6"):
        layer(torch.zeros(2, 3, 6))
    with pytest.raises(ShapeError, match="starts from a state of 2 × 4, but gets 2 × 3"):
        layer(x, initial_state=[torch.zeros(2, 4), torch.zeros(2, 3)])
    with pytest.raises(ParameterError, match=r"LSTM\(units=…\) got 0"):
        layers.LSTM(0)


@pytest.mark.parametrize(
    ("make", "port", "states", "message"),
    [
        (lambda: layers.LSTM(4), "cell_state", [(None, 4), (None, 3)], "a state of batch × 4, .* batch × 3"),
        (lambda: layers.LSTM(4), "hidden_state", [(None, 5), (None, 4)], "a state of batch × 4"),
        (lambda: layers.LSTM(4), "hidden_state", [(None, 4)], "has 2 states, but gets 1"),
        (lambda: layers.GRU(4), "hidden_state", [(None, 2, 4)], "a state of batch × 4"),
        (lambda: layers.RNN(layers.GRUCell(4)), "initial_state", [(None, 3)], "a state of batch × 4"),
        (lambda: layers.RNN(layers.GRUCell(4)), "initial_state", [(None, 4)] * 2, "has 1 state, but gets 2"),
    ],
)
def test_states_that_do_not_fit_are_told_before_anything_runs(make, port, states, message):
    states = [layers.Input(shape[1:]) for shape in states]
    with pytest.raises(ShapeError, match=message) as caught:
        make()(layers.Input((3, 5)), initial_state=states)
    assert caught.value.port == port


def test_states_of_another_number_of_sequences_are_told():
    with pytest.raises(ShapeError, match="a state of 2 × 4, but gets 3 × 4"):
        layers.GRU(4)(layers.Input((3, 5), 2), initial_state=layers.Input((4,), 3))


def test_states_come_alone_or_nested_as_in_keras():
    state = layers.Input((4,))
    assert layers.RNN(layers.GRUCell(4))(layers.Input((3, 5)), initial_state=state).shape == (None, 4)
    stack = layers.RNN([layers.LSTMCell(4), layers.LSTMCell(2)])
    states = [[state, state], [layers.Input((2,)), layers.Input((2,))]]
    assert stack(layers.Input((3, 5)), initial_state=states).shape == (None, 2)


def test_encoder_and_decoder_share_states_in_a_graph():
    from runtime.models import Model

    source, target = layers.Input((4, 3)), layers.Input((5, 3))
    _, *states = layers.LSTM(6, return_state=True)(source)
    decoded = layers.LSTM(6, return_sequences=True)(target, initial_state=states)
    model = Model([source, target], decoded)
    assert model.output_shape == (None, 5, 6)
    assert model([arrays((2, 4, 3)), arrays((2, 5, 3))]).shape == (2, 5, 6)


def test_masks_end_with_a_single_output():
    x = arrays((2, 5, 3))
    x[:, 2:] = 0
    masked = layers.Masking()(x)
    assert (
        layers.LSTM(2, return_sequences=True)(masked)._keras_mask.tolist()
        == [[True, True, False, False, False]] * 2
    )
    assert getattr(layers.LSTM(2)(masked), "_keras_mask", None) is None
    outputs = layers.LSTM(2, return_sequences=True, return_state=True)(masked)
    assert outputs[0]._keras_mask is not None
    assert getattr(outputs[1], "_keras_mask", None) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_computes_the_same_and_is_its_own(kind):
    layer = getattr(layers, kind)(3, seed=1)
    x = torch.randn(2, 4, 3)
    before = layer(x)
    twin = copy.deepcopy(layer)
    assert torch.equal(twin(x), before)
    with torch.no_grad():
        twin.cell.kernel.zero_()
    assert torch.equal(layer(x), before)


def test_arguments_are_attributes():
    layer = layers.LSTM(5, dropout=0.25, use_bias=False)
    assert (layer.units, layer.dropout, layer.use_bias, layer.unit_forget_bias) == (5, 0.25, False, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_computes_the_same(kind):
    ours, theirs = pair(f"{kind}Cell", 3, name="cell")
    inputs, states = torch.tensor(arrays((5, 4))), [torch.tensor(state) for state in states_for(kind)]
    ours(inputs, states), theirs(inputs, states)
    share_weights(ours, theirs)
    (output, after), (real, real_after) = ours(inputs, states), theirs(inputs, states)
    for mine, wanted in zip([output, *after], [real, *real_after], strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-5, atol=1e-6)
    assert_same_config(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_in_an_rnn_is_the_layer(kind):
    def make(library):
        return library.RNN(getattr(library, f"{kind}Cell")(3, name="cell"), return_sequences=True, name="rnn")

    assert_same_config(make(layers), make(keras.layers))
    assert_same(make(layers), make(keras.layers), arrays((5, 5, 4)), settings={"mask": MASK}, configs=False)


def test_stacked_cells_compute_the_same():
    def make(library):
        cells = [
            library.GRUCell(3, name="low"),
            library.LSTMCell(4, name="mid"),
            library.SimpleRNNCell(2, name="top"),
        ]
        return library.RNN(cells, return_sequences=True, return_state=True, name="rnn")

    ours, theirs = make(layers), make(keras.layers)
    theirs.cell.name = ours.cell.name = "stack"
    assert_same(ours, theirs, arrays((5, 5, 4)), settings={"mask": MASK}, configs=False)
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert ours.compute_output_shape((None, 5, 4)) == theirs.compute_output_shape((None, 5, 4))


class Doubling(layers.Layer):
    """A cell of a user's own: adds the input to twice the state."""

    state_size = 3

    def call(self, inputs: torch.Tensor, states: list[torch.Tensor]):
        state = inputs + 2 * states[0]
        return state, [state]


def test_a_cell_of_ones_own_runs():
    layer = layers.RNN(Doubling(), return_sequences=True, return_state=True)
    outputs, state = layer(np.ones((1, 3, 3), "float32"))
    assert outputs[0, :, 0].tolist() == [1, 3, 7]
    assert state[0].tolist() == [7, 7, 7]
    assert layer.compute_output_shape((None, 3, 3)) == ((None, 3, 3), (None, 3))


def test_something_without_states_is_no_cell():
    with pytest.raises(ParameterError, match=r"RNN\(cell=…\) got Dense 'd', which has no state_size"):
        layers.RNN(layers.Dense(3, name="d"))
    with pytest.raises(ParameterError, match=r"StackedRNNCells\(cells=…\) got Dense 'd', but"):
        layers.StackedRNNCells([layers.LSTMCell(2), layers.Dense(3, name="d")])
    with pytest.raises(ParameterError, match="got none"):
        layers.StackedRNNCells([])


def test_a_list_of_cells_is_a_stack_in_files_as_well():
    def make(library):
        return library.RNN([library.LSTMCell(2, name="a"), library.GRUCell(3, name="b")], name="rnn")

    ours, theirs = make(layers), make(keras.layers)
    ours.cell.name = theirs.cell.name
    assert_same_config(ours, theirs)


def test_configs_of_rnn_and_stack_open_in_both():
    def make(library):
        return library.RNN(
            library.StackedRNNCells(
                [library.GRUCell(3, name="a"), library.LSTMCell(4, name="b")], name="stack"
            ),
            name="rnn",
        )

    assert_same_config(make(layers), make(keras.layers))
