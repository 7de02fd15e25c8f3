"""Two designs as one graph: the new one, with what is gone beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph_compiler.comparison.comparing import Comparison
from graph_compiler.comparison.differences import Kind


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
        changed = [change.name for change in (*one.changes, *one.effects)]
        words[key] = one.kind if one.kind in ("added", "removed") else f"{one.kind}: {', '.join(changed)}"
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
    return ComparedGraph(tuple(nodes), tuple(edges), marks, words)
