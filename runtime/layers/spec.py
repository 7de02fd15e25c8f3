"""What a layer is, read from its class: parameters, ports, settings, outputs and texts.

Palette, inspector, shape checker, code generators, savers and importers all read the `LayerSpec`; none of
them knows a layer by name. See `runtime/README.md` for what each annotation means.
"""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import torch

from runtime.configurable import constructor_parameters
from runtime.layers.docstrings import Docstring, parse_docstring
from runtime.layers.parameters import REQUIRED, ParamSpec, flatten_annotation, param_spec
from runtime.types import Implicit, Parts, Whole

_ARGUMENTS_OF_ALL = {"name", "trainable", "autocast"}
_IMPLICIT_ARGUMENTS = {"training", "mask"}


@dataclass(frozen=True)
class PortSpec:
    """A place where a wire goes into a layer.

    Args:
        name: Name of the port.
        argument: The argument of `call` it fills; several ports may fill one (`part` says which place).
        part: Place within the argument, None when the port is the whole argument.
        optional: True if it may stay unwired.
        variadic: True if it takes any number of wires, whose order counts.
        whole: True if it wants whole numbers (ids).
        help: What goes in, with its shape.
    """

    name: str
    argument: str
    part: int | None = None
    optional: bool = False
    variadic: bool = False
    whole: bool = False
    help: str = ""


@dataclass(frozen=True)
class LayerSpec:
    """All that the rest of the project knows of a layer.

    Args:
        name: Class name, the name in documents and files.
        label: Name on the canvas.
        group: Palette group; empty for a layer that is not in the palette.
        rank: Place in its group: 0 for what most designs use, 1, or 2 for what few do.
        constructor: How Keras code makes one: "layers.Dense".
        cls: The class.
        docstring: Its texts.
        params: Constructor parameters, in order, without those every layer has.
        inputs: Input ports, in order.
        settings: Call arguments that are no tensors, such as `return_attention_scores`.
    """

    name: str
    label: str
    group: str
    rank: int
    constructor: str
    cls: type
    docstring: Docstring
    params: tuple[ParamSpec, ...]
    inputs: tuple[PortSpec, ...]
    settings: tuple[ParamSpec, ...]

    @property
    def is_source(self) -> bool:
        """True for a layer without inputs: data enters the model there."""
        return not self.inputs

    @property
    def summary(self) -> str:
        """What the layer does, in one line."""
        return self.docstring.summary

    def param(self, name: str) -> ParamSpec | None:
        """The constructor parameter of that name, if there is one."""
        return next((param for param in self.params if param.name == name), None)

    def setting(self, name: str) -> ParamSpec | None:
        """The call setting of that name, if there is one."""
        return next((setting for setting in self.settings if setting.name == name), None)

    def port(self, name: str) -> PortSpec | None:
        """The input port of that name, if there is one."""
        return next((port for port in self.inputs if port.name == name), None)

    def call_arguments(self, ports: dict[str, Any]) -> dict[str, Any]:
        """Values given by port → values by argument of `call`; unwired optional arguments are left out.

        Args:
            ports: Port name → value, a list of values for a variadic port.
        """
        arguments: dict[str, Any] = {}
        for port in self.inputs:
            if port.name not in ports:
                continue
            if port.part is None:
                arguments[port.argument] = ports[port.name]
            else:
                arguments.setdefault(port.argument, []).append(ports[port.name])
        return arguments


@cache
def layer_spec(cls: type) -> LayerSpec:
    """Describes a layer class, by its signatures and docstring alone."""
    docstring = parse_docstring(cls)
    ports, settings = _call_ports(cls.call, docstring)  # type: ignore[attr-defined]
    return LayerSpec(
        name=cls.__name__,
        label=vars(cls).get("_label", cls.__name__),
        group=vars(cls).get("_group", ""),
        rank=vars(cls).get("_rank", 1),
        constructor=vars(cls).get("_constructor", f"layers.{cls.__name__}"),
        cls=cls,
        docstring=docstring,
        params=_constructor_params(cls, docstring),
        inputs=ports,
        settings=settings,
    )


def _constructor_params(cls: type, docstring: Docstring) -> tuple[ParamSpec, ...]:
    hints = _hints(cls.__init__)
    inherited = any(
        vars(base).get("_is_base_layer") and cls.__init__ is base.__init__ for base in cls.__mro__
    )
    declared = {} if inherited else constructor_parameters(cls)
    return tuple(
        param_spec(
            name,
            hints.get(name, Any),
            REQUIRED if parameter.default is parameter.empty else parameter.default,
            docstring.arguments.get(name, ""),
        )
        for name, parameter in declared.items()
        if name not in _ARGUMENTS_OF_ALL
    )


def _call_ports(
    call: Callable[..., Any], docstring: Docstring
) -> tuple[tuple[PortSpec, ...], tuple[ParamSpec, ...]]:
    """Arguments of `call`, sorted into ports and settings."""
    hints = _hints(call)
    ports: list[PortSpec] = []
    settings: list[ParamSpec] = []
    for name, parameter in list(inspect.signature(call).parameters.items())[1:]:
        if name in _IMPLICIT_ARGUMENTS or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        has_default = parameter.default is not parameter.empty
        annotation = hints.get(name, Any if has_default else torch.Tensor)
        types, markers = flatten_annotation(annotation)
        if any(isinstance(marker, Implicit) for marker in markers):
            continue
        help = docstring.call_arguments.get(name, "")
        if any(_is_tensor(member) for member in types) or (not has_default and not _is_setting(types)):
            ports += _ports(name, types, markers, optional=has_default, help=help)
        else:
            default = parameter.default if has_default else REQUIRED
            settings.append(param_spec(name, annotation, default, help))
    return tuple(ports), tuple(settings)


def _ports(
    argument: str, types: list[Any], markers: list[Any], *, optional: bool, help: str
) -> list[PortSpec]:
    whole = any(isinstance(marker, Whole) for marker in markers)
    parts = next((marker for marker in markers if isinstance(marker, Parts)), None)
    if parts:
        return [
            PortSpec(name, argument, part=place, optional=optional, whole=whole, help=help)
            for place, name in enumerate(parts.names)
        ]
    variadic = any(get_origin(member) is list for member in types)
    return [PortSpec(argument, argument, optional=optional, variadic=variadic, whole=whole, help=help)]


def _is_tensor(member: Any) -> bool:
    return member is torch.Tensor or (
        get_origin(member) in (list, tuple) and torch.Tensor in get_args(member)
    )


def _is_setting(types: list[Any]) -> bool:
    """True for numbers, texts and choices: an argument that must be given and is none of them is a tensor."""
    return all(
        member in (bool, int, float, str, NoneType) or get_origin(member) is Literal for member in types
    )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Annotations with their markers; none where a name in them cannot be resolved."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError:
        return {}
