"""What layers that are called inside one another share: the training flag, names, and losses."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


class _CallContext(threading.local):
    """State of the outermost call that is running in this thread."""

    def __init__(self) -> None:
        self.depth = 0
        self.training = False
        self.scope: list[str] = []
        self.layers_with_losses: list[Any] = []


context = _CallContext()


@contextmanager
def name_scope(name: str) -> Generator[None]:
    """Weights made inside have `name/` before their own path."""
    context.scope.append(name)
    try:
        yield
    finally:
        context.scope.pop()


def scoped(name: str) -> str:
    """Path of a name within the scopes that are open."""
    return "/".join([*context.scope, name])
