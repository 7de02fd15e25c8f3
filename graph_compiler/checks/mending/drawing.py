"""Edits that draw: a layer into a wire, a layer out of its wires, a wire to a port."""

from collections.abc import Mapping

from pydantic import JsonValue

from graph_compiler.document import AddNode, Connect, DeleteNodes, Edge, Edit, GraphDocument, MoveNodes, Node
from graph_compiler.document.naming import new_edge_id, new_node_id, propose_name
from graph_compiler.wiring import Wiring
from runtime.layers.spec import LayerSpec

CARD = 270.0
"""From the left of one card on the canvas to the left of the next, in canvas pixels."""


def new_node(
    document: GraphDocument, spec: LayerSpec, params: Mapping[str, JsonValue], x: float, y: float
) -> Node:
    """A layer that is not yet in the document, with an id and a name of its own."""
    name = propose_name(spec.label, document.names())
    return Node(id=new_node_id(), layer=spec.name, name=name, params=dict(params), x=x, y=y)


def wire(
    source: str, source_port: str, target: str, target_port: str, slot: int = 0, *, before: str | None = None
) -> Connect:
    """Draws a wire."""
    edge = Edge(
        id=new_edge_id(),
        source=source,
        source_port=source_port,
        target=target,
        target_port=target_port,
        slot=slot,
    )
    return Connect(edge=edge, before=before)


def insert(
    document: GraphDocument, edge: Edge, spec: LayerSpec, params: Mapping[str, JsonValue]
) -> tuple[Edit, ...]:
    """Puts a layer into a wire, and on the canvas between the two it joined."""
    begin, end = document.nodes[edge.source], document.nodes[edge.target]
    room, at = _place_between(document, begin, end)
    node = new_node(document, spec, params, *at)
    return (
        *room,
        AddNode(node=node, before=end.id),
        Connect(
            edge=Edge(
                id=new_edge_id(),
                source=node.id,
                target=edge.target,
                target_port=edge.target_port,
                slot=edge.slot,
            ),
            before=edge.id,
        ),
        DeleteNodes(edges=(edge.id,)),
        wire(edge.source, edge.source_port, node.id, spec.inputs[0].name),
    )


def append(
    document: GraphDocument, node_id: str, port: str, spec: LayerSpec, params: Mapping[str, JsonValue]
) -> tuple[Edit, ...]:
    """Puts a layer behind a node whose output goes nowhere."""
    before = document.nodes[node_id]
    node = new_node(document, spec, params, before.x + CARD, before.y)
    return AddNode(node=node), wire(node_id, port, node.id, spec.inputs[0].name)


def take_out(wiring: Wiring, node_id: str) -> tuple[Edit, ...] | None:
    """Deletes a layer and joins what came in with what went out; None if it has not one wire coming in."""
    incoming = list(wiring.wires_into(node_id))
    if len(incoming) != 1:
        return None
    source = incoming[0]
    return (
        *(
            wire(
                source.source,
                source.source_port,
                edge.target,
                edge.target_port,
                edge.slot,
                before=edge.id,
            )
            for edge in wiring.outgoing[node_id]
        ),
        DeleteNodes(nodes=(node_id,)),
    )


def replace(document: GraphDocument, node: Node, other: Node) -> tuple[Edit, ...]:
    """Puts another layer, with the same id, in the place of one; the wires stay."""
    wires = [edge for edge in document.edges.values() if node.id in (edge.source, edge.target)]
    order = list(document.nodes)
    behind = order[order.index(node.id) + 1 :]
    return (
        DeleteNodes(nodes=(node.id,)),
        AddNode(node=other, before=behind[0] if behind else None),
        *(wire(edge.source, edge.source_port, edge.target, edge.target_port, edge.slot) for edge in wires),
    )


def _place_between(
    document: GraphDocument, begin: Node, end: Node
) -> tuple[tuple[Edit, ...], tuple[float, float]]:
    """Where a new card goes between two; cards further to the right make room if there is too little."""
    missing = 2 * CARD - (end.x - begin.x)
    if missing <= 0 or end.x <= begin.x:
        return (), ((begin.x + end.x) / 2, (begin.y + end.y) / 2)
    moved = {
        node.id: (node.x + missing, node.y)
        for node in document.nodes.values()
        if node.x >= end.x and node.id != begin.id
    }
    return (MoveNodes(positions=moved),), (begin.x + CARD, (begin.y + end.y) / 2)
