"""Layers inside a layer, as a document has them: which fit, with which values one begins, and their parts."""

from functools import cache
from typing import Any

from app.services.palette import first_params, first_value
from graph_compiler.instances import make_layer
from runtime.layers import layer_names, layer_spec


@cache
def layers_for(owner: str, parameter: str) -> tuple[str, ...]:
    """The layers that can stand inside a layer: those that it does not refuse, the usual first.

    Args:
        owner: The layer around them.
        parameter: The parameter they are given by: one layer, or a list of them.
    """
    param = layer_spec(owner).param(parameter)
    listed = param is not None and param.kind == "layers"
    by_use = sorted(layer_names(), key=lambda name: layer_spec(name).rank)
    inside = [name for name in by_use if layer_spec(name).inputs]
    if listed:
        # A list in a list is a longer list.
        inside = [name for name in inside if not _lists(name)]
    others = {param.name: first_value(param) for param in layer_spec(owner).params if param.required}
    taken = [
        name
        for name in inside
        if _is_taken(owner, {**others, parameter: [new_layer(name)] if listed else new_layer(name)})
    ]
    if not taken:
        # A second one that has to fit the first: what can be the first.
        first = next((param.name for param in layer_spec(owner).params if param.kind == "layer"), parameter)
        return layers_for(owner, first) if first != parameter else tuple(inside)
    # What is not in the palette, or wants more than one input, is offered where nothing else is taken: cells.
    for usual in (lambda name: layer_spec(name).group, _takes_one_input):
        taken = list(filter(usual, taken)) or taken
    return tuple(taken)


def new_layer(name: str, instead_of: Any = None) -> dict[str, Any]:
    """A layer to begin with.

    Args:
        name: Its name in the registry.
        instead_of: The one in whose place it comes: what has no default in either is kept, an LSTM's units
            are a GRU's.
    """
    spec = layer_spec(name)
    _, before = inner_layer(instead_of)
    kept = {
        key: value
        for key, value in before.items()
        if (known := spec.param(key)) is not None and known.required
    }
    params = first_params(spec)
    for parameter in _lists(name):
        params[parameter] = [new_layer(layers_for(name, parameter)[0])]
    return {"layer": name, "params": {**params, **kept}}


def inner_layer(value: Any) -> tuple[str, dict[str, Any]]:
    """Name and parameters of a layer inside, however the document has them."""
    inner: dict[str, Any] = value if isinstance(value, dict) else {}
    name = inner.get("layer") or inner.get("class_name") or ""
    return str(name), inner.get("params") or inner.get("config") or {}


def _lists(name: str) -> list[str]:
    """The parameters of a layer that are lists of layers and have no default."""
    return [param.name for param in layer_spec(name).params if param.kind == "layers" and param.required]


def _takes_one_input(name: str) -> bool:
    needed = [port for port in layer_spec(name).inputs if not port.optional]
    return len(needed) == 1 and not needed[0].variadic


def _is_taken(owner: str, params: dict[str, Any]) -> bool:
    try:
        make_layer(owner, "layer", params)
    except Exception:
        # Whatever it is: this one is not offered.
        return False
    return True
