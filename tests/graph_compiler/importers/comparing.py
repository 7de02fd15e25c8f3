"""Documents compared as designs: ids, places on the canvas and the order of inner layers tell nothing."""

from typing import Any

from graph_compiler.codegen.values import is_default
from graph_compiler.document import GraphDocument, Node
from graph_compiler.importers.arguments import member
from graph_compiler.instances import find_spec, parameters_of
from graph_compiler.wiring import Wiring

AS_IF_NOT_GIVEN = {"activation": "linear", "data_format": "channels_last"}


def as_design(document: GraphDocument) -> dict[str, Any]:
    """What makes two documents the same design."""
    names = {key: node.name for key, node in document.nodes.items()}
    wiring = Wiring(document)
    edges = {
        (names[e.source], e.source_port, names[e.target], e.target_port, place)
        for ports in wiring.incoming.values()
        for wires in ports.values()
        for place, e in enumerate(wires)
    }
    return {
        "nodes": {
            node.name: (
                node.layer,
                params_as_meant(node),
                settings_as_meant(node),
                names.get(node.shares or ""),
                bool(node.locked),
            )
            for node in document.nodes.values()
        },
        "edges": edges,
        "inputs": [node.name for key, node in document.nodes.items() if not wiring.incoming[key]],
        "outputs": [node.name for key, node in document.nodes.items() if not wiring.outgoing[key]],
    }


def params_as_meant(node: Node) -> dict[str, Any]:
    """The parameters that are not the layer's own, objects by their shortest names."""
    spec = find_spec(node.layer)
    if spec is None or node.locked:
        return node.params
    known = parameters_of(spec)
    found = {
        name: None if value == AS_IF_NOT_GIVEN.get(name) else _meant(known[name].registry, value)
        for name, value in node.params.items()
    }
    return {name: value for name, value in found.items() if not is_default(known[name], value)}


def settings_as_meant(node: Node) -> dict[str, Any]:
    """The settings of the call that are not the layer's own."""
    spec = find_spec(node.layer)
    own = {one.name for one in spec.settings if is_default(one, node.settings.get(one.name))} if spec else ()
    return {name: value for name, value in node.settings.items() if name not in own}


def _meant(family: str, value: Any) -> Any:
    if family:
        return member(family, value)
    if isinstance(value, dict) and "layer" in value:
        params = dict(value.get("params") or {})
        name = params.pop("name", None)
        inner = Node(id="inner", layer=value["layer"], name="inner", params=params)
        return {"layer": inner.layer, "name": name, "params": params_as_meant(inner)}
    return value
