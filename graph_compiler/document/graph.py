"""The graph document: the single truth of a design."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from graph_compiler.document.edges import Edge
from graph_compiler.document.nodes import Node
from graph_compiler.document.settings import CompileSettings, DataBinding, TrainingSettings
from graph_compiler.document.values import Id, Record, Text, by_key

SCHEMA_VERSION = 3
"""The form of document this program writes; raise it together with a migration."""


class Group(Record):
    """Nodes that belong together, drawn in one frame.

    Args:
        id: Stable and unique in the document.
        title: What stands on the frame.
        nodes: Ids of the nodes inside.
    """

    id: Id
    title: Text = ""
    nodes: tuple[Id, ...] = ()


class StickyNote(Record):
    """Words on the canvas that belong to no layer.

    Args:
        id: Stable and unique in the document, and no id of a node.
        text: What stands on it.
        x: Distance from the left of the canvas, in canvas pixels.
        y: Distance from the top of the canvas, in canvas pixels.
        width: In canvas pixels.
        height: In canvas pixels.
    """

    id: Id
    text: str = Field(default="", max_length=10_000)
    x: float = 0.0
    y: float = 0.0
    width: float = Field(default=220.0, gt=0, le=10_000)
    height: float = Field(default=120.0, gt=0, le=10_000)


class GraphDocument(Record):
    """A design: its layers and wires, and how the model is compiled, trained and fed.

    A document is a value: it is never changed, an edit makes another one that shares all it can with it.
    Whether it is a sensible *network* is the checks' question; the document only holds together as a graph.

    Args:
        schema_version: The form the document is written in.
        name: Name of the model.
        nodes: Layers by id; their order is the order of the model's inputs and outputs.
        edges: Wires by id, oldest first.
        groups: Frames by id.
        sticky_notes: Words on the canvas by id; files name them only where there are some.
        compile: How the model learns.
        training: How it is trained.
        data: The data it is made for, if chosen.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    name: Text = "model"
    nodes: dict[Id, Node] = Field(default_factory=dict)
    edges: dict[Id, Edge] = Field(default_factory=dict)
    groups: Annotated[dict[Id, Group], AfterValidator(by_key)] = Field(default_factory=dict)
    sticky_notes: Annotated[dict[Id, StickyNote], AfterValidator(by_key)] = Field(default_factory=dict)
    compile: CompileSettings = CompileSettings()
    training: TrainingSettings = TrainingSettings()
    data: DataBinding | None = None

    @model_serializer(mode="wrap")
    def _without_what_few_have(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        return {key: value for key, value in written.items() if value or key != "sticky_notes"}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        tables = {"nodes": self.nodes, "edges": self.edges, "groups": self.groups}
        for place, table in (tables | {"sticky_notes": self.sticky_notes}).items():
            for key, record in table.items():
                if record.id != key:
                    raise ValueError(
                        f"{place}.{key}: the entry says its id is {record.id!r}, its key says {key!r}"
                    )
        for edge in self.edges.values():
            for end, node_id in (("source", edge.source), ("target", edge.target)):
                if node_id not in self.nodes:
                    raise ValueError(
                        f"edges.{edge.id}.{end}: the wire ends at {node_id!r}, and there is no such node"
                    )
        for group in self.groups.values():
            for node_id in group.nodes:
                if node_id not in self.nodes:
                    raise ValueError(
                        f"groups.{group.id}.nodes: {node_id!r} is in the group, and there is no such node"
                    )
        return self

    def edges_of(self, node_id: str) -> tuple[Edge, ...]:
        """The wires that begin or end at a node, oldest first."""
        return tuple(edge for edge in self.edges.values() if node_id in (edge.source, edge.target))

    def owner_of(self, node: Node) -> Node | None:
        """The node whose layer a node calls: mostly itself; None if that is gone, or goes round."""
        seen: set[str] = set()
        found: Node | None = node
        while found is not None and found.shares is not None:
            if found.id in seen:
                return None
            seen.add(found.id)
            found = self.nodes.get(found.shares)
        return found

    def names(self) -> frozenset[str]:
        """The names of all layers."""
        return frozenset(node.name for node in self.nodes.values())
