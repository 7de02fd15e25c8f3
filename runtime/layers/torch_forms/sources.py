"""The text of a piece, and of the other pieces it uses."""

import ast
import inspect
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from runtime.layers.torch_forms import pieces


@cache
def piece_source(piece: Callable[..., Any]) -> dict[str, str]:
    """The source of a function or class, after that of all it needs from its module; by name."""
    module = sys.modules[piece.__module__]
    source = inspect.getsource(piece).rstrip()
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    found: dict[str, str] = {}
    for name in sorted(used - {piece.__name__}):
        other = vars(module).get(name)
        is_code = inspect.isfunction(other) or inspect.isclass(other)
        if is_code and getattr(other, "__module__", "") == piece.__module__:
            found |= piece_source(other)
    return {**found, piece.__name__: source}


@cache
def piece_names() -> frozenset[str]:
    """The names of all functions and classes there are, which variables of a program leave alone."""
    modules = [import_module(f"{pieces.__name__}.{module.name}") for module in iter_modules(pieces.__path__)]
    return frozenset(
        name
        for module in modules
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__
    )
