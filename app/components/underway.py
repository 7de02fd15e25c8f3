"""What a form has told the canvas and the canvas has not yet said: other pages need not wait for it."""

from typing import Any

from app.components.canvas import unfinished
from graph_compiler.document import (
    Batch,
    Edit,
    GraphDocument,
    RenameNode,
    SetBypassed,
    SetNote,
    SetParam,
    SetSetting,
    apply,
)


def with_what_is_underway(document: GraphDocument, canvas_key: str, ack: int) -> GraphDocument:
    """The design with what forms have told the canvas of layers, and is on its way there.

    Somebody who types a value and leaves the page at once means it: the canvas obeys when it is drawn next,
    while training and export look at the document.

    Args:
        document: The design as the canvas last sent it.
        canvas_key: The canvas.
        ack: The last command that this design contains.
    """
    edits: list[Edit] = []
    for command in unfinished(canvas_key):
        if command["id"] > ack:
            for change in command.get("edits", [command]):
                if change["op"] == "set_node" and change["node"] in document.nodes:
                    edits += _edits(change)
    return apply(document, Batch(edits=tuple(edits)))[0] if edits else document


def _edits(change: dict[str, Any]) -> list[Edit]:
    node = change["node"]
    edits: list[Edit] = []
    if "name" in change:
        edits.append(RenameNode(node=node, name=change["name"]))
    if "bypassed" in change:
        edits.append(SetBypassed(node=node, bypassed=change["bypassed"]))
    if "note" in change:
        edits.append(SetNote(node=node, note=change["note"]))
    edits += [
        SetParam(node=node, param=name, value=value) for name, value in change.get("params", {}).items()
    ]
    edits += [
        SetSetting(node=node, setting=name, value=value) for name, value in change.get("settings", {}).items()
    ]
    for name in change.get("unset", ()):
        edits += [
            SetParam(node=node, param=name, remove=True),
            SetSetting(node=node, setting=name, remove=True),
        ]
    return edits
