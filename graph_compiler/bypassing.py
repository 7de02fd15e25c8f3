"""A design without its bypassed layers: what everything that makes a model of it looks at."""

from graph_compiler.document import Edge, GraphDocument, Node
from graph_compiler.instances import find_spec, instance_of

Output = tuple[str, str]
"""A node id and the name of one of its output ports."""


def without_bypassed(document: GraphDocument) -> GraphDocument:
    """The design as if its bypassed layers were not there.

    What would go into the first input of a bypassed layer goes at once to whatever is wired to its first
    output. A wire from a further output has nothing to carry, and goes with the layer. It is a call that is
    bypassed: where other nodes call the same layer, it lives on in the first of them.

    Args:
        document: Any design, finished or not.

    Returns:
        The same object where nothing is bypassed. Else a design without these nodes; wires behind them keep
        their ids, so that findings and fixes still speak of wires that are on the canvas.
    """
    bypassed = {key: node for key, node in document.nodes.items() if node.bypassed}
    if not bypassed:
        return document
    heirs = _heirs(document)
    handed_on = {key: _handed_on(document, node) for key, node in bypassed.items()}
    edges: dict[str, Edge] = {}
    for key, edge in document.edges.items():
        origin = _origin((edge.source, edge.source_port), handed_on)
        if edge.target not in bypassed and origin is not None:
            moved = origin != (edge.source, edge.source_port)
            ends = {"source": origin[0], "source_port": origin[1]}
            edges[key] = edge.model_copy(update=ends) if moved else edge
    groups = {
        key: group.model_copy(update={"nodes": tuple(node for node in group.nodes if node not in bypassed)})
        for key, group in document.groups.items()
    }
    nodes = {
        key: _with_owner(document, node, heirs) for key, node in document.nodes.items() if key not in bypassed
    }
    return document.model_copy(update={"nodes": nodes, "edges": edges, "groups": groups})


def _heirs(document: GraphDocument) -> dict[str, str]:
    """By the id of a bypassed node that owns a layer: the first node in use that calls this layer, too."""
    heirs: dict[str, str] = {}
    for node in document.nodes.values():
        owner = document.owner_of(node)
        if not node.bypassed and owner is not None and owner.bypassed:
            heirs.setdefault(owner.id, node.id)
    return heirs


def _with_owner(document: GraphDocument, node: Node, heirs: dict[str, str]) -> Node:
    """A node in use that calls its own layer, or that of a node in use."""
    owner = document.owner_of(node)
    if node.shares is None or owner is None:
        return node
    heir = heirs.get(owner.id, owner.id)
    if heir != node.id:
        return node if heir == node.shares else node.model_copy(update={"shares": heir})
    # The layer keeps its name, by which its weights are found.
    return node.model_copy(update={"shares": None, "name": owner.name, "params": owner.params})


def _handed_on(document: GraphDocument, node: Node) -> dict[str, Output]:
    """What comes in at the first input, by the name of the first output; nothing if nothing comes in."""
    spec = find_spec(node.layer)
    ports = [port.name for port in spec.inputs] if spec else []
    into = [edge for edge in document.edges.values() if edge.target == node.id and edge.target_port in ports]
    first = min(into, key=lambda edge: (ports.index(edge.target_port), edge.slot), default=None)
    if first is None:
        return {}
    outputs = instance_of(node, document.owner_of(node)).outputs or ("output",)
    return {outputs[0]: (first.source, first.source_port)}


def _origin(output: Output, handed_on: dict[str, dict[str, Output]]) -> Output | None:
    """Where a wire really begins; None when nothing comes in at a bypassed layer, or it goes round."""
    seen: set[Output] = set()
    while output[0] in handed_on:
        further = handed_on[output[0]].get(output[1])
        if further is None or output in seen:
            return None
        seen.add(output)
        output = further
    return output
