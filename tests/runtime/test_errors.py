"""Errors say what is wrong and how to mend it."""

import inspect

import pytest

from runtime import errors
from runtime.errors import LayerloomError, UnknownNameError, did_you_mean


def test_every_error_is_a_layerloom_error_and_a_builtin_one() -> None:
    tree = [
        cls for _, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__
    ]
    for cls in tree:
        assert issubclass(cls, LayerloomError)
        assert cls is LayerloomError or issubclass(cls, ValueError | TypeError)


def test_message_and_hint_are_one_text() -> None:
    error = LayerloomError("It is red.", hint="Paint it.")
    assert str(error) == "It is red. Paint it."
    assert str(LayerloomError("It is red.")) == "It is red."


@pytest.mark.parametrize(("typo", "close"), [("rleu", "relu"), ("RELU", "relu"), ("sofmax", "softmax")])
def test_close_names_are_found(typo: str, close: str) -> None:
    assert did_you_mean(typo, ["relu", "softmax", "tanh"])[0] == close


def test_far_names_get_the_list() -> None:
    assert (
        str(UnknownNameError("colour", "xyz", ["red", "blue"]))
        == "Unknown colour 'xyz'. Known names: blue, red."
    )
