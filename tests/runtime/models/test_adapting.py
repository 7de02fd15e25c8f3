"""Layers of a model that learn from data, held to what the real Keras learns from the same data."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers, models
from runtime.errors import DataError, NotBuiltError
from runtime.models import adapting
from runtime.models.adapting import adapt_layers, learning_layers

ROWS = np.random.default_rng(3).normal(3, 2, (200, 4)).astype("float32")


def middle(library, dense=3):
    """Scales, computes, scales again and sorts into ranges; start values are the same everywhere."""
    inputs = library.Input((4,))
    first, last = library.Normalization(name="first"), library.Normalization(name="last")
    ranges = library.Discretization(num_bins=5, output_mode="one_hot", name="ranges")
    hidden = library.Dense(dense, activation="relu", kernel_initializer="identity")
    return inputs, first, hidden, last, ranges


def ours():
    inputs, *steps = middle(layers)
    outputs = inputs
    for step in steps:
        outputs = step(outputs)
    return models.Model(inputs, outputs)


def of_keras():
    inputs, first, hidden, last, ranges = middle(keras.layers)
    first.adapt(ROWS)
    part = hidden(first(inputs))
    last.adapt(keras.Model(inputs, part).predict(ROWS, verbose=0))
    ranges.update_state(keras.Model(inputs, last(part)).predict(ROWS, verbose=0))
    ranges.finalize_state()
    return keras.Model(inputs, ranges(last(part)))


def test_each_layer_learns_from_what_comes_out_before_it():
    model, told = ours(), []
    assert [layer.name for layer in learning_layers(model)] == ["first", "last", "ranges"]
    done = adapt_layers(model, ROWS, lambda layer: told.append(layer.name))
    assert [layer.name for layer in done] == told == ["first", "last", "ranges"]
    wanted = of_keras().predict(ROWS, verbose=0)
    np.testing.assert_array_equal(model.predict(ROWS, verbose=0), wanted)


def test_learning_again_forgets_what_was_learnt():
    model = ours()
    adapt_layers(model, ROWS * 9 + 5)
    adapt_layers(model, torch.from_numpy(ROWS))
    np.testing.assert_allclose(model.get_layer("first").get_weights()[0], ROWS.mean(0), rtol=1e-6)


def test_large_parts_are_learnt_batch_by_batch(monkeypatch):
    monkeypatch.setattr(adapting, "_AT_ONCE", 0)
    monkeypatch.setattr(adapting, "_BATCH_SIZE", 32)
    model, whole = ours(), ours()
    adapt_layers(model, ROWS)
    monkeypatch.undo()
    adapt_layers(whole, ROWS)
    for name in ("first", "last"):
        for mine, wanted in zip(
            model.get_layer(name).get_weights(), whole.get_layer(name).get_weights(), strict=True
        ):
            np.testing.assert_allclose(mine, wanted, rtol=1e-5)


def test_models_in_the_place_of_layers_and_several_inputs():
    inner = models.Sequential([layers.Input((4,)), layers.Normalization(name="inner"), layers.Dense(2)])
    left, right = layers.Input((4,), name="left"), layers.Input((2,), name="right")
    joined = layers.Concatenate()([inner(layers.Rescaling(2.0)(left)), layers.Normalization(name="r")(right)])
    model = models.Model([left, right], layers.Normalization(name="both")(joined))
    done = adapt_layers(model, {"right": ROWS[:, :2], "left": ROWS})
    assert sorted(layer.name for layer in done) == ["both", "inner", "r"]
    np.testing.assert_allclose(inner.layers[0].get_weights()[0], 2 * ROWS.mean(0), rtol=1e-5)
    np.testing.assert_allclose(model.get_layer("r").get_weights()[0], ROWS[:, :2].mean(0), rtol=1e-5)
    scaled = model.predict([ROWS, ROWS[:, :2]], verbose=0)
    np.testing.assert_allclose(scaled.std(0), np.ones(4), rtol=1e-4)


def test_what_is_stated_is_not_learnt():
    inputs = layers.Input((4,))
    stated = layers.Normalization(mean=1.0, variance=4.0)(inputs)
    stated = layers.Discretization(bin_boundaries=[0.0])(stated)
    assert adapt_layers(models.Model(inputs, stated), ROWS) == []


def test_one_number_a_sample_needs_no_axis():
    model = models.Sequential([layers.Input((1,)), layers.Normalization()])
    adapt_layers(model, ROWS[:, 0])
    np.testing.assert_allclose(model.layers[0].get_weights()[0], ROWS[:, :1].mean(0), rtol=1e-5)


def test_too_few_values_for_the_ranges_are_told():
    inputs = layers.Input((1,))
    ranges = layers.Discretization(num_bins=9, output_mode="one_hot", name="ranges")(inputs)
    with pytest.raises(DataError, match="too few different values"):
        adapt_layers(models.Model(inputs, ranges), ROWS[:3, :1])


def test_arrays_that_are_missing_are_told():
    model = models.Model([layers.Input((4,)), other := layers.Input((2,))], layers.Normalization()(other))
    with pytest.raises(DataError, match="2 inputs, but got 1 arrays"):
        adapt_layers(model, ROWS)
    with pytest.raises(NotBuiltError):
        adapt_layers(models.Sequential([layers.Normalization()]), ROWS)
