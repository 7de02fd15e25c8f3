"""Compares two designs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_compiler.analysis import context_of
from graph_compiler.checks.rule import Context
from graph_compiler.comparison.differences import (
    LayerDifference,
    SettingDifference,
    ValueChange,
    WireDifference,
)
from graph_compiler.comparison.matching import match_nodes
from graph_compiler.document import Edge, Edit, GraphDocument, Node, diff_edits
from graph_compiler.document.values import same_value
from graph_compiler.shapes import Shapes
from graph_compiler.wiring import Wiring
from runtime.types import show_shape


@dataclass(frozen=True)
class Comparison:
    """How two designs differ. Where layers stand on the canvas is no difference.

    Args:
        old: One design.
        new: The other.
        pairs: Ids of layers of the old design, with those of the new one that they are.
        layers: Layers that differ: those of the new design in the order of computing, then the removed.
        wires: Wires that differ.
        settings: Settings of the whole that differ.
        old_parameters: How many numbers the weights of the old design hold, as far as known.
        new_parameters: The same of the new one.
    """

    old: GraphDocument
    new: GraphDocument
    pairs: Mapping[str, str]
    layers: tuple[LayerDifference, ...]
    wires: tuple[WireDifference, ...]
    settings: tuple[SettingDifference, ...]
    old_parameters: int
    new_parameters: int

    @property
    def is_empty(self) -> bool:
        """True if both are the same design."""
        return not (self.layers or self.wires or self.settings)

    def edits(self) -> tuple[Edit, ...]:
        """The edits that make the old design into the new one; layers that are pairs keep their ids."""
        return diff_edits(self.old, with_ids_of(self.old, self.new, self.pairs))


def compare(old: GraphDocument, new: GraphDocument) -> Comparison:
    """Compares two designs, which may come from one another or from different places.

    Args:
        old: The design to begin with.
        new: The design it is compared with.
    """
    pairs = match_nodes(old, new)
    contexts = context_of(old), context_of(new)
    shapes = contexts[0].shapes, contexts[1].shapes
    return Comparison(
        old,
        new,
        pairs,
        tuple(_layers(old, new, pairs, shapes, contexts[1].wiring)),
        tuple(_wires(old, new, pairs)),
        (*_orders(*contexts, pairs), *_settings(old, new, pairs)),
        sum(shapes[0].parameters.values()),
        sum(shapes[1].parameters.values()),
    )


def with_ids_of(old: GraphDocument, new: GraphDocument, pairs: Mapping[str, str]) -> GraphDocument:
    """The new design with the ids that its layers have in the old one.

    Args:
        old: One design.
        new: The other.
        pairs: Ids of the old design's layers, with those of the new one.
    """
    back = {theirs: ours for ours, theirs in pairs.items()}
    names = dict(back)
    taken = set(back.values())
    for key in new.nodes:
        if key not in names:
            # An id of another layer of the old design would make an edit of this one.
            names[key] = _free(key, taken | set(old.nodes))
            taken.add(names[key])
    nodes = {
        names[key]: node.model_copy(
            update={"id": names[key], "shares": node.shares and names.get(node.shares, node.shares)}
        )
        for key, node in new.nodes.items()
    }
    moved = [
        edge.model_copy(update={"source": names[edge.source], "target": names[edge.target]})
        for edge in new.edges.values()
    ]
    free: dict[tuple[Any, ...], list[str]] = {}
    for edge in old.edges.values():
        free.setdefault(_ends(edge, {}), []).append(edge.id)
    edges: dict[str, Edge] = {}
    for edge in moved:
        same = free.get(_ends(edge, {}), [])
        key = edge.id if edge.id in same else same[0] if same else _free(edge.id, {*edges, *old.edges})
        if same:
            same.remove(key)
        edges[key] = edge.model_copy(update={"id": key})
    groups = {
        key: group.model_copy(update={"nodes": tuple(names[node] for node in group.nodes)})
        for key, group in new.groups.items()
    }
    return new.model_copy(update={"nodes": nodes, "edges": edges, "groups": groups})


def _free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    number = 2
    while f"{key[:56]}_{number}" in taken:
        number += 1
    return f"{key[:56]}_{number}"


def _layers(
    old: GraphDocument,
    new: GraphDocument,
    pairs: Mapping[str, str],
    shapes: tuple[Shapes, Shapes],
    wiring: Wiring,
) -> Iterable[LayerDifference]:
    back = {theirs: ours for ours, theirs in pairs.items()}
    for key in (*wiring.order, *(key for key in new.nodes if key not in set(wiring.order))):
        node = new.nodes[key]
        if key not in back:
            yield LayerDifference("added", None, node, tuple(_values({}, node)), _facts(None, key, shapes))
            continue
        before = old.nodes[back[key]]
        changes, effects = tuple(_changes(before, node, pairs)), _facts(before.id, key, shapes)
        if changes or effects:
            yield LayerDifference("changed" if changes else "affected", before, node, changes, effects)
    for key, node in old.nodes.items():
        if key not in pairs:
            yield LayerDifference("removed", node, None, (), _facts(key, None, shapes))


def _changes(old: Node, new: Node, pairs: Mapping[str, str]) -> Iterable[ValueChange]:
    shared = old.shares and pairs.get(old.shares, old.shares)
    if shared != new.shares:
        yield ValueChange("shares", old.shares, new.shares)
    for name in ("name", "layer", "locked"):
        if getattr(old, name) != getattr(new, name):
            yield ValueChange(name, getattr(old, name), getattr(new, name))
    if old.bypassed != new.bypassed:
        yield ValueChange("bypassed", old.bypassed, new.bypassed)
    yield from _values(old.params, new)
    yield from _changed_values(old.settings, new.settings)
    if old.note != new.note:
        yield ValueChange("note", old.note or None, new.note or None)


def _values(old: Mapping[str, Any], new: Node) -> Iterable[ValueChange]:
    return _changed_values(old, new.params)


def _changed_values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[ValueChange]:
    for name in dict.fromkeys([*old, *new]):
        if name not in old or name not in new or not same_value(old[name], new[name]):
            yield ValueChange(name, old.get(name), new.get(name))


def _facts(old: str | None, new: str | None, shapes: tuple[Shapes, Shapes]) -> tuple[ValueChange, ...]:
    """Shapes and numbers of weights that differ."""
    before, after = _shape(old, shapes[0]), _shape(new, shapes[1])
    held = (
        shapes[0].parameters.get(old) if old is not None else None,
        shapes[1].parameters.get(new) if new is not None else None,
    )
    found: list[ValueChange] = []
    if before != after:
        found.append(ValueChange("output", before, after))
    if (held[0] or 0) != (held[1] or 0):
        found.append(ValueChange("weights", *held))
    return tuple(found)


def _shape(node_id: str | None, shapes: Shapes) -> str | None:
    if node_id is None or node_id not in shapes.outputs:
        return None
    return ", ".join(show_shape(spec.shape) for spec in shapes.outputs[node_id].values())


def _wires(old: GraphDocument, new: GraphDocument, pairs: Mapping[str, str]) -> Iterable[WireDifference]:
    before = _by_ends(old, pairs)
    after = _by_ends(new, {})
    for ends, edge in before.items():
        if ends not in after:
            names = old.nodes[edge.source].name, old.nodes[edge.target].name
            yield WireDifference("removed", edge, *names)
    for ends, edge in after.items():
        if ends not in before:
            names = new.nodes[edge.source].name, new.nodes[edge.target].name
            yield WireDifference("added", edge, *names)


def _by_ends(document: GraphDocument, names: Mapping[str, str]) -> dict[tuple[Any, ...], Edge]:
    """The wires by where they begin and end; those into one port are counted: their slots may have gaps."""
    found: dict[tuple[Any, ...], Edge] = {}
    places: dict[tuple[str, str], int] = {}
    for edge in sorted(document.edges.values(), key=lambda edge: edge.slot):
        port = edge.target, edge.target_port
        places[port] = places.get(port, -1) + 1
        found[*_ends(edge, names, document.nodes), places[port]] = edge
    return found


def _ends(edge: Edge, names: Mapping[str, str], nodes: Any = None) -> tuple[Any, ...]:
    """Both ends under their ids in the other design; one that it lacks is nobody's there."""

    def name(key: str) -> str:
        return names.get(key, f"old:{key}" if names and nodes is not None else key)

    return name(edge.source), edge.source_port, name(edge.target), edge.target_port


