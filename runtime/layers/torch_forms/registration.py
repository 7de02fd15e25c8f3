"""Which layer is written how: forms by class, and the layers that have none, with reasons."""

from collections.abc import Callable
from typing import Any

from runtime.layers.operations import Operation

Form = Callable[[Any, Any], None]
"""Writes a layer into the module of its `Call`."""

FORMS: dict[type, Form] = {}
REFUSED: dict[type, str] = {}
"""Layers without a form, and why."""
FUNCTIONS: dict[str, Form] = {}
"""Forms of functions between layers, by the names of their classes."""
REFUSED_FUNCTIONS: dict[str, str] = {}
"""Functions without a form, and why."""


def form(*classes: type) -> Callable[[Form], Form]:
    """Decorator of a form: says which layers it writes, with subclasses that compute the same."""

    def decorate(write: Form) -> Form:
        for cls in classes:
            FORMS[cls] = write
        return write

    return decorate


def form_of(cls: type) -> Form | None:
    """The form of a layer class: its own `torch_code`, or the one registered for it; None if there is none.

    A class that computes something else than its base has no part in the base's form.
    """
    if issubclass(cls, Operation):
        return FUNCTIONS.get(cls.entry.name)
    for base in cls.__mro__:
        if "torch_code" in vars(base):
            return base.torch_code  # type: ignore[attr-defined]
        if base in FORMS:
            return FORMS[base]
        if base in REFUSED or "call" in vars(base):
            return None
    return None


def reason_against(cls: type) -> str:
    """Why a layer class has no form; empty if it has one."""
    if form_of(cls) is not None:
        return ""
    if issubclass(cls, Operation):
        return REFUSED_FUNCTIONS.get(cls.entry.name, "nobody has said how")
    return next((REFUSED[base] for base in cls.__mro__ if base in REFUSED), "nobody has said how")
