"""One constructor parameter: its kind, its bounds, and whether a value is one it can have."""

import importlib
import sys
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from runtime import activations
from runtime.errors import LayerloomError, ParameterError, did_you_mean
from runtime.registries import Registry
from runtime.types import UNBOUNDED, From, Range, Shape, Size

REQUIRED: Final = type("Required", (), {"__repr__": lambda self: "REQUIRED"})()
"""Default of a parameter that has none."""

Kind = Literal[
    "int",
    "float",
    "bool",
    "str",
    "choice",
    "size",
    "shape",
    "ints",
    "floats",
    "bounds",
    "registry",
    "layer",
    "layers",
    "json",
]

_WORDS: dict[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "str": "a text",
    "shape": "a list of sizes such as (28, 28, 1)",
    "ints": "a whole number or a list of them",
    "floats": "a number or a list of them",
    "bounds": "a number, or a lower and an upper one",
    "layer": "a layer",
    "layers": "a list of layers",
    "json": "a value",
}


@dataclass(frozen=True)
class ParamSpec:
    """A parameter as a form, a checker or a code generator needs to know it.

    Args:
        name: Name in the signature.
        kind: Which values it takes; decides the widget in the inspector.
        default: Value when it is not given, or REQUIRED.
        optional: True if None is a value.
        choices: The allowed texts of a "choice".
        range: Bounds of a number, or of each number of a size.
        registry: The family a "registry" value is looked up in: "activations".
        keeps_shape: False if an activation may change the shape.
        axes: How many numbers a "size" has.
        listed: True if one number alone is no value: it is given as a list of one, and bounds as two.
        help: What it does, in a learner's words.
    """

    name: str
    kind: Kind
    default: Any = REQUIRED
    optional: bool = False
    choices: tuple[str, ...] = ()
    range: Range = UNBOUNDED
    registry: str = ""
    keeps_shape: bool = True
    axes: int = 0
    listed: bool = False
    help: str = ""

    @property
    def required(self) -> bool:
        """True if the parameter has no default."""
        return self.default is REQUIRED

    @property
    def names(self) -> tuple[str, ...]:
        """What a "choice" or "registry" parameter may be called."""
        if not self.registry:
            return self.choices
        registry = find_registry(self.registry)
        return tuple(name for name in registry.names() if not self._objection(registry.lookup(name)))

    def check(self, value: Any, owner: str = "") -> None:
        """Raises unless the parameter can have this value.

        Args:
            value: A Python or JSON value.
            owner: Whose parameter it is, for the message: "Dense".

        Raises:
            ParameterError: It cannot; says what was received and what is wanted.
        """
        if value is None and (self.optional or self.default is None):
            return
        problem = self._problem(value)
        if problem is not None:
            name = f"{owner}({self.name}=…)" if owner else self.name
            raise ParameterError(
                f"{name} got {value!r}, but it wants {self.wanted()}{problem}.",
                parameter=self.name,
                received=value,
                hint=self._hint(value),
            )

    def wanted(self) -> str:
        """The allowed values in words: "a whole number, at least 1"."""
        match self.kind:
            case "choice":
                words = "one of " + ", ".join(repr(choice) for choice in self.choices)
            case "size":
                words = f"a whole number or {self.axes} of them" if self.axes > 1 else "a whole number"
            case "bounds" if self.listed:
                words = "two numbers, a lower and an upper one"
            case "registry":
                words = f"the name of one of the {self.registry}, or its config"
            case _:
                words = _WORDS[self.kind]
        bounds = str(self.range)
        return f"{words}, {bounds}" if bounds else words

    def _problem(self, value: Any) -> str | None:
        """None for a good value, else what to add to the message (often nothing)."""
        match self.kind:
            case "int":
                good = _is_whole(value) and value in self.range
            case "float":
                good = _is_number(value) and float(value) in self.range
            case "bool":
                good = isinstance(value, bool)
            case "str":
                good = isinstance(value, str)
            case "choice":
                good = value in self.choices
            case "size" | "shape" | "ints" | "floats" | "bounds":
                good = self._are_numbers(value)
            case "registry":
                return self._registry_problem(find_registry(self.registry), value)
            case "layer":
                return _layer_problem(value)
            case "layers":
                return _layers_problem(value)
            case "json":
                good = True
        return None if good else ""

    def _are_numbers(self, value: Any) -> bool:
        """True for one number or a list of them, of the kind and as many as the parameter takes."""
        if self.kind == "shape" and not isinstance(value, list | tuple):
            return False
        items = value if isinstance(value, list | tuple) else [value]
        if self.kind == "shape":
            return all(size is None or (_is_whole(size) and size in self.range) for size in items)
        if self.kind == "size":
            return len(items) in (1, self.axes) and all(_is_whole(i) and i in self.range for i in items)
        if self.kind == "bounds" and len(items) != 2 and (items is value or self.listed):
            return False
        fits = _is_whole if self.kind == "ints" else _is_number
        return bool(items) and all(fits(item) and item in self.range for item in items)

    def _registry_problem(self, registry: Registry[Any], value: Any) -> str | None:
        if isinstance(value, str):
            if value not in registry:
                return ""
            value = registry.lookup(value)
        elif isinstance(value, dict):
            try:
                value = registry.deserialize(value)
            except (LayerloomError, TypeError) as error:
                return f": {error}"
        elif not callable(value):
            return ""
        objection = self._objection(value)
        return f"; {objection}" if objection else None

    def _objection(self, member: Any) -> str:
        """Why a member of the registry is none for this parameter."""
        if self.registry != "activations":
            return ""
        return activations.objection(member, keeps_shape=self.keeps_shape)

    def _hint(self, value: Any) -> str:
        if self.kind in ("choice", "registry") and isinstance(value, str):
            close = did_you_mean(value, self.names)
            if close:
                return f"Did you mean {' or '.join(repr(name) for name in close)}?"
        if self.kind == "bounds" and self.range.max is not None:
            low = max(self.range.min or 0, 0)
            small, large = (low + (self.range.max - low) * share for share in (0.1, 0.2))
            return f"Such as {large:g}, or ({small:g}, {large:g})."
        if self.default is REQUIRED or self.default is None:
            return ""
        return f"Its default is {self.default!r}."


