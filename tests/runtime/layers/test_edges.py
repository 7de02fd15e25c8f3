"""Zero padding and cropping, compared with the real Keras."""

import pytest

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair

PICTURES = (2, 5, 6, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("ZeroPadding1D", {}, (2, 4, 3)),
        ("ZeroPadding1D", {"padding": (0, 2)}, (2, 4, 3)),
        ("ZeroPadding1D", {"padding": (1, 2), "data_format": "channels_first"}, (2, 4, 3)),
        ("ZeroPadding2D", {"padding": 2}, PICTURES),
        ("ZeroPadding2D", {"padding": (1, 2)}, PICTURES),
        ("ZeroPadding2D", {"padding": ((0, 1), (2, 3)), "data_format": "channels_first"}, PICTURES),
        ("ZeroPadding3D", {"padding": ((0, 1), (2, 3), (1, 0))}, (2, 2, 3, 4, 2)),
        ("Cropping1D", {}, (2, 4, 3)),
        ("Cropping1D", {"cropping": (0, 2)}, (2, 4, 3)),
        ("Cropping2D", {"cropping": 1}, PICTURES),
        ("Cropping2D", {"cropping": (1, 2)}, PICTURES),
        ("Cropping2D", {"cropping": ((0, 1), (2, 0)), "data_format": "channels_first"}, (2, 3, 5, 6)),
        ("Cropping3D", {}, (2, 3, 4, 5, 2)),
    ],
    ids=str,
)
def test_same_as_keras(name, arguments, shape):
    ours, theirs = pair(name, **arguments)
    outputs = assert_same(ours, theirs, arrays(shape))
    assert tuple(outputs.shape) == ours.compute_output_shape(shape)


@pytest.mark.parametrize("padding", [-1, (1, 2, 3), ((1, 2), (1,)), "same", 1.5])
def test_padding_of_another_form_is_refused(padding):
    with pytest.raises(ParameterError, match=r"ZeroPadding2D\(padding=…\)") as caught:
        layers.ZeroPadding2D(padding)
    assert "((1, 1), (1, 1))" in caught.value.hint


def test_cropping_everything_is_refused():
    with pytest.raises(
        ShapeError, match=r"cuts 4 × 4 off a picture of only 4 × 7: nothing is left"
    ) as caught:
        layers.Cropping2D(2, name="crop").compute_output_shape((None, 4, 7, 1))
    assert caught.value.port == "inputs"
