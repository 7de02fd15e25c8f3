"""Concatenate and Dot, compared with the real Keras."""

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    ("axis", "shapes"),
    [(-1, [(2, 3), (2, 1), (2, 4)]), (1, [(2, 3, 4), (2, 1, 4)]), (-2, [(2, 3, 4), (2, 1, 4)])],
)
def test_concatenate(axis, shapes):
    ours, theirs = pair("Concatenate", axis=axis)
    outputs = assert_same(ours, theirs, arrays(*shapes))
    assert tuple(outputs.shape) == ours.compute_output_shape(shapes)


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("masked", [(0, 1), (1,)])
def test_masks_are_concatenated(axis, masked):
    values = arrays((2, 4, 3), (2, 4, 3))
    mask = torch.tensor([[1, 1, 0, 0], [0, 1, 1, 0]], dtype=torch.bool)
    mine, real = [torch.from_numpy(value) for value in values], [torch.from_numpy(v) for v in values]
    for place in masked:
        mine[place]._keras_mask = mask
        keras.src.backend.set_keras_mask(real[place], mask)
    ours, theirs = pair("Concatenate", axis=axis)
    wanted = keras.src.backend.get_keras_mask(theirs(real))
    assert torch.equal(ours(mine)._keras_mask, wanted)


@pytest.mark.parametrize(
    ("axes", "shapes"),
    [
        (1, [(2, 3), (2, 3)]),
        (-1, [(2, 3), (2, 5, 3)]),
        ((2, 1), [(2, 5, 3), (2, 3, 4)]),
        ((1, 2), [(2, 3, 5), (2, 4, 3)]),
        ((1, 3), [(2, 3, 5), (2, 4, 2, 3)]),
    ],
)
@pytest.mark.parametrize("normalize", [True, False])
def test_dot(axes, shapes, normalize):
    ours, theirs = pair("Dot", axes, normalize=normalize)
    outputs = assert_same(ours, theirs, arrays(*shapes))
    assert tuple(outputs.shape) == ours.compute_output_shape(shapes)


def test_functional_forms():
    one, other = arrays((2, 3), (2, 3))
    assert layers.concatenate([one, other], axis=1).shape == (2, 6)
    np.testing.assert_allclose(
        layers.dot([one, other], axes=1).numpy()[:, 0], (one * other).sum(1), rtol=1e-5
    )


def test_unknown_sizes():
    assert layers.Concatenate(1).compute_output_shape([(None, None, 4), (8, 3, None)]) == (8, None, 4)
    assert layers.Dot(1).compute_output_shape([(None, None, 3), (None, None)]) == (None, 3)


@pytest.mark.parametrize(
    ("layer", "shapes", "message"),
    [
        (
            layers.Concatenate(),
            [(None, 2, 3), (None, 4, 3)],
            r"batch × 2 × 3 and batch × 4 × 3: they also differ",
        ),
        (layers.Concatenate(), [(None, 2), (None, 4, 3)], r"different numbers of axes"),
        (layers.Concatenate(3), [(None, 2), (None, 2)], r"has axis 3, but its inputs have only 2 axes"),
        (
            layers.Dot(1),
            [(None, 2), (None, 3)],
            r"multiplies along axes 1 and 1, but these differ: 2 in .* 3 in",
        ),
        (layers.Dot(1), [(None, None), (None, 3)], r"only one of these is known: \? in .* 3 in"),
        (layers.Dot(2), [(None, 2), (None, 2)], r"axis 2, but batch × 2 has none such"),
        (layers.Dot(1), [(None, 2)], r"exactly 2 inputs, but gets 1"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shapes, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layer.compute_output_shape(shapes)
    assert caught.value.port == "inputs"
    assert caught.value.hint


@pytest.mark.parametrize("axes", [0, (1, 0), (1, 2, 3)])
def test_dot_over_the_batch_is_refused(axes):
    with pytest.raises(ParameterError, match="axes"):
        layers.Dot(axes)


def test_keras_refuses_one_unknown_size_too():
    inputs = [keras.Input((None,)), keras.Input((3,))]
    with pytest.raises(ValueError, match="Incompatible input shapes"):
        keras.layers.Dot(1)(inputs)