def find_registry(family: str) -> Registry[Any]:
    """The registry of a family of names, such as "activations"."""
    return importlib.import_module(f"runtime.{family}").registry


def param_spec(name: str, annotation: Any, default: Any, help: str) -> ParamSpec:
    """Describes a parameter by its annotation, default and documentation."""
    types, markers = flatten_annotation(annotation)
    optional = NoneType in types
    found = {type(marker): marker for marker in markers}
    choices = tuple(
        choice for member in types if get_origin(member) is Literal for choice in get_args(member)
    )
    registry = found.get(From)
    size = found.get(Size)
    return ParamSpec(
        name=name,
        kind=_kind(annotation, types, registry, size),
        default=default,
        optional=optional or None in choices,
        choices=tuple(choice for choice in choices if isinstance(choice, str)),
        range=found.get(Range, UNBOUNDED),
        registry=registry.registry if registry else "",
        keeps_shape=registry.keeps_shape if registry else True,
        axes=size.axes if size else 0,
        listed=not {int, float}.intersection(types),
        help=help,
    )


def _kind(annotation: Any, types: list[Any], registry: From | None, size: Size | None) -> Kind:
    plain = [member for member in types if member is not NoneType]
    if registry:
        return "registry"
    if size:
        return "size"
    if Shape in plain:
        return "shape"
    if any(get_origin(member) is Literal for member in plain):
        return "choice"
    if tuple[float, float] in plain:
        return "bounds"
    items = {
        item for member in plain if get_origin(member) in (tuple, list, Sequence) for item in get_args(member)
    }
    if any(map(_is_layer_class, items)):
        return "layers"
    if int in items or float in items:
        return "ints" if int in items else "floats"
    for python_type, kind in ((bool, "bool"), (float, "float"), (int, "int"), (str, "str")):
        if python_type in plain:
            return typing.cast(Kind, kind)
    if any(map(_is_layer_class, plain)):
        return "layer"
    return "json"


def _is_layer_class(member: Any) -> bool:
    return isinstance(member, type) and hasattr(member, "compute_output_shape")


def flatten_annotation(annotation: Any) -> tuple[list[Any], list[Any]]:
    """Members of a union and the markers of every `Annotated` in it."""
    if annotation == Shape:
        return [Shape], []
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        inner, *markers = get_args(annotation)
        types, deeper = flatten_annotation(inner)
        return types, [*markers, *deeper]
    if origin in (Union, UnionType):
        parts = [flatten_annotation(member) for member in get_args(annotation)]
        return [t for types, _ in parts for t in types], [m for _, markers in parts for m in markers]
    return [annotation], []


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    """Whether a value is a number that layers can compute with: whole numbers may be too large for that."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    return not isinstance(value, Integral) or abs(int(value)) <= sys.float_info.max


def _layer_problem(value: Any) -> str | None:
    if hasattr(value, "compute_output_shape"):
        return None
    if isinstance(value, list | tuple):
        return _layers_problem(value)
    if not isinstance(value, dict):
        return ""
    name = value.get("layer") or value.get("class_name")
    return None if isinstance(name, str) else ", given as its name and parameters"


def _layers_problem(value: Any) -> str | None:
    if not isinstance(value, list | tuple):
        return ""
    return next((problem for problem in map(_layer_problem, value) if problem is not None), None)
