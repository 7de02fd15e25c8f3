"""Activations by name, and where they are not Keras's word for word."""

import keras
import pytest
import torch

from runtime import activations
from runtime.errors import UnknownNameError


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
