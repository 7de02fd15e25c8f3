"""Convolutional LSTMs against the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from runtime.models import Sequential, load_model

from .oracle import arrays, assert_same, pair, share_weights

SIZES = {1: (7,), 2: (5, 6), 3: (4, 3, 4)}
MASK = torch.tensor([[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]).bool()


def film(rank, data_format="channels_last", batch=3, seed=1):
    sizes = (*SIZES[rank], 2) if data_format == "channels_last" else (2, *SIZES[rank])
    return arrays((batch, 4, *sizes), seed=seed)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"padding": "same", "return_sequences": True, "use_bias": False},
        {"strides": 2, "return_state": True, "go_backwards": True, "return_sequences": True},
        {"dilation_rate": 2, "activation": "relu", "kernel_regularizer": "l2", "unit_forget_bias": False},
    ],
    ids=str,
)
def test_computes_the_same(rank, data_format, arguments):
    ours, theirs = pair(f"ConvLSTM{rank}D", 3, 2, data_format=data_format, name="film", **arguments)
    x = film(rank, data_format)
    assert_same(ours, theirs, x)
    mine, real = ours.compute_output_shape(x.shape), theirs.compute_output_shape(x.shape)
    assert mine == (tuple(real) if ours.return_state else real)
    assert [weight.path for weight in ours.weights] == [weight.path for weight in theirs.weights]


@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("with_state", [False, True])
def test_skips_masked_steps_as_keras_does(zero_output_for_mask, with_state):
    ours, theirs = pair(
        "ConvLSTM2D", 3, (3, 2), name="film", return_sequences=True, return_state=True,
        zero_output_for_mask=zero_output_for_mask,
    )  # fmt: skip
    inputs = {"sequences": film(2)}
    if with_state:
        inputs["initial_state"] = arrays((3, 3, 5, 3), (3, 3, 5, 3), seed=7)
    assert_same(ours, theirs, inputs, settings={"mask": MASK}, configs=False)


def test_the_forget_gate_starts_open():
    layer = layers.ConvLSTM1D(2, 3)
    layer(film(1))
    assert layer.cell.bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_a_stateful_layer_goes_on_where_it_stopped():
    ours, theirs = pair("ConvLSTM2D", 2, 3, stateful=True, padding="same", name="film")
    first, second = film(2), film(2, seed=2)
    ours(first), theirs(first)
    share_weights(ours, theirs)
    ours.reset_state(), theirs.reset_state()
    for batch in (first, second):
        np.testing.assert_allclose(ours(batch).detach(), theirs(batch).detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["dropout", "recurrent_dropout"])
def test_dropout_acts_in_training_only_and_repeats_with_a_seed(kind):
    layer = layers.ConvLSTM2D(2, 2, seed=3, **{kind: 0.5})
    twin = type(layer).from_config(layer.get_config())
    x = torch.tensor(film(2))
    before = layer(x)
    twin(x)
    twin.set_weights(layer.get_weights())
    dropped = layer(x, training=True)
    assert torch.equal(dropped, twin(x, training=True))
    assert not torch.allclose(dropped, before)
    assert torch.equal(layer(x), before)


def test_recurrent_dropout_drops_the_same_places_at_all_steps():
    """With weights of 1 and one place, a state either doubles or vanishes at each step."""
    layer = layers.ConvLSTM1D(
        1, 1, activation=None, recurrent_activation=None, recurrent_dropout=0.5, use_bias=False
    )
    x = torch.zeros(1, 3, 1, 1)
    state = [torch.ones(1, 1, 1), torch.ones(1, 1, 1)]
    layer(x)
    # The gates are sums of the state: all kept is 2, all dropped is 0; each gate has its own fate.
    layer.set_weights([np.zeros((1, 1, 4)), np.ones((1, 1, 4))])
    found = {layer(x[:, :1], initial_state=state, training=True).item() for _ in range(300)}
    assert found == {0.0, 4.0, 8.0, 12.0}


def test_both_directions_of_a_film():
    ours, theirs = (
        library.Bidirectional(library.ConvLSTM2D(2, 3, return_sequences=True, name="one"), name="both")
        for library in (layers, keras.layers)
    )
    assert_same(ours, theirs, film(2), configs=False)


def model(library, models):
    return models(
        [
            library.Input((4, 5, 6, 2)),
            library.ConvLSTM2D(3, 3, padding="same", return_sequences=True, name="first"),
            library.BatchNormalization(name="norm"),
            library.ConvLSTM2D(2, 2, name="second"),
            library.GlobalMaxPooling2D(name="pool"),
        ]
    )


def test_trains_in_a_model_as_keras_does(tmp_path):
    ours, theirs = model(layers, Sequential), model(keras.layers, keras.Sequential)
    for net in (ours, theirs):
        net.compile("sgd", "mse")
    share_weights(ours, theirs)
    x, y = film(2, batch=4), arrays((4, 2))
    for _ in range(2):
        np.testing.assert_allclose(ours.train_on_batch(x, y), theirs.train_on_batch(x, y), rtol=1e-4)
    wanted = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(ours.predict(x, verbose=0), wanted, rtol=1e-4, atol=1e-5)
    for ending in (".keras", ".h5"):
        theirs.save(tmp_path / f"theirs{ending}")
        ours = load_model(tmp_path / f"theirs{ending}")
        np.testing.assert_allclose(ours.predict(x, verbose=0), wanted, rtol=1e-4, atol=1e-5)
        ours.save(tmp_path / f"ours{ending}")
        again = keras.saving.load_model(tmp_path / f"ours{ending}")
        np.testing.assert_allclose(again.predict(x, verbose=0), wanted, rtol=1e-4, atol=1e-5)


def test_states_are_wired_in_a_graph():
    x = layers.Input((4, 5, 6, 2))
    _, *states = layers.ConvLSTM2D(3, 2, return_state=True)(x)
    assert layers.ConvLSTM2D(3, 2)(x, initial_state=states).shape == (None, 4, 5, 3)
    with pytest.raises(ShapeError, match="a state of batch × 5 × 6 × 3, but gets batch × 4") as caught:
        layers.ConvLSTM2D(3, 2, padding="same")(x, initial_state=states)
    assert caught.value.port == "hidden_state"


def test_wrong_arguments_and_inputs_are_told():
    with pytest.raises(ParameterError, match="only one of them may be more than 1"):
        layers.ConvLSTM2D(3, 2, strides=2, dilation_rate=2)
    layer = layers.ConvLSTM2D(3, 2)
    with pytest.raises(ShapeError, match=r"steps × height × width × channels \(5 axes\)") as caught:
        layer.compute_output_shape((None, 5, 6, 2))
    assert caught.value.port == "sequences"
    with pytest.raises(ShapeError, match="needs to know the width"):
        layer.compute_output_shape((None, 4, 5, None, 2))
    with pytest.raises(ShapeError, match="slides a window of 7 × 7"):
        layers.ConvLSTM2D(3, 7).compute_output_shape((None, 4, 5, 6, 2))
    layer(film(2))
    with pytest.raises(ShapeError, match="was built for steps of batch × 5 × 6 × 2"):
        layer.compute_output_shape((None, 4, 5, 5, 2))
    with pytest.raises(ShapeError, match="starts from a state of 3 × 4 × 5 × 3"):
        layer(film(2), initial_state=[torch.zeros(3, 2, 2, 3)] * 2)
