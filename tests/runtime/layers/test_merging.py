"""Elementwise merging, compared with the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair

ALL = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "shapes",
    [
        [(2, 3), (2, 3)],
        [(2, 3, 4), (2, 1, 4)],
        [(2, 3, 4), (2, 4)],
    ],
    ids=str,
)
def test_same_as_keras(name, shapes):
    ours, theirs = pair(name)
    outputs = assert_same(ours, theirs, arrays(*shapes))
    assert tuple(outputs.shape) == ours.compute_output_shape(shapes)


@pytest.mark.parametrize("name", [name for name in ALL if name != "Subtract"])
def test_three_inputs(name):
    assert_same(*pair(name), arrays((2, 3), (2, 3), (2, 3)))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("masked", [(0, 1), (0,), (1,)])
def test_masks(name, masked):
    values = arrays((2, 4, 3), (2, 4, 3))
    masks = [np.array([[1, 1, 0, 0], [0, 1, 1, 0]], bool), np.array([[1, 0, 1, 0], [1, 1, 0, 0]], bool)]
    ours, theirs = pair(name)
    mine, real = [torch.from_numpy(value) for value in values], [torch.from_numpy(v) for v in values]
    for place in masked:
        mine[place]._keras_mask = torch.from_numpy(masks[place])
        keras.src.backend.set_keras_mask(real[place], torch.from_numpy(masks[place]))
    got, wanted = ours(mine), theirs(real)
    np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-6)
    got_mask, wanted_mask = getattr(got, "_keras_mask", None), keras.src.backend.get_keras_mask(wanted)
    assert (got_mask is None) == (wanted_mask is None)
    assert got_mask is None or bool((got_mask == wanted_mask).all())


@pytest.mark.parametrize("name", ALL)
def test_functional_form(name):
    values = arrays((2, 3), (2, 3))
    got = getattr(layers, name.lower())(values, name="here")
    np.testing.assert_array_equal(got.numpy(), getattr(layers, name)()(values).numpy())
    symbolic = getattr(layers, name.lower())([layers.Input((3,)), layers.Input((3,))], name="here")
    assert symbolic.shape == (None, 3)
    assert symbolic.node.layer.name == "here"


def test_unknown_sizes():
    assert layers.Add().compute_output_shape([(None, None, 4), (8, 3, 1)]) == (8, None, 4)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(None, 4), (None, 5)], r"gets batch × 4 and batch × 5: they differ at axis 1"),
        ([(None, 2, 4), (None, 3, 4)], r"differ at axis 1"),
        ([(3, 4), (None, 4), (2, 4)], r"gets 3 × 4 and 2 × 4: they differ at axis 0"),
        ([], r"at least 1 inputs, but gets 0"),
    ],
)
def test_what_does_not_fit_is_explained(shapes, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layers.Add(name="sum").compute_output_shape(shapes)
    assert caught.value.port == "inputs"
    assert caught.value.hint


def test_subtract_wants_two():
    with pytest.raises(ShapeError, match="exactly 2 inputs, but gets 3"):
        layers.Subtract().compute_output_shape([(None, 4)] * 3)
