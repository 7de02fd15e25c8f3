"""Two designs as one graph: the new one, with what is gone beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_compiler.comparison.comparing import Comparison
from graph_compiler.comparison.differences import Kind, LayerDifference
from graph_compiler.document import Edge, GraphDocument, Node
from graph_compiler.layout import laid_out

SHOWN = 2
"""Changes of a layer that are named in the drawing."""


@dataclass(frozen=True)
class ComparedGraph:
    """A graph to draw.

    Args:
        nodes: Layers of the new design and those that are gone, as a document has them.
        edges: Wires of the new design and those that are gone.
        marks: What became of the layers and wires that differ, by their ids here.
        words: What became of a layer, in a few words, by its id here.
    """

    nodes: tuple[Mapping[str, Any], ...]
    edges: tuple[Mapping[str, Any], ...]
    marks: Mapping[str, Kind]
    words: Mapping[str, str]


def compared_graph(comparison: Comparison) -> ComparedGraph:
    """Both designs in one: ids of what is gone get a word in front, as they may be those of something new."""
    ids = {key: comparison.pairs.get(key, f"gone:{key}") for key in comparison.old.nodes}
    nodes = [node.model_dump(mode="json") for node in comparison.new.nodes.values()]
    edges = [edge.model_dump(mode="json") for edge in comparison.new.edges.values()]
    marks: dict[str, Kind] = {}
    words: dict[str, str] = {}
    for one in comparison.layers:
        key = ids[one.node.id] if one.kind == "removed" else one.node.id
        marks[key] = one.kind
        if one.kind == "removed":
            nodes.append(one.node.model_dump(mode="json") | {"id": key})
        words[key] = _words(one)
    for wire in comparison.wires:
        edge = wire.edge.model_dump(mode="json")
        if wire.kind == "removed":
            edge |= {
                "id": f"gone:{wire.edge.id}",
                "source": ids[edge["source"]],
                "target": ids[edge["target"]],
            }
            edges.append(edge)
        marks[edge["id"]] = wire.kind
    return ComparedGraph(tuple(_placed(nodes, edges)), tuple(edges), marks, words)


def _placed(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The nodes laid out anew as one design: where both designs had one, no two may stand."""
    # The ids of what is gone are none that a document may have.
    ids = {node["id"]: f"n{place}" for place, node in enumerate(nodes)}
    both = GraphDocument(
        nodes={ids[node["id"]]: Node(id=ids[node["id"]], layer=node["layer"], name="x") for node in nodes},
        edges={
            f"e{place}": Edge(id=f"e{place}", source=ids[edge["source"]], target=ids[edge["target"]])
            for place, edge in enumerate(edges)
        },
    )
    placed = laid_out(both).nodes
    for node in nodes:
        at = placed[ids[node["id"]]]
        yield node | {"x": at.x, "y": at.y}


def _words(one: LayerDifference) -> str:
    if one.kind in ("added", "removed"):
        return one.kind
    names = [change.name for change in one.changes or one.effects]
    shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    return shown if one.changes else f"other {shown}"
