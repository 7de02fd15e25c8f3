"""The edits that lead from one document to another."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import TypeVar

from graph_compiler.document.applying import apply
from graph_compiler.document.edits import (
    AddNode,
    BindData,
    Connect,
    DeleteNodes,
    Edit,
    MoveNodes,
    RenameDocument,
    RenameNode,
    SetBypassed,
    SetCompile,
    SetGroup,
    SetNote,
    SetParam,
    SetSetting,
    SetStickyNote,
    SetTraining,
)
from graph_compiler.document.graph import GraphDocument
from graph_compiler.document.nodes import Node
from graph_compiler.document.values import same_value

V = TypeVar("V")


def diff_edits(old: GraphDocument, new: GraphDocument) -> tuple[Edit, ...]:
    """The edits that make the old document into the new one, so that whole documents can be undone stepwise.

    Args:
        old: Where the edits begin.
        new: Where they end.

    Returns:
        Edits to apply in order; none when the documents are the same.
    """
    found: list[Edit] = []
    document = old
    for step in (_deletions, _additions, _moves, _node_changes, _wires, _frames_and_settings):
        for edit in step(document, new):
            document, _ = apply(document, edit)
            found.append(edit)
    return tuple(found)


def _deletions(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    same_layer = [
        key for key, node in old.nodes.items() if key in new.nodes and _is_kin(node, new.nodes[key])
    ]
    nodes = _out_of_place(old.nodes, same_layer, new.nodes)
    lost = set(nodes)
    same_wire = [
        key
        for key, edge in old.edges.items()
        if new.edges.get(key) == edge and edge.source not in lost and edge.target not in lost
    ]
    with_node = {key for key, edge in old.edges.items() if edge.source in lost or edge.target in lost}
    edges = tuple(key for key in _out_of_place(old.edges, same_wire, new.edges) if key not in with_node)
    if nodes or edges:
        yield DeleteNodes(nodes=nodes, edges=edges)


def _is_kin(old: Node, new: Node) -> bool:
    """True if edits of one node can make the other; its layer, and whose it is, are settled."""
    return (old.layer, old.shares, old.locked) == (new.layer, new.shares, new.locked)


def _additions(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    for key, before in _missing(old.nodes, new.nodes):
        yield AddNode(node=new.nodes[key], before=before)


def _moves(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    positions = {
        key: (node.x, node.y)
        for key, node in new.nodes.items()
        if (node.x, node.y) != (old.nodes[key].x, old.nodes[key].y)
    }
    if positions:
        yield MoveNodes(positions=positions)


def _node_changes(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    for key, node in new.nodes.items():
        if node is not old.nodes[key]:
            yield from _changes_of(old.nodes[key], node)


def _changes_of(old: Node, new: Node) -> Iterable[Edit]:
    if old.name != new.name:
        yield RenameNode(node=new.id, name=new.name)
    for param in _changed_keys(old.params, new.params):
        yield SetParam(node=new.id, param=param, value=new.params.get(param), remove=param not in new.params)
    for setting in _changed_keys(old.settings, new.settings):
        yield SetSetting(
            node=new.id, setting=setting, value=new.settings.get(setting), remove=setting not in new.settings
        )
    if old.note != new.note:
        yield SetNote(node=new.id, note=new.note)
    if old.bypassed != new.bypassed:
        yield SetBypassed(node=new.id, bypassed=new.bypassed)


def _wires(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    for key, before in _missing(old.edges, new.edges):
        yield Connect(edge=new.edges[key], before=before)


def _frames_and_settings(old: GraphDocument, new: GraphDocument) -> Iterable[Edit]:
    for key in _changed_keys(old.groups, new.groups):
        yield SetGroup(id=key, group=new.groups.get(key))
    for key in _changed_keys(old.sticky_notes, new.sticky_notes):
        yield SetStickyNote(id=key, sticky_note=new.sticky_notes.get(key))
    if old.name != new.name:
        yield RenameDocument(name=new.name)
    if not same_value(old.compile, new.compile):
        yield SetCompile(compile=new.compile)
    if old.training != new.training:
        yield SetTraining(training=new.training)
    if old.data != new.data:
        yield BindData(data=new.data)


def _changed_keys(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    keys = dict.fromkeys([*old, *new])
    return [key for key in keys if key not in old or key not in new or not same_value(old[key], new[key])]


def _missing(old: Mapping[str, V], new: Mapping[str, V]) -> list[tuple[str, str | None]]:
    """What the new table has besides, last first, each with the entry that comes after it."""
    order = list(new)
    return [(key, after) for key, after in reversed(list(zip_longest(order, order[1:]))) if key not in old]


def _out_of_place(old: Mapping[str, V], kept: list[str], new: Mapping[str, V]) -> tuple[str, ...]:
    """The old entries to take away so that the rest stands in the order of the new table."""
    place = {key: index for index, key in enumerate(new)}
    in_place = set(_longest_increasing(kept, [place[key] for key in kept]))
    return tuple(key for key in old if key not in in_place)


def _longest_increasing(keys: list[str], places: list[int]) -> list[str]:
    """As many keys as possible whose places increase (patience sorting)."""
    tails: list[int] = []
    tail_at: list[int] = []
    previous: list[int | None] = []
    for index, place in enumerate(places):
        pile = bisect_left(tails, place)
        previous.append(tail_at[pile - 1] if pile else None)
        tails[pile : pile + 1] = [place]
        tail_at[pile : pile + 1] = [index]
    chosen: list[str] = []
    at = tail_at[-1] if tail_at else None
    while at is not None:
        chosen.append(keys[at])
        at = previous[at]
    return chosen[::-1]
