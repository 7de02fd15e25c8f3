"""Objects that know the arguments they were made from, so that none has to write `get_config`."""

import inspect
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin

import numpy as np
import torch

from runtime.errors import ParameterError


class Configurable:
    """Base of everything that can be written to a file as name and arguments.

    The constructor's arguments are recorded as they came; `get_config` reads them back through the signature.
    """

    _module: ClassVar[str] = "keras"
    """Module under which Keras knows the class: written to files next to the name, never imported."""
    _arguments: dict[str, Any]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Records the arguments before any `__init__` runs."""
        self = super().__new__(cls)
        # Python's own binding would cost most of the time that making a layer takes; wrong arguments are
        # __init__'s to complain of.
        object.__setattr__(
            self, "_arguments", {**dict(zip(positional_names(cls), args, strict=False)), **kwargs}
        )
        return self

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values, from which `from_config` makes an equal object."""
        return {name: to_json(self._argument(name)) for name in constructor_parameters(type(self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an object from what `get_config` returned."""
        return cls(**config)

    def _argument(self, name: str) -> Any:
        default = constructor_parameters(type(self))[name].default
        return self._arguments.get(name, default)


class Checked(Configurable):
    """A configurable object that refuses text and lists where a number belongs."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Records and checks the arguments before `__init__` runs."""
        self = super().__new__(cls, *args, **kwargs)
        kinds = number_kinds(cls)
        for name, value in self._arguments.items():
            kind = kinds.get(name)
            broken = isinstance(value, float) and not value.is_integer()
            listed = isinstance(value, list | tuple) and name != "axis"
            if kind and (listed or isinstance(value, str | dict) or (kind is int and broken)):
                raise ParameterError(
                    f"{cls.__name__} got {name}={value!r}.",
                    parameter=name,
                    received=value,
                    hint=f"It is a {'whole number' if kind is int else 'number'}.",
                )
        return self


@cache
def number_kinds(cls: type) -> dict[str, type]:
    """The type, int or float, of the arguments whose annotations allow numbers only.

    Those of a program's own classes are its own matter.
    """
    if not cls.__module__.startswith("runtime."):
        return {}
    kinds = {name: _kinds(one.annotation) for name, one in constructor_parameters(cls).items()}
    return {
        name: float if float in allowed else int
        for name, allowed in kinds.items()
        if allowed <= {int, float, NoneType} and allowed != {NoneType}
    }


def _kinds(annotation: Any) -> set[Any]:
    """The plain types among which an annotation leaves the choice."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return set[Any]().union(*(_kinds(part) for part in get_args(annotation)))
    # A list of types, as in Callable[[int], float], has no hash.
    return {annotation} if isinstance(annotation, type) else {object}


@cache
def positional_names(cls: type) -> tuple[str, ...]:
    """Names of the arguments a class takes without a name, in order."""
    return tuple(
        name
        for name, parameter in constructor_parameters(cls).items()
        if parameter.kind is not parameter.KEYWORD_ONLY
    )


@cache
def constructor_parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The arguments a class declares by name, without `*args` and `**kwargs`."""
    return {
        name: parameter
        for name, parameter in constructor_signature(cls).parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }


@cache
def constructor_signature(cls: type) -> inspect.Signature:
    """Signature of a class's constructor without `self`; what goes on by `**kwargs` is called kwargs."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return inspect.Signature(
        [
            parameter.replace(name="kwargs") if parameter.kind is parameter.VAR_KEYWORD else parameter
            for parameter in parameters
        ]
    )


def to_json(value: Any) -> Any:
    """A constructor argument as a value of JSON, in the form Keras writes it.

    Objects become {"module", "class_name", "config", "registered_name"}, functions their name, tuples lists.
    """
    match value:
        case None | bool() | int() | float() | str():
            plain: Any = value
        case list() | tuple():
            plain = [to_json(item) for item in value]
        case dict():
            plain = {str(key): to_json(item) for key, item in value.items()}
        case Configurable():
            plain = object_config(value)
        case torch.Tensor() | np.ndarray() | np.generic():
            plain = value.tolist()
        case _:
            plain = getattr(value, "__name__", None) or str(value)
    return plain


def object_config(value: Configurable) -> dict[str, Any]:
    """Name and arguments of an object as Keras 3 writes them."""
    cls = type(value)
    registered = getattr(cls, "_registered_name", None)
    return {
        "module": cls._module,
        "class_name": cls.__name__,
        "config": value.get_config(),
        "registered_name": registered,
    }
