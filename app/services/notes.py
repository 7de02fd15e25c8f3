"""What the canvas writes on each node: shapes, ports, parameters, findings."""

from typing import Any

from app.services.datasets import DatasetInfo, describe
from app.services.palette import port_entries
from graph_compiler import Analysis, DataFacts
from graph_compiler.document import GraphDocument
from runtime.errors import UnknownNameError
from runtime.layers import layer_names, layer_spec
from runtime.types import show_shape


def canvas_notes(document: GraphDocument, analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Notes by node id, in the form the canvas reads.

    Args:
        document: The design.
        analysis: What is known of it.
    """
    known = set(layer_names())
    notes: dict[str, dict[str, Any]] = {}
    for node_id, node in document.nodes.items():
        shapes = analysis.shapes.get(node_id, {})
        note: dict[str, Any] = {
            "outputs": {port: show_shape(spec.shape) for port, spec in shapes.items()},
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
        if node.layer in known:
            note["inputs"] = port_entries(layer_spec(node.layer).inputs)
        if shapes:
            note["output_ports"] = list(shapes)
        if node_id in analysis.parameters:
            note["parameters"] = analysis.parameters[node_id]
        notes[node_id] = note
    return notes


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
    )
