"""Two designs as one graph: the new one, with what is gone beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_compiler.comparison.comparing import Comparison
from graph_compiler.comparison.differences import Kind, LayerDifference

COLUMN = 210.0
ROW = 120.0
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
    """The nodes in columns, each behind those it needs: where both designs had one no two may stand."""
    column = {node["id"]: 0 for node in nodes}
    for _ in nodes:
        # Loops grow no further than there are nodes.
        moved = [edge for edge in edges if column[edge["target"]] <= column[edge["source"]] < len(nodes)]
        if not moved:
            break
        for edge in moved:
            column[edge["target"]] = column[edge["source"]] + 1
    used: dict[int, int] = {}
    for node in nodes:
        place = column[node["id"]]
        row = used[place] = used.get(place, -1) + 1
        yield node | {"x": place * COLUMN, "y": row * ROW}


def _words(one: LayerDifference) -> str:
    if one.kind in ("added", "removed"):
        return one.kind
    names = [change.name for change in one.changes or one.effects]
    shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    return shown if one.changes else f"other {shown}"
