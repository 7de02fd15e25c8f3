"""The document as the canvas in the browser has it, and back.

The browser owns nodes, wires, sticky notes and positions: compile, training and data stay here. Groups it
carries along, so that undo brings back what belonged together.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from graph_compiler.document.edges import Edge
from graph_compiler.document.errors import DocumentError
from graph_compiler.document.graph import GraphDocument, Group, StickyNote
from graph_compiler.document.json_file import document_error
from graph_compiler.document.nodes import Node
from graph_compiler.document.values import by_key, same_value

R = TypeVar("R", Node, Edge, StickyNote, Group)


def to_canvas(document: GraphDocument) -> dict[str, Any]:
    """The nodes and wires of a document as plain lists for the browser.

    Args:
        document: The document to show.

    Returns:
        `{"nodes": [...], "edges": [...]}`, made of JSON values, and `sticky_notes` and `groups` where there
        are some.
    """
    wire = {
        "nodes": [node.model_dump(mode="json") for node in document.nodes.values()],
        "edges": [edge.model_dump(mode="json") for edge in document.edges.values()],
    }
    few = {
        "sticky_notes": [sticky.model_dump(mode="json") for sticky in document.sticky_notes.values()],
        "groups": [group.model_dump(mode="json") for group in document.groups.values()],
    }
    return wire | {part: records for part, records in few.items() if records}


def from_canvas(wire: Mapping[str, Any], document: GraphDocument | None = None) -> GraphDocument:
    """The document that the browser shows.

    A wire whose layer is gone is dropped, as nobody sees such a wire; groups keep the nodes left to them,
    and are those of the document before where the browser says nothing of groups.
    Nodes and wires that did not change are taken over from the old document as they are.

    Args:
        wire: What the browser sent: `nodes`, `edges`, `sticky_notes` and `groups`; fields of its own
            (`rev`, …) are left aside.
        document: The document before, for all that the browser does not know.

    Returns:
        The new document.

    Raises:
        DocumentError: When a node or wire is not one, or an id stands twice.
    """
    document = document or GraphDocument()
    try:
        nodes = _table(wire.get("nodes", ()), Node, document.nodes)
        edges = _table(wire.get("edges", ()), Edge, document.edges)
        stickies = by_key(_table(wire.get("sticky_notes", ()), StickyNote, document.sticky_notes))
        told = "groups" in wire
        frames = by_key(_table(wire["groups"], Group, document.groups)) if told else document.groups
    except ValidationError as error:
        raise document_error(error) from None
    whole = {key: edge for key, edge in edges.items() if edge.source in nodes and edge.target in nodes}
    groups = {
        key: group.model_copy(update={"nodes": tuple(node for node in group.nodes if node in nodes)})
        for key, group in frames.items()
    }
    return document.model_copy(
        update={"nodes": nodes, "edges": whole, "groups": groups, "sticky_notes": stickies}
    )


def _table(entries: Any, kind: type[R], old: Mapping[str, R]) -> dict[str, R]:
    if not isinstance(entries, list | tuple):
        raise DocumentError(f"The canvas sent {type(entries).__name__} where a list was expected.")
    table: dict[str, R] = {}
    for entry in entries:
        record = kind.model_validate(_known_fields(entry, kind))
        if record.id in table:
            raise DocumentError(
                f"The id {record.id!r} stands twice on the canvas.",
                where=record.id,
                hint="Undo the last paste and paste again.",
            )
        before = old.get(record.id)
        table[record.id] = before if before is not None and same_value(before, record) else record
    return table


def _known_fields(entry: Any, kind: type[Node] | type[Edge] | type[StickyNote] | type[Group]) -> Any:
    """The fields we keep; the browser may carry some for its own use."""
    if not isinstance(entry, Mapping):
        return entry
    return {key: value for key, value in entry.items() if key in kind.model_fields}
