"""Activations against the real Keras: values and gradients."""

import keras
import pytest
import torch

from runtime import activations
from runtime.errors import UnknownNameError

ARGUMENTS = {
    "threshold": [{"threshold": 0.3, "default_value": -2.0}],
    "relu": [
        {},
        {"negative_slope": 0.1},
        {"max_value": 1.0},
        {"threshold": 0.5},
        {"threshold": -0.5},
        {"negative_slope": 0.2, "max_value": 1.5, "threshold": 0.7},
        {"negative_slope": 0.2, "max_value": 1.5},
        {"max_value": 6},
    ],
    "leaky_relu": [{}, {"negative_slope": 0.05}],
    "elu": [{}, {"alpha": 0.5}],
    "celu": [{}, {"alpha": 0.5}],
    "gelu": [{}, {"approximate": True}],
    "glu": [{}, {"axis": 1}],
    "softmax": [{}, {"axis": 0}, {"axis": 1}, {"axis": None}],
    "log_softmax": [{}, {"axis": 0}, {"axis": None}],
    "sparsemax": [{}, {"axis": 1}],
    "squareplus": [{}, {"b": 1}],
    "hard_shrink": [{}, {"threshold": 0.2}],
    "soft_shrink": [{}, {"threshold": 0.2}],
}
CASES = [
    (name, arguments) for name in activations.registry.names() for arguments in ARGUMENTS.get(name, [{}])
]


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_values_and_gradients_are_those_of_keras(name, arguments):
    x = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(1)) * 3
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    result = getattr(activations, name)(ours, **arguments)
    expected = getattr(keras.activations, name)(theirs, **arguments)
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
    weight = torch.linspace(-1, 1, result.numel()).reshape(result.shape)
    (result * weight).sum().backward()
    (expected * weight).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-5, atol=1e-6)


def test_relu_writes_over_sums_but_not_into_what_they_are_a_part_of():
    sums = torch.randn(3, 4)
    assert activations.activated(sums, activations.relu) is sums
    assert sums.min() == 0
    whole = torch.randn(3, 4)
    before = whole.clone()
    activations.activated(whole[1:], activations.relu)
    torch.testing.assert_close(whole, before)


def test_softmax_over_several_axes_adds_up_to_one():
    result = activations.softmax(torch.randn(2, 3, 4), axis=(1, 2))
    torch.testing.assert_close(result.sum((1, 2)), torch.ones(2))
    assert result.shape == (2, 3, 4)


@pytest.mark.parametrize("alias", ["swish", "hard_swish"])
def test_aliases_are_those_of_keras(alias):
    assert activations.get(alias).__name__ == keras.activations.get(alias).__name__


def test_none_is_linear():
    assert activations.get(None) is activations.linear


@pytest.mark.parametrize("name", activations.registry.names())
def test_names_are_written_and_read_as_keras_does(name):
    function = activations.get(name)
    written = activations.serialize(function)
    assert written == keras.activations.serialize(getattr(keras.activations, name))
    assert activations.deserialize(written) is function


def test_an_unknown_name_is_told_with_the_close_one():
    with pytest.raises(UnknownNameError, match=r"Unknown activation 'rleu'. Did you mean 'relu'"):
        activations.get("rleu")
