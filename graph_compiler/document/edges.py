"""An edge: one wire from an output port to an input port."""

from pydantic import Field

from graph_compiler.document.values import Id, Record, Text


class Edge(Record):
    """One wire of a design.

    Args:
        id: Stable and unique in the document.
        source: Id of the node the tensor comes from.
        source_port: Name of the output port there.
        target: Id of the node the tensor goes to.
        target_port: Name of the input port there.
        slot: Place among the wires of a port that takes several, lowest first.
    """

    id: Id
    source: Id
    source_port: Text = "output"
    target: Id
    target_port: Text = "inputs"
    slot: int = Field(default=0, ge=0, le=1_000_000)
