"""Arguments of classes that are made from a name and plain values: optimizers, losses, metrics, callbacks."""

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError, ParameterError, did_you_mean
from runtime.layers.docstrings import parse_docstring
from runtime.layers.parameters import REQUIRED, ParamSpec, param_spec


@cache
def class_params(cls: type) -> tuple[ParamSpec, ...]:
    """The arguments of a class that is made from its name and plain values, read from its signature."""
    hints = typing.get_type_hints(cls.__init__, include_extras=True)
    told = parse_docstring(cls).arguments
    return tuple(
        param_spec(
            name,
            hints.get(name, Any),
            REQUIRED if parameter.default is parameter.empty else parameter.default,
            told.get(name, ""),
        )
        for name, parameter in constructor_parameters(cls).items()
    )


def check_arguments(cls: type, given: Mapping[str, Any], whose: str, word: str = "argument") -> None:
    """Raises unless a class can have these arguments.

    Args:
        cls: The class.
        given: Values by name.
        whose: What the class is called in the message.
        word: What an argument is called there.

    Raises:
        ParameterError: It has no argument of a name, or it cannot have a value.
    """
    known = {param.name: param for param in class_params(cls)}
    for name, value in given.items():
        if name not in known:
            close = did_you_mean(name, known)
            raise ParameterError(
                f"{whose} has no {word} {name!r}.",
                parameter=name,
                received=value,
                hint=f"Did you mean {close[0]!r}?" if close else f"It takes {', '.join(known)}.",
            )
        known[name].check(value, cls.__name__)


def kept_arguments(cls: type | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some arguments that a class can have too: what stays when another one is chosen instead."""
    kept: dict[str, Any] = {}
    if cls is None:
        return kept
    for name, value in given.items():
        try:
            check_arguments(cls, {name: value}, "")
        except LayerloomError:
            continue
        kept[name] = value
    return kept
