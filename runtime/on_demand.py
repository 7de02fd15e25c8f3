"""Modules that few programs need: they are loaded when a program names them."""

from importlib import import_module
from typing import Any

_MODULES = ("applications", "datasets", "ops", "preprocessing")


def load_on_demand(name: str) -> Any:
    """The module `runtime.<name>`; serves as `__getattr__` of the package.

    Raises:
        AttributeError: There is no such module.
    """
    if name in _MODULES:
        return import_module(f"runtime.{name}")
    raise AttributeError(f"module 'runtime' has no attribute '{name}'")
