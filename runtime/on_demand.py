"""Modules and names that few programs need: they are loaded when a program names them."""

from importlib import import_module
from typing import Any

_MODULES = (
    "applications",
    "backend",
    "config",
    "datasets",
    "distillation",
    "export",
    "mixed_precision",
    "ops",
    "preprocessing",
    "random",
    "tree",
    "utils",
    "wrappers",
)
_NAMES = {
    "Function": "runtime.models.function",
    "RematScope": "runtime.rematerialization",
    "Variable": "runtime.variables",
    "name_scope": "runtime.scopes",
    "remat": "runtime.rematerialization",
}
"""Name → the module it stands in."""


def load_on_demand(name: str) -> Any:
    """The module `runtime.<name>`, or a name out of another; serves as `__getattr__` of the package.

    Raises:
        AttributeError: There is no such module or name.
    """
    if name in _MODULES:
        return import_module(f"runtime.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'runtime' has no attribute '{name}'")
