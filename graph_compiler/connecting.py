"""Whether a wire may be drawn, asked before it is."""

from graph_compiler.document import GraphDocument
from graph_compiler.instances import instance_of
from graph_compiler.wiring import Wiring


def can_connect(
    document: GraphDocument, source: str, source_port: str, target: str, target_port: str
) -> str | None:
    """Why a wire from one port to another cannot be drawn.

    Args:
        document: The design.
        source: Id of the node the wire begins at.
        source_port: Output port there.
        target: Id of the node it ends at.
        target_port: Input port there.

    Returns:
        The reason in a sentence, or None if it can be drawn.
    """
    for node_id in (source, target):
        if node_id not in document.nodes:
            return f"There is no layer with the id '{node_id}'."
    begin, end = document.nodes[source], document.nodes[target]
    if source == target:
        return f"'{begin.name}' cannot feed itself."
    return (
        _port_problem(document, source, source_port, target, target_port)
        or _duplicate_or_full(document, source, source_port, target, target_port)
        or _loop(document, source, target, f"'{begin.name}'", f"'{end.name}'")
    )


def _port_problem(
    document: GraphDocument, source: str, source_port: str, target: str, target_port: str
) -> str | None:
    begin, end = document.nodes[source], document.nodes[target]
    outputs = instance_of(begin, document.owner_of(begin))
    if outputs.layer is not None and source_port not in outputs.outputs:
        return f"'{begin.name}' has no output '{source_port}'; it has {', '.join(outputs.outputs)}."
    spec = instance_of(end).spec
    if spec is None:
        return f"'{end.name}' is an unknown layer, so nothing can be wired to it."
    if spec.is_source:
        return f"'{end.name}' is where data enters: no wire can end there."
    if spec.port(target_port) is None:
        names = ", ".join(port.name for port in spec.inputs)
        return f"'{end.name}' has no input '{target_port}'; it has {names}."
    return None


def _duplicate_or_full(
    document: GraphDocument, source: str, source_port: str, target: str, target_port: str
) -> str | None:
    name = document.nodes[target].name
    there = [
        edge for edge in document.edges.values() if (edge.target, edge.target_port) == (target, target_port)
    ]
    if any((edge.source, edge.source_port) == (source, source_port) for edge in there):
        return "This wire is there already."
    spec = instance_of(document.nodes[target]).spec
    port = spec.port(target_port) if spec else None
    if there and port is not None and not port.variadic:
        other = document.nodes[there[0].source].name
        return f"The input '{target_port}' of '{name}' takes one wire, and the one from '{other}' is there."
    return None


def _loop(document: GraphDocument, source: str, target: str, begin: str, end: str) -> str | None:
    way = Wiring(document).path(target, source)
    if not way:
        return None
    names = " → ".join(document.nodes[key].name for key in (*way, target))
    return f"A wire from {begin} to {end} would go round: {names}."
