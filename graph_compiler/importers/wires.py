"""From the arguments of a call to ports and settings."""

from collections.abc import Mapping
from typing import Any

from graph_compiler.document.values import plain_json
from graph_compiler.importers.layers import Described
from graph_compiler.importers.steps import Step, Steps, Tensor, tensors_in
from graph_compiler.instances import find_spec
from graph_compiler.operations import constant_as_json, is_function, takes_many
from runtime.layers.calls import call_signature
from runtime.layers.spec import LayerSpec

_INPUT = "inputs"
"""Port of a layer of which nothing is known."""


def wired(step: Step, known: Described, args: list[Any], kwargs: Mapping[str, Any], found: Steps) -> Step:
    """Gives a step its wires and settings.

    Args:
        step: The step, without them.
        known: Its layer.
        args: Arguments of the call by place, with tensors in them.
        kwargs: Arguments by name.
        found: Where remarks go.
    """
    spec = find_spec(known.name)
    if spec is None:
        step.ports, step.settings = _of_unknown(args, kwargs)
        return step
    is_locked = known.locked and known.layer is None and is_function(spec)
    fill = _fill_function if is_function(spec) and not is_locked else _fill
    refused = fill(step, spec, args, kwargs, found)
    if refused:
        step.ports, step.settings = _of_unknown(args, kwargs)
        step.locked = step.locked or refused
    elif known.layer is not None:
        step.outputs = known.layer.output_names(**step.settings)
    return step


def _fill(step: Step, spec: LayerSpec, args: list[Any], kwargs: Mapping[str, Any], found: Steps) -> str:
    """Fills ports and settings; returns why it cannot be said in a design, if so."""
    try:
        arguments = _bound(spec, args, kwargs)
    except TypeError as error:
        return str(error)
    values = call_signature(spec.cls).port_values(arguments)
    ports = {port.name: port for port in spec.inputs}
    for name, value in values.items():
        tensors = list(tensors_in(value))
        if name not in ports or not tensors or (len(tensors) > 1 and not ports[name].variadic):
            return f"What goes into it at '{name}' is no tensor of another layer, so no wire can bring it."
        step.ports[name] = tensors
    given = {port.argument for port in spec.inputs}
    for name, value in arguments.items():
        if name in given or value is None:
            continue
        if spec.setting(name) is not None:
            step.settings[name] = plain_json(value)
        elif any(tensors_in(value)):
            return f"It is given a tensor as '{name}', and a design has no wire for that."
        elif value not in (None, False):
            found.remark(
                f"'{'/'.join(step.path)}' is called with {name}={value!r}, which a design cannot say."
            )
    return ""


def _fill_function(
    step: Step, spec: LayerSpec, args: list[Any], kwargs: Mapping[str, Any], found: Steps
) -> str:
    """The same for a function: each argument is a tensor, a list of them, or a constant."""
    del found
    probe = spec.cls()
    arguments: dict[str, Any] = probe.bind(args, dict(kwargs))
    for name, value in arguments.items():
        port = spec.port(name)
        tensors = [item for item in value if isinstance(item, Tensor)] if isinstance(value, list) else []
        if port is not None and isinstance(value, Tensor):
            step.ports[name] = [value]
        elif port is not None and tensors and len(tensors) == len(value):
            if len(tensors) == 1 and not takes_many(spec.cls, name):
                return "It takes a list of one tensor, which a design cannot tell from the tensor."
            step.ports[name] = tensors
        elif port is None or any(tensors_in(value)):
            return f"What it is given as '{name}' is no tensor and no constant, so a design cannot say it."
        else:
            try:
                step.settings[name] = plain_json(constant_as_json(value))
            except ValueError as error:
                return f"A design cannot keep what it is given as '{name}': {error}."
    return ""


def _bound(spec: LayerSpec, args: list[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a call by name; tensors that Keras 2 gave in one list go to one port each."""
    ports = spec.inputs
    split = len(args) == 1 and isinstance(args[0], list) and 1 < len(args[0]) <= len(ports)
    if split and not ports[0].variadic and ports[0].part is None:
        named = {port.name: tensor for port, tensor in zip(ports, args[0], strict=False)}
        return {**spec.call_arguments(named), **kwargs}
    return call_signature(spec.cls).bind(tuple(args), dict(kwargs))


def _of_unknown(args: list[Any], kwargs: Mapping[str, Any]) -> tuple[dict[str, list[Tensor]], dict[str, Any]]:
    """Wires of a layer whose ports nobody knows: by place to one port, by name to one each."""
    ports = {_INPUT: list(tensors_in(args))}
    settings: dict[str, Any] = {}
    for name, value in kwargs.items():
        tensors = list(tensors_in(value))
        if tensors:
            ports[name[:200]] = tensors
        else:
            try:
                settings[name] = plain_json(value)
            except ValueError:
                settings[name] = str(value)[:200]
    return {name: tensors for name, tensors in ports.items() if tensors}, settings
