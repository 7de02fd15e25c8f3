"""What layers that are called inside one another share: the training flag, names, and losses."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any


class _CallContext(threading.local):
    """State of the outermost call that is running in this thread.

    The training flag is None until a call inside is given one or has one by default; like in Keras it then
    holds for all that comes behind it within the outermost call, too.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.training: bool | None = None
        self.scope: list[str] = []
        self.layers_with_losses: list[Any] = []


context = _CallContext()

remat_scopes: list[Any] = []
"""The open `RematScope`s, the innermost last: layers made inside compute again what they do not keep."""


@contextmanager
def name_scope(name: str) -> Generator[None]:
    """Weights made inside have `name/` before their own path."""
    context.scope.append(name)
    try:
        yield
    finally:
        context.scope.pop()


def flagged(function: Callable[..., Any], training: bool | None) -> Callable[..., Any]:
    """A function that is called as if from within a call with that training flag."""

    def call(*args: Any) -> Any:
        before, context.training = context.training, training
        context.depth += 1
        try:
            return function(*args)
        finally:
            context.depth -= 1
            context.training = before

    return call


@contextmanager
def apart() -> Generator[None]:
    """Calls made inside are no part of the call that is running: they leave its flag and losses alone."""
    kept = vars(context).copy()
    context.depth, context.training, context.layers_with_losses = 0, None, []
    try:
        yield
    finally:
        vars(context).update(kept)


def scoped(name: str) -> str:
    """Path of a name within the scopes that are open."""
    return "/".join([*context.scope, name])


class calling:  # noqa: N801 (used like a function)
    """Surrounds the call of a layer: the outermost one collects losses anew and ends what the flag holds for.

    A class, since a generator would cost as much as a small layer.

    Args:
        layer: The layer that is called.
    """

    __slots__ = ("_layer", "_outermost")

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self._outermost = context.depth == 0

    def __enter__(self) -> None:
        if self._outermost:
            context.training = None
            for layer in self._layer._layers_with_losses:
                layer._losses = []
            context.layers_with_losses = []
        context.depth += 1

    def __exit__(self, *error: object) -> None:
        context.depth -= 1
        if self._outermost:
            context.training = None
            vars(self._layer)["_layers_with_losses"] = context.layers_with_losses
