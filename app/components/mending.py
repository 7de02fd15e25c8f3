"""A quick fix, carried out on the open design: on the canvas as one step that its undo takes back."""

from typing import Any

import streamlit as st

from app.components.beside import told_beside
from app.components.canvas import send
from app.components.workspace import CANVAS, opening
from graph_compiler import QuickFix
from graph_compiler.document import (
    AddNode,
    Batch,
    Connect,
    DeleteNodes,
    DocumentError,
    Edit,
    MoveNodes,
    RenameNode,
    SetBypassed,
    SetCompile,
    SetParam,
    SetSetting,
    SetTraining,
    apply,
)


def carry_out(fix: QuickFix) -> None:
    """Applies a fix; what is not drawn, such as the loss, is changed here and told to its undo."""
    opened = opening()
    try:
        document, _ = apply(opened.document, Batch(edits=fix.edits))
    except DocumentError:
        st.toast("The design has changed since: this fix no longer fits.", icon=":material/info:")
        return
    commands = commands_of(fix)
    commands += told_beside(opened.document, document)
    if commands:
        send(CANVAS, "batch", edits=commands)
    opened.save(
        opened.document.model_copy(update={"compile": document.compile, "training": document.training})
    )


def commands_of(fix: QuickFix) -> list[dict[str, Any]]:
    """What the canvas has to do for a fix."""
    return [command for edit in fix.edits for command in _commands(edit)]


def goes_beyond(fix: QuickFix) -> bool:
    """Whether a fix changes something that is not on the canvas."""
    return any(not _commands(edit) for edit in fix.edits)


def _commands(edit: Edit) -> list[dict[str, Any]]:
    """An edit as the canvas is told it; none for what is not on the canvas."""
    match edit:
        case AddNode(node=node):
            return [{"op": "add_node", "node": node.model_dump(mode="json")}]
        case DeleteNodes(nodes=nodes, edges=edges):
            return [{"op": "remove", "nodes": list(nodes), "edges": list(edges)}]
        case Connect(edge=edge):
            return [{"op": "connect", **edge.model_dump(mode="json", exclude={"id"})}]
        case MoveNodes(positions=positions):
            return [{"op": "set_node", "node": key, "x": x, "y": y} for key, (x, y) in positions.items()]
        case SetBypassed(node=node, bypassed=bypassed):
            return [{"op": "set_node", "node": node, "bypassed": bypassed}]
        case RenameNode(node=node, name=name):
            return [{"op": "set_node", "node": node, "name": name}]
        case SetParam(node=node, param=name, value=value, remove=remove):
            return [_change(node, "params", name, value, remove=remove)]
        case SetSetting(node=node, setting=name, value=value, remove=remove):
            return [_change(node, "settings", name, value, remove=remove)]
        case Batch(edits=edits):
            return [command for inner in edits for command in _commands(inner)]
        case SetCompile() | SetTraining():
            return []
        case _:
            raise TypeError(f"The canvas has no command for {type(edit).__name__}.")


def _change(node: str, table: str, name: str, value: Any, *, remove: bool) -> dict[str, Any]:
    change: dict[str, Any] = {"unset": [name]} if remove else {table: {name: value}}
    return {"op": "set_node", "node": node, **change}
