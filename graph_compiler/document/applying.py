"""What each edit does to a document, and which edit takes it back.

Nothing is copied but the tables an edit touches: to edit a large design costs little more than a small one.
"""

from collections.abc import Mapping
from functools import singledispatch
from itertools import zip_longest
from typing import Any, TypeVar

from pydantic import JsonValue

from graph_compiler.document import edits
from graph_compiler.document.edits import Edit
from graph_compiler.document.errors import DocumentError
from graph_compiler.document.graph import GraphDocument
from graph_compiler.document.nodes import Node
from graph_compiler.document.values import by_key
from runtime.errors import did_you_mean

V = TypeVar("V")
Applied = tuple[GraphDocument, Edit]


def apply(document: GraphDocument, edit: Edit) -> Applied:
    """Do an edit.

    Args:
        document: The document before; it stays as it is.
        edit: What to do.

    Returns:
        The document after, and the edit that leads back from it.

    Raises:
        DocumentError: When the edit names something that is not there, or adds what is there already.
    """
    return _apply(edit, document)


@singledispatch
def _apply(edit: Any, document: GraphDocument) -> Applied:
    raise DocumentError(
        f"A {type(edit).__name__} is no edit.", hint="Use one of the classes of graph_compiler.document."
    )


@_apply.register
def _add_node(edit: edits.AddNode, document: GraphDocument) -> Applied:
    node = edit.node
    _must_be_new(document.nodes, node.id, "node")
    nodes = _inserted(document.nodes, node.id, node, edit.before, "node")
    return _changed(document, nodes=nodes), edits.DeleteNodes(nodes=(node.id,))


@_apply.register
def _connect(edit: edits.Connect, document: GraphDocument) -> Applied:
    edge = edit.edge
    _must_be_new(document.edges, edge.id, "wire")
    _get(document.nodes, edge.source, "node")
    _get(document.nodes, edge.target, "node")
    edges = _inserted(document.edges, edge.id, edge, edit.before, "wire")
    return _changed(document, edges=edges), edits.DeleteNodes(edges=(edge.id,))


@_apply.register
def _delete_nodes(edit: edits.DeleteNodes, document: GraphDocument) -> Applied:
    lost_nodes = {_get(document.nodes, node_id, "node").id for node_id in edit.nodes}
    lost_edges = {_get(document.edges, edge_id, "wire").id for edge_id in edit.edges}
    lost_edges |= {
        edge.id for edge in document.edges.values() if edge.source in lost_nodes or edge.target in lost_nodes
    }
    torn = [group for group in document.groups.values() if not lost_nodes.isdisjoint(group.nodes)]
    undo: list[Edit] = [
        *(
            edits.AddNode(node=node, before=before)
            for node, before in _last_first(document.nodes, lost_nodes)
        ),
        *(
            edits.Connect(edge=edge, before=before)
            for edge, before in _last_first(document.edges, lost_edges)
        ),
        *(edits.SetGroup(id=group.id, group=group) for group in torn),
    ]
    mended = {
        group.id: group.model_copy(update={"nodes": tuple(n for n in group.nodes if n not in lost_nodes)})
        for group in torn
    }
    after = _changed(
        document,
        nodes={key: node for key, node in document.nodes.items() if key not in lost_nodes},
        edges={key: edge for key, edge in document.edges.items() if key not in lost_edges},
        groups={**document.groups, **mended},
    )
    return after, edits.Batch(edits=tuple(undo))


@_apply.register
def _move_nodes(edit: edits.MoveNodes, document: GraphDocument) -> Applied:
    nodes = dict(document.nodes)
    before: dict[str, tuple[float, float]] = {}
    for node_id, (x, y) in edit.positions.items():
        node = _get(document.nodes, node_id, "node")
        before[node_id] = (node.x, node.y)
        nodes[node_id] = node.model_copy(update={"x": x, "y": y})
    return _changed(document, nodes=nodes), edits.MoveNodes(positions=before)


@_apply.register
def _set_param(edit: edits.SetParam, document: GraphDocument) -> Applied:
    node = _get(document.nodes, edit.node, "node")
    params, old, had = _with_value(node.params, edit.param, edit.value, remove=edit.remove)
    inverse = edits.SetParam(node=node.id, param=edit.param, value=old, remove=not had)
    return _with_node(document, node, params=params), inverse


@_apply.register
def _set_setting(edit: edits.SetSetting, document: GraphDocument) -> Applied:
    node = _get(document.nodes, edit.node, "node")
    settings, old, had = _with_value(node.settings, edit.setting, edit.value, remove=edit.remove)
    inverse = edits.SetSetting(node=node.id, setting=edit.setting, value=old, remove=not had)
    return _with_node(document, node, settings=settings), inverse


@_apply.register
def _rename_node(edit: edits.RenameNode, document: GraphDocument) -> Applied:
    node = _get(document.nodes, edit.node, "node")
    return _with_node(document, node, name=edit.name), edits.RenameNode(node=node.id, name=node.name)


