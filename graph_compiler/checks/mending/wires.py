"""Quick fixes of wires: draw the missing one, delete the one too many."""

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from graph_compiler.checks.mending.drawing import CARD, append, new_node, wire
from graph_compiler.checks.mending.fitting import take_out_itself
from graph_compiler.checks.rule import Context
from graph_compiler.document import AddNode, Batch, DeleteNodes, Edge, apply
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.instances import find_spec
from runtime.layers.registration import registry
from runtime.layers.spec import LayerSpec

_MOST = 6
"""How many places a wire is tried from or to."""


def connect_from(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A wire to the port without one: from what feeds the layer already, then from loose ends."""
    node_id, port = finding.node_id, finding.port
    if node_id is None or port is None:
        return
    document, behind = context.document, _behind(context, node_id)
    feeding = [edge.source for edge in context.wiring.wires_into(node_id)]
    loose = [key for key in document.nodes if not context.wiring.outgoing[key]]
    order = dict.fromkeys([*feeding, *loose, *_nearest(context, node_id)])
    outputs = context.shapes.outputs
    ends = [(key, name) for key in order if key not in behind for name in outputs.get(key, {})]
    for source, name in ends[:_MOST]:
        title = f"Draw a wire from '{document.nodes[source].name}' to '{document.nodes[node_id].name}'"
        yield QuickFix(title, (wire(source, name, node_id, port),))


def connect_to(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A wire from a loose end to a port that waits for one, or to one that takes many."""
    source = finding.node_id
    if source is None:
        return
    waiting: list[tuple[str, str, int]] = []
    for key, instance in context.shapes.instances.items():
        for port in instance.spec.inputs if instance.spec else ():
            wires = context.wiring.incoming[key].get(port.name, [])
            if key != source and not (port.optional or (wires and not port.variadic)):
                waiting.append((key, port.name, len(wires)))
    ahead = {source, *_ahead(context, source)}
    outputs = list(context.shapes.outputs.get(source, {"output": None}))
    for target, port, slot in [place for place in waiting if place[0] not in ahead][:_MOST]:
        names = context.document.nodes[source].name, context.document.nodes[target].name
        title = f"Draw a wire from '{names[0]}' to '{names[1]}'"
        yield QuickFix(title, (wire(source, outputs[0], target, port, slot),))


def delete_layer(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The layer less, and its wires."""
    if finding.node_id is not None:
        name = context.document.nodes[finding.node_id].name
        yield QuickFix(f"Delete '{name}'", (DeleteNodes(nodes=(finding.node_id,)),))


def cut_loop(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The newest wire of the loop less."""
    for loop in context.wiring.loops:
        if (loop.edge.target, loop.edge.target_port) == (finding.node_id, finding.port):
            yield _deleted(context, loop.edge)


def delete_extra_wires(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """All wires into a port but one, which is the oldest, then any other; also with what they came from."""
    edges = context.wiring.incoming[finding.node_id or ""].get(finding.port or "", [])
    for kept in edges:
        others = [edge for edge in edges if edge is not kept]
        gone = tuple(edge.id for edge in others)
        words = f"Keep only the wire from '{context.document.nodes[kept.source].name}'"
        yield QuickFix(words, (DeleteNodes(edges=gone),))
        unused = [edge.source for edge in others if len(context.wiring.outgoing[edge.source]) == 1]
        sources = tuple(key for key in dict.fromkeys(unused) if context.is_source(key) and key != kept.source)
        if sources:
            names = " and ".join(f"'{context.document.nodes[key].name}'" for key in sources)
            yield QuickFix(f"{words}, and delete {names}", (DeleteNodes(nodes=sources, edges=gone),))


def join_wires(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A layer that takes many wires in front of a port that takes one."""
    node_id, port = finding.node_id, finding.port
    edges = context.wiring.incoming[node_id or ""].get(port or "", [])
    if node_id is None or port is None or not edges:
        return
    target = context.document.nodes[node_id]
    for spec in filter(None, map(find_spec, registry.names())):
        if not (spec.group and spec.rank == 0 and len(spec.inputs) == 1 and spec.inputs[0].variadic):
            continue
        node = new_node(context.document, spec, {}, target.x - CARD / 2, target.y)
        into = spec.inputs[0].name
        edits = (
            AddNode(node=node),
            DeleteNodes(edges=tuple(edge.id for edge in edges)),
            *(wire(edge.source, edge.source_port, node.id, into, slot) for slot, edge in enumerate(edges)),
            wire(node.id, "output", node_id, port),
        )
        yield QuickFix(f"Join the wires by {spec.label} before '{target.name}'", edits)


def delete_wires_of_port(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The wires at a port of the node less."""
    edges = [
        edge
        for edge in context.document.edges.values()
        if (finding.node_id, finding.port)
        in ((edge.target, edge.target_port), (edge.source, edge.source_port))
    ]
    if len(edges) == 1:
        yield _deleted(context, edges[0])
    elif edges:
        gone = tuple(edge.id for edge in edges)
        yield QuickFix(f"Delete the wires at '{finding.port}'", (DeleteNodes(edges=gone),))


def delete_companions(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The wires at the ports that belong together with an unwired one less."""
    spec = context.instance(finding.node_id or "").spec
    empty = spec.port(finding.port or "") if spec else None
    if spec is None or empty is None:
        return
    names = {port.name for port in spec.inputs if port.argument == empty.argument}
    ports = context.wiring.incoming[finding.node_id or ""]
    edges = tuple(edge.id for name, wires in ports.items() if name in names for edge in wires)
    yield QuickFix("Delete the wires at the inputs that go with it", (DeleteNodes(edges=edges),))


def add_input(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """An Input that has the shape of the data, wired to the first layer that nothing flows into."""
    del finding
    document, data = context.document, context.data
    shape: list[JsonValue] = list(data.input_shapes[0]) if data is not None and data.input_shapes else [1]
    free = next((key for key in document.nodes if not any(context.wiring.incoming[key].values())), None)
    for spec in filter(None, map(find_spec, registry.names())):
        if not (spec.is_source and spec.group):
            continue
        at = document.nodes[free] if free is not None else None
        node = new_node(document, spec, {"shape": shape}, at.x - CARD if at else 0.0, at.y if at else 0.0)
        yield QuickFix(f"Add an {spec.label}", (AddNode(node=node),))
        target = context.instance(free).spec if free is not None else None
        if free is not None and target is not None and at is not None and target.inputs:
            edits = (AddNode(node=node), wire(node.id, "output", free, target.inputs[0].name))
            yield QuickFix(f"Add an {spec.label} before '{at.name}'", edits)


def begin_layer(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A first layer behind the Input: the usual ones of the palette that need nothing but a size."""
    del finding
    for key in context.inputs:
        for spec, params in _first_layers(context):
            title = f"Put a {spec.label} behind '{context.document.nodes[key].name}'"
            yield QuickFix(title, append(context.document, key, "output", spec, params))


def begin_design(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """An Input, and a first layer behind it."""
    for begun in add_input(context, finding):
        document, _ = apply(context.document, Batch(edits=begun.edits))
        key = next(edit.node.id for edit in begun.edits if isinstance(edit, AddNode))
        for spec, params in _first_layers(context):
            edits = (*begun.edits, *append(document, key, "output", spec, params))
            yield QuickFix(f"{begun.title} and a {spec.label}", edits)


def _first_layers(context: Context) -> Iterator[tuple[LayerSpec, dict[str, Any]]]:
    size = (context.data.classes or 1) if context.data else 1
    for spec in filter(None, map(find_spec, registry.names())):
        required = [param for param in spec.params if param.required]
        if spec.rank == 0 and len(required) == 1 and required[0].kind == "int" and spec.inputs:
            yield spec, {required[0].name: size}


def delete_or_take_out(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The layer less, its neighbours joined if it has any."""
    yield from take_out_itself(context, finding)
    yield from delete_layer(context, finding)


def _deleted(context: Context, edge: Edge) -> QuickFix:
    nodes = context.document.nodes
    title = f"Delete the wire from '{nodes[edge.source].name}' to '{nodes[edge.target].name}'"
    return QuickFix(title, (DeleteNodes(edges=(edge.id,)),))


def _nearest(context: Context, node_id: str) -> list[str]:
    """Other nodes, those close on the canvas first."""
    nodes = context.document.nodes
    here = nodes[node_id]
    return sorted(
        (key for key in nodes if key != node_id),
        key=lambda key: abs(nodes[key].x - here.x) + abs(nodes[key].y - here.y),
    )


def _behind(context: Context, node_id: str) -> set[str]:
    """A node and all that its output reaches: from there a wire would go round."""
    return _reached(context, node_id, forward=True)


def _ahead(context: Context, node_id: str) -> set[str]:
    """A node and all that lies before it."""
    return _reached(context, node_id, forward=False)


def _reached(context: Context, start: str, *, forward: bool) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        key = pending.pop()
        edges = context.wiring.outgoing[key] if forward else context.wiring.wires_into(key)
        for other in (edge.target if forward else edge.source for edge in edges):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found