def _orders(old: Context, new: Context, pairs: Mapping[str, str]) -> Iterable[SettingDifference]:
    """The order of inputs and outputs that both have: by it a model takes its data and labels."""
    ends = (("inputs", old.inputs, new.inputs), ("outputs", old.outputs, new.outputs))
    for what, ours, theirs in ends:
        there = set(theirs)
        before = [key for key in ours if pairs.get(key) in there]
        kept = {pairs[key] for key in before}
        after = [key for key in theirs if key in kept]
        if [pairs[key] for key in before] != after:
            names = [old.document.nodes[k].name for k in before], [new.document.nodes[k].name for k in after]
            yield SettingDifference("design", ValueChange(what, *names))


def _settings(
    old: GraphDocument, new: GraphDocument, pairs: Mapping[str, str]
) -> Iterable[SettingDifference]:
    if old.name != new.name:
        yield SettingDifference("design", ValueChange("name", old.name, new.name))
    datasets = old.data and old.data.dataset, new.data and new.data.dataset
    if datasets[0] != datasets[1]:
        yield SettingDifference("design", ValueChange("data", *datasets))
    for change in _changed_values(old.compile.model_dump(mode="json"), new.compile.model_dump(mode="json")):
        yield SettingDifference("compile", change)
    for change in _changed_values(old.training.model_dump(mode="json"), new.training.model_dump(mode="json")):
        yield SettingDifference("training", change)
    groups = (
        {key: _group(old, key, pairs) for key in old.groups},
        {key: _group(new, key, {}) for key in new.groups},
    )
    for change in _changed_values(*groups):
        yield SettingDifference("groups", change)


def _group(document: GraphDocument, key: str, names: Mapping[str, str]) -> dict[str, Any]:
    group = document.groups[key]
    return {"title": group.title, "nodes": sorted(names.get(node, node) for node in group.nodes)}
