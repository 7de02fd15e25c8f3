"""What the canvas writes on each node: shapes, ports, parameters, findings."""

from typing import Any

from app.services.datasets import DatasetInfo, describe
from app.services.palette import port_entries
from graph_compiler import Analysis, DataFacts
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec
from graph_compiler.kinds import kind_of
from runtime.errors import UnknownNameError
from runtime.types import show_shape


def canvas_notes(document: GraphDocument, analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Notes by node id, in the form the canvas reads.

    Args:
        document: The design.
        analysis: What is known of it.
    """
    notes: dict[str, dict[str, Any]] = {}
    for node_id, node in document.nodes.items():
        shapes = analysis.shapes.get(node_id, {})
        note: dict[str, Any] = {
            "outputs": {port: show_shape(spec.shape) for port, spec in shapes.items()},
            "kinds": {port: kind_of(spec) for port, spec in shapes.items()},
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity,
                    "message": finding.message,
                    "hint": finding.hint,
                    "port": finding.port,
                }
                for finding in analysis.findings_at(node_id)
            ],
        }
        spec = find_spec(node.layer)
        if spec is not None:
            note["inputs"] = port_entries(spec)
        summary = _summary(document, node)
        if summary:
            note["summary"] = summary
        if shapes:
            note["output_ports"] = list(shapes)
        if node_id in analysis.parameters:
            note["parameters"] = analysis.parameters[node_id]
        notes[node_id] = note
    return notes


def _summary(document: GraphDocument, node: Node) -> str:
    """What stands on a node in place of its parameters, where these are not its own or cannot be used."""
    if node.locked:
        return f"Locked: {node.locked}"
    owner = document.owner_of(node)
    return f"the same layer as {owner.name}" if owner is not None and owner is not node else ""


def data_facts(document: GraphDocument) -> DataFacts | None:
    """Facts of the data set a design is made for; None when none is chosen, or it is not in the catalogue."""
    if document.data is None:
        return None
    try:
        return facts_of(describe(document.data.dataset))
    except UnknownNameError:
        return None


def facts_of(card: DatasetInfo) -> DataFacts:
    """What the checks need to know of a data set."""
    return DataFacts(
        input_shapes=(card.input_shape,),
        target_shape=card.answer.shape,
        classes=len(card.answer.class_names) or None,
        rows=card.rows,
        vocabulary=card.vocabulary_size,
        largest=card.largest,
    )
