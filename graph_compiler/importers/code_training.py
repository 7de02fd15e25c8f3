"""The arguments of `compile` and `fit` in a program that is read."""

import ast
from collections.abc import Callable
from typing import Any

from graph_compiler.importers.code_library import Name, callbacks_in, plain_member
from graph_compiler.importers.code_values import CodeError

_COMPILING = ("optimizer", "loss")
"""The first arguments of `compile`, in their places."""
_FITTING = (
    "x",
    "y",
    "batch_size",
    "epochs",
    "verbose",
    "callbacks",
    "validation_split",
    "validation_data",
    "shuffle",
)
"""The arguments of `fit`, in their places."""
_TRAINING = {"epochs": 1, "batch_size": 32, "validation_split": 0.0, "shuffle": True}
"""What a design has of the arguments of `fit`, with Keras's defaults."""


def compiled(node: ast.Call, value_of: Callable[[ast.expr], Any], notes: dict[int, str]) -> dict[str, Any]:
    """The arguments for `compile` in a call of it.

    Args:
        node: The call.
        value_of: Gives the value of an expression.
        notes: Takes the lines that were not read.
    """
    values: dict[str, Any] = {}
    given = _by_name(node, _COMPILING)
    for name in ("optimizer", "loss", "metrics"):
        if name not in given:
            continue
        try:
            values[name] = _plain(value_of(given[name]), node.lineno)
        except CodeError as error:
            notes.setdefault(error.line, error.reason)
    return values


def _plain(value: Any, line: int) -> Any:
    """Functions of Keras, and lists of them, by name as a config has them."""
    if isinstance(value, list):
        items: list[Any] = value
        return [_plain(item, line) for item in items]
    return plain_member(value, line) if isinstance(value, Name) else value


def fitted(node: ast.Call, known: Callable[[ast.expr], Any]) -> dict[str, Any]:
    """What a design has of a call of `fit`.

    Args:
        node: The call.
        known: Gives the value of an expression; None for one that is not known.
    """
    training: dict[str, Any] = dict(_TRAINING)
    for name, written in _by_name(node, _FITTING).items():
        if name == "callbacks":
            training[name] = callbacks_in(known(written))
        elif name in _TRAINING and isinstance(value := known(written), bool | int | float):
            training[name] = value
    return training


def _by_name(node: ast.Call, places: tuple[str, ...]) -> dict[str, ast.expr]:
    """The arguments of a call by name, as they are written; behind a `*` no place is known.

    Args:
        node: The call.
        places: Names of the arguments that may be given by place.
    """
    starred = (place for place, value in enumerate(node.args) if isinstance(value, ast.Starred))
    given = node.args[: next(starred, None)]
    return {
        **dict(zip(places, given, strict=False)),
        **{keyword.arg: keyword.value for keyword in node.keywords if keyword.arg},
    }
