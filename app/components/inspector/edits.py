"""Changes of parameters as commands to the canvas."""

from collections.abc import Iterable
from typing import Any

from app.components.canvas import unfinished
from app.components.inspector.values import same
from graph_compiler.document import Node
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec


def edit_of(node_id: str, table: str, param: ParamSpec, value: Any) -> dict[str, Any]:
    """The fields of `set_node`: a default is not written down.

    Args:
        node_id: The node.
        table: "params" or "settings".
        param: Which parameter.
        value: Its new value.
    """
    if not param.required and same(value, param.default):
        return {"node": node_id, "unset": [param.name]}
    return {"node": node_id, table: {param.name: value}}


def changed_names(node: Node, spec: LayerSpec) -> list[str]:
    """The parameters and settings of a node that are not at their defaults, those without one left out."""
    return [
        param.name
        for params, given in ((spec.params, node.params), (spec.settings, node.settings))
        for param in params
        if param.name in given and not param.required
    ]


def settled(canvas_key: str, node_ids: Iterable[str]) -> bool:
    """Whether no command is on its way to the canvas that changes one of these nodes."""
    nodes = set(node_ids)
    return not any(_concerns(command, nodes) for command in unfinished(canvas_key))


def _concerns(command: dict[str, Any], nodes: set[str]) -> bool:
    edits = command.get("edits", [command])
    return command["op"] == "replace" or any(
        edit["op"] == "set_node" and edit["node"] in nodes for edit in edits
    )
