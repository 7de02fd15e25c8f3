"""EinsumDense, compared with the real Keras."""

import pytest

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from tests.runtime.layers.oracle import arrays, assert_same, pair


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape"),
    [
        ("ab,bc->ac", 5, "c", (2, 4)),
        ("abc,cd->abd", (None, 5), "d", (2, 3, 4)),
        ("abcd,cde->abe", (None, 5), None, (2, 3, 4, 2)),
        ("abc,cde->abde", (3, 5, 2), "de", (2, 3, 4)),
        ("abc,cde->abde", (3, 5, 2), "d", (2, 3, 4)),
        ("abc,bd->adc", (5, None), "d", (2, 3, 4)),
        ("...x,xy->...y", 5, "y", (2, 3, 4)),
        ("...x,xy->...y", 5, "y", (2, 4)),
        ("ab...,bc->ac...", (5,), "c", (2, 4, 3, 2)),
    ],
)
@pytest.mark.parametrize("activation", [None, "relu"])
def test_same_as_keras(equation, output_shape, bias_axes, shape, activation):
    ours, theirs = pair(
        "EinsumDense", equation, output_shape, bias_axes=bias_axes, activation=activation, name="einsum"
    )
    outputs = assert_same(ours, theirs, arrays(shape))
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *outputs.shape[1:])


def test_weights_start_as_widely_as_in_keras():
    ours, theirs = pair("EinsumDense", "abc,cde->abde", (None, 40, 50))
    for layer in (ours, theirs):
        layer.build((None, 3, 30))
    ratio = ours.get_weights()[0].std() / theirs.get_weights()[0].std()
    assert 0.95 < ratio < 1.05


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        (("ab->ac", 3), "equation"),
        (("ab,bc->...ac", 3), "equation"),
        (("...ab...,bc->...ac...", 3), "equation"),
        (("ab,bd->ac", 3), "equation"),
        (("ab,bcd->ac", 3), "equation"),
        (("abc,cd->abd", 3), "output_shape"),
        (("ab,bc->ac", 3, None, "b"), "bias_axes"),
        (("ab,bc->ac", 0), "output_shape"),
    ],
)
def test_equations_that_make_no_sense_are_refused(arguments, parameter):
    with pytest.raises(ParameterError) as caught:
        layers.EinsumDense(*arguments)
    assert caught.value.parameter == parameter


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (layers.EinsumDense("ab,bc->ac", 3), (None, 4, 5), "the axes ab, but gets batch × 4 × 5"),
        (layers.EinsumDense("...ab,bc->...ac", (2, 3)), (4, 5), "the axes ...ab"),
        (layers.EinsumDense("abc,cd->abd", (2, 3)), (None, 4, 5), "keeps axis 'b', which has size 4 in"),
        (layers.EinsumDense("ab,bc->ac", 3), (None, None), "one of them is unknown"),
    ],
)
def test_what_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layer.compute_output_shape(shape)
    assert caught.value.port == "inputs"


def test_weights_belong_to_one_size():
    layer = layers.EinsumDense("ab,bc->ac", 3)
    layer(arrays((2, 4)))
    with pytest.raises(ShapeError, match="was built for weights of 4 × 3, but batch × 5 needs 5 × 3"):
        layer.compute_output_shape((None, 5))