@_apply.register
def _set_note(edit: edits.SetNote, document: GraphDocument) -> Applied:
    node = _get(document.nodes, edit.node, "node")
    return _with_node(document, node, note=edit.note), edits.SetNote(node=node.id, note=node.note)


@_apply.register
def _set_bypassed(edit: edits.SetBypassed, document: GraphDocument) -> Applied:
    node = _get(document.nodes, edit.node, "node")
    inverse = edits.SetBypassed(node=node.id, bypassed=node.bypassed)
    return _with_node(document, node, bypassed=edit.bypassed), inverse


@_apply.register
def _set_sticky_note(edit: edits.SetStickyNote, document: GraphDocument) -> Applied:
    inverse = edits.SetStickyNote(id=edit.id, sticky_note=document.sticky_notes.get(edit.id))
    rest = {key: sticky for key, sticky in document.sticky_notes.items() if key != edit.id}
    if edit.sticky_note is not None:
        if edit.sticky_note.id != edit.id:
            raise DocumentError(
                f"The sticky note {edit.sticky_note.id!r} cannot be kept under the id {edit.id!r}."
            )
        rest[edit.id] = edit.sticky_note
    return _changed(document, sticky_notes=by_key(rest)), inverse


@_apply.register
def _set_group(edit: edits.SetGroup, document: GraphDocument) -> Applied:
    inverse = edits.SetGroup(id=edit.id, group=document.groups.get(edit.id))
    groups = {key: group for key, group in document.groups.items() if key != edit.id}
    if edit.group is not None:
        if edit.group.id != edit.id:
            raise DocumentError(f"The group {edit.group.id!r} cannot be kept under the id {edit.id!r}.")
        for node_id in edit.group.nodes:
            _get(document.nodes, node_id, "node")
        groups[edit.id] = edit.group
    return _changed(document, groups=by_key(groups)), inverse


@_apply.register
def _set_compile(edit: edits.SetCompile, document: GraphDocument) -> Applied:
    return _changed(document, compile=edit.compile), edits.SetCompile(compile=document.compile)


@_apply.register
def _set_training(edit: edits.SetTraining, document: GraphDocument) -> Applied:
    return _changed(document, training=edit.training), edits.SetTraining(training=document.training)


@_apply.register
def _bind_data(edit: edits.BindData, document: GraphDocument) -> Applied:
    return _changed(document, data=edit.data), edits.BindData(data=document.data)


@_apply.register
def _rename_document(edit: edits.RenameDocument, document: GraphDocument) -> Applied:
    return _changed(document, name=edit.name), edits.RenameDocument(name=document.name)


@_apply.register
def _batch(edit: edits.Batch, document: GraphDocument) -> Applied:
    undo: list[Edit] = []
    for step in edit.edits:
        document, inverse = _apply(step, document)
        undo.append(inverse)
    return document, edits.Batch(edits=tuple(reversed(undo)))


def _changed(document: GraphDocument, **tables: Any) -> GraphDocument:
    return document.model_copy(update=tables)


def _with_node(document: GraphDocument, node: Node, **fields: Any) -> GraphDocument:
    return _changed(document, nodes={**document.nodes, node.id: node.model_copy(update=fields)})


def _with_value(
    table: dict[str, JsonValue], key: str, value: JsonValue, *, remove: bool
) -> tuple[dict[str, JsonValue], JsonValue, bool]:
    """The table after the change, the old value, and whether there was one."""
    after = {name: kept for name, kept in table.items() if name != key}
    if not remove:
        after[key] = value
    return by_key(after), table.get(key), key in table


def _inserted(table: dict[str, V], key: str, value: V, before: str | None, kind: str) -> dict[str, V]:
    if before is None:
        return {**table, key: value}
    _get(table, before, kind)
    after: dict[str, V] = {}
    for other, kept in table.items():
        if other == before:
            after[key] = value
        after[other] = kept
    return after


def _last_first(table: Mapping[str, V], keys: set[str]) -> list[tuple[V, str | None]]:
    """The entries from last to first, each with its successor, so that each finds its place when put back."""
    order = list(table)
    successors = dict(zip_longest(order, order[1:]))
    return [(table[key], successors[key]) for key in reversed(order) if key in keys]


def _get(table: Mapping[str, V], key: str, kind: str) -> V:
    if key in table:
        return table[key]
    close = did_you_mean(key, table)
    hint = (
        f"Did you mean {close[0]!r}?"
        if close
        else "It may have been deleted meanwhile; load the design again."
    )
    raise DocumentError(f"There is no {kind} with the id {key!r}.", where=key, hint=hint)


def _must_be_new(table: Mapping[str, object], key: str, kind: str) -> None:
    if key in table:
        raise DocumentError(
            f"There is a {kind} with the id {key!r} already.",
            where=key,
            hint=f"Give the new {kind} an id of its own.",
        )
