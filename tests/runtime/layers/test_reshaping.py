"""Flatten, Reshape, Permute and RepeatVector, compared with the real Keras."""

import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Flatten", {}, (2, 3, 4)),
        ("Flatten", {}, (3,)),
        ("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
        ("Reshape", {"target_shape": (6, 2)}, (2, 3, 4)),
        ("Reshape", {"target_shape": (2, -1, 3)}, (2, 3, 4)),
        ("Reshape", {"target_shape": (-1,)}, (2, 3, 4)),
        ("Permute", {"dims": (2, 1)}, (2, 3, 4)),
        ("Permute", {"dims": [3, 1, 2]}, (2, 3, 4, 5)),
        ("RepeatVector", {"n": 3}, (2, 4)),
    ],
    ids=str,
)
def test_same_as_keras(name, arguments, shape):
    ours, theirs = pair(name, **arguments)
    outputs = assert_same(ours, theirs, arrays(shape))
    assert tuple(outputs.shape) == ours.compute_output_shape(shape)


@pytest.mark.parametrize(
    ("layer", "shape", "wanted"),
    [
        (layers.Flatten(), (None, 3, 4), (None, 12)),
        (layers.Flatten(), (None, None, 4), (None, None)),
        (layers.Reshape((6, -1)), (None, 3, 4), (None, 6, 2)),
        (layers.Reshape((6, -1)), (None, None, 4), (None, 6, None)),
        (layers.Permute((2, 1)), (None, None, 4), (None, 4, None)),
        (layers.RepeatVector(2), (None, None), (None, 2, None)),
    ],
)
def test_unknown_sizes(layer, shape, wanted):
    assert layer.compute_output_shape(shape) == wanted


@pytest.mark.parametrize("layer", [layers.Flatten(), layers.Reshape((-1, 2)), layers.Reshape((4, 3))])
def test_an_empty_batch(layer):
    assert tuple(layer(torch.zeros(0, 3, 4)).shape) == (0, *layer.compute_output_shape((None, 3, 4))[1:])


def test_ids_stay_ids():
    ids = np.array([[1, 2], [3, 4]], dtype="int32")
    assert layers.Flatten()(ids).dtype == torch.int32
    assert layers.Reshape((2, 1))(layers.Input((2,), dtype="int32")).dtype == "int32"


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            layers.Reshape((5, 2)),
            (None, 3, 4),
            r"cannot put the 12 numbers .*\(5, 2\): that takes 10 numbers",
        ),
        (layers.Reshape((5, -1)), (None, 3, 4), r"that takes a multiple of 5 numbers"),
        (
            layers.Permute((2, 1)),
            (None, 3),
            r"wants batch × \? × \? \(3 axes\), but gets batch × 3 \(2 axes\)",
        ),
        (layers.RepeatVector(2), (None, 3, 4), r"wants batch × features \(2 axes\)"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layer.compute_output_shape(shape)
    assert caught.value.port == "inputs"
    assert caught.value.hint


@pytest.mark.parametrize(
    "make",
    [lambda: layers.Reshape((-1, -1)), lambda: layers.Permute((1, 3))]
    + [lambda dims=dims: layers.Permute(dims) for dims in (1, (0, 1), (1, 1), (2,), (1.0, 2.0))],
)
def test_arguments_that_make_no_sense_are_refused(make):
    with pytest.raises(ParameterError):
        make()
