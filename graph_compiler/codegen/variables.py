"""Which variable of the generated program holds what comes out of which node."""

from collections.abc import Collection

from graph_compiler.analysis import Analysis
from graph_compiler.document import GraphDocument
from graph_compiler.document.naming import is_reserved_variable
from graph_compiler.wiring import Wiring

Variables = dict[tuple[str, str], str]
"""Variable by node id and output port."""


def choose_variables(document: GraphDocument, analysis: Analysis, reserved: Collection[str]) -> Variables:
    """Gives each output port a variable: the node's own name, unless the program needs that otherwise.

    Args:
        document: The design.
        analysis: What is known of it.
        reserved: Names the program uses otherwise.

    Returns:
        A variable for each port; "_" for a port that nobody uses.
    """
    taken = {*reserved, "_"}
    wiring = Wiring(document)
    used = {(edge.source, edge.source_port) for edge in document.edges.values()}
    used |= {(node_id, next(iter(analysis.shapes[node_id]))) for node_id in analysis.outputs}
    variables: Variables = {}
    for node_id in analysis.order:
        name = document.nodes[node_id].name
        for place, port in enumerate(analysis.shapes[node_id]):
            if (node_id, port) not in used:
                variables[node_id, port] = "_"
                continue
            wanted = name if place == 0 else f"{name}_{port}"
            if is_reserved_variable(wanted) and not wiring.incoming[node_id] and f"{wanted}s" not in taken:
                wanted = f"{wanted}s"
            while wanted in taken or is_reserved_variable(wanted):
                wanted += "_"
            taken.add(wanted)
            variables[node_id, port] = wanted
    return variables
