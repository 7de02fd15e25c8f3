"""What flows through ports, in the words of those who wire: features, sequences, images, ids.

A kind is what one can know of a tensor before a wire is drawn; whether its sizes fit, the checks say later.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any, Literal

from graph_compiler.document import Node
from graph_compiler.instances import find_spec, instance_of
from graph_compiler.shapes import outcome_of
from runtime.types import TensorSpec

Kind = Literal["features", "sequence", "image", "volume", "ids", "text", "other"]

_BY_AXES: Mapping[int, Kind] = {2: "features", 3: "sequence", 4: "image", 5: "volume"}

_SAMPLES: Mapping[Kind, TensorSpec] = {
    "features": TensorSpec((None, 32)),
    "sequence": TensorSpec((None, 32, 32)),
    "image": TensorSpec((None, 32, 32, 32)),
    "volume": TensorSpec((None, 32, 32, 32, 32)),
}
"""A tensor of each kind, large enough for every window, to be shown to layers."""

_MOST_PORTS = 2


def kind_of(tensor: TensorSpec) -> Kind:
    """The kind of a tensor: by what it holds where that is no decimal numbers, else by its axes."""
    if tensor.dtype == "string":
        return "text"
    if "float" in tensor.dtype:
        return _BY_AXES.get(len(tensor.shape), "other")
    return "ids" if "int" in tensor.dtype else "other"


def accepted_kinds(layer: str, params: Mapping[str, Any]) -> dict[str, tuple[Kind, ...]]:
    """The kinds that the ports of a layer take, found by showing it a tensor of each.

    Args:
        layer: Its name in the registry.
        params: Values for what has no default.

    Returns:
        Kinds by port. A port that takes any of them is left out, and so is one of which that cannot be known.
    """
    return _accepted(layer, tuple(sorted((name, _frozen(value)) for name, value in params.items())))


@cache
def _accepted(layer: str, params: tuple[tuple[str, Any], ...]) -> dict[str, tuple[Kind, ...]]:
    spec = find_spec(layer)
    ports = [port for port in spec.inputs if not port.optional] if spec else []
    if not 1 <= len(ports) <= _MOST_PORTS or any(port.variadic for port in ports):
        return {}
    instance = instance_of(Node(id="sample", layer=layer, name="sample", params=dict(params)))
    if instance.layer is None:
        return {}
    taken = [
        kinds
        for kinds in product(_SAMPLES, repeat=len(ports))
        if outcome_of(instance, _given([port.name for port in ports], kinds)).error is None
    ]
    found: dict[str, tuple[Kind, ...]] = {
        port.name: tuple(kind for kind in _SAMPLES if any(kinds[place] == kind for kinds in taken))
        for place, port in enumerate(ports)
        if not port.whole
    }
    return {name: kinds for name, kinds in found.items() if 0 < len(kinds) < len(_SAMPLES)}


def _given(ports: list[str], kinds: tuple[Kind, ...]) -> tuple[tuple[str, TensorSpec], ...]:
    return tuple((port, _SAMPLES[kind]) for port, kind in zip(ports, kinds, strict=True))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
