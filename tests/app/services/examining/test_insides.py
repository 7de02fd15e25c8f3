import numpy as np
import pytest

import runtime as keras
from app.services.examining.insides import activations, layers, predict, weights
from app.services.examining.probe import Probe
from runtime import layers as kinds
from runtime.errors import DataError

PICTURES = np.random.RandomState(0).uniform(0, 16, (5, 8, 8, 1)).astype(np.float32)


def test_answers_are_those_of_the_model(picture_probe):
    (found,) = predict(picture_probe, {"x": PICTURES}).arrays.values()
    np.testing.assert_array_equal(found, picture_probe.model.predict(PICTURES, verbose=0))


def test_what_there_is_to_look_at(picture_probe):
    words = layers(picture_probe, {}).words
    assert [tap["name"] for tap in words["taps"]] == ["rescaling", "first", "second", "flat", "answer"]
    assert words["taps"][2]["sizes"] == (4, 4, 6)
    assert [layer["name"] for layer in words["weights"]] == ["first", "second", "answer"]
    assert words["weights"][0]["parameters"] == 40


def test_the_weights_of_a_convolution_are_filters(picture_probe):
    answer = weights(picture_probe, {}, "first")
    kernel, bias = picture_probe.model.layers[2].get_weights()
    said = answer.words["weights"][0]
    assert said["shape"] == (3, 3, 1, 4)
    assert said["mean"] == pytest.approx(kernel.mean(), abs=1e-7)
    assert answer.arrays["counts0"].sum() == kernel.size
    np.testing.assert_array_equal(answer.arrays["filters0"][3], kernel[:, :, 0, 3])
    np.testing.assert_array_equal(answer.arrays["table1"], bias[np.newaxis])


def test_large_weights_have_a_spread():
    inputs = keras.Input((2,))
    probe = Probe(keras.Model(inputs, kinds.Dense(2, name="wild")(inputs)))
    probe.model.set_weights([np.array([[3e25, -3e25], [3e25, -3e25]], np.float32), np.zeros(2, np.float32)])
    said = weights(probe, {}, "wild").words["weights"][0]
    assert said["spread"] == pytest.approx(3e25, rel=1e-6)


def test_large_tables_are_thinned(picture_probe):
    inputs = keras.Input((900,))
    probe = Probe(keras.Model(inputs, kinds.Dense(3, name="wide")(inputs)))
    assert weights(probe, {}, "wide").arrays["table0"].shape == (256, 3)
    with pytest.raises(DataError, match="no layer 'flat' with weights"):
        weights(picture_probe, {}, "flat")


def test_what_comes_out_of_a_layer(picture_probe):
    answer = activations(picture_probe, {"x": PICTURES}, "second")
    assert answer.arrays["maps"].shape == (6, 4, 4)
    values = picture_probe.flow(PICTURES[:1], ["second"])["second"][0]
    assert answer.words["silent"] == (values == 0).mean() > 0
    np.testing.assert_array_equal(answer.arrays["maps"][1], values[:, :, 1])
    last = activations(picture_probe, {"x": PICTURES}, "answer").arrays["table"]
    np.testing.assert_allclose(last, picture_probe.model.predict(PICTURES[:1], verbose=0), rtol=1e-6)


def test_a_layer_that_is_used_twice_has_two_places():
    inputs = keras.Input((4,))
    shared = kinds.Dense(4, name="shared")
    probe = Probe(keras.Model(inputs, shared(shared(inputs))))
    assert [tap.name for tap in probe.taps] == ["shared, call 1", "shared, call 2"]
    x = np.ones((1, 4), np.float32)
    first, second = probe.flow(x, ["shared, call 1", "shared, call 2"]).values()
    np.testing.assert_allclose(second, probe.model.predict(x, verbose=0), rtol=1e-6)
    assert not np.allclose(first, second)
