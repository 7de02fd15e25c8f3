"""Which wire goes where: the edges of a document by node and port, an order of the nodes, and the loops."""

from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush

from graph_compiler.document import Edge, GraphDocument


@dataclass(frozen=True)
class Loop:
    """A cycle in the graph.

    Args:
        nodes: Ids along the way round, beginning behind the newest wire.
        edge: The newest wire of the loop: without it there is none.
    """

    nodes: tuple[str, ...]
    edge: Edge


class Wiring:
    """The wires of a document, sorted for those who walk along them.

    Args:
        document: The document whose wires these are.
    """

    def __init__(self, document: GraphDocument) -> None:
        self.document = document
        self.incoming: dict[str, dict[str, list[Edge]]] = {key: {} for key in document.nodes}
        self.outgoing: dict[str, list[Edge]] = {key: [] for key in document.nodes}
        for edge in document.edges.values():
            self.incoming[edge.target].setdefault(edge.target_port, []).append(edge)
            self.outgoing[edge.source].append(edge)
        for ports in self.incoming.values():
            for edges in ports.values():
                if len(edges) > 1:
                    edges.sort(key=lambda edge: edge.slot)
        self._into = {
            key: tuple(edge for edges in ports.values() for edge in edges)
            for key, ports in self.incoming.items()
        }

    def wires_into(self, node_id: str) -> tuple[Edge, ...]:
        """All wires that end at a node."""
        return self._into[node_id]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Nodes so that each comes after those it needs, otherwise as in the document; none behind a loop."""
        return self._sorted(cut=frozenset())

    @cached_property
    def loops(self) -> tuple[Loop, ...]:
        """One loop for each wire that has to be cut until there is none left."""
        found: list[Loop] = []
        order = self.order
        while len(order) < len(self.document.nodes):
            cut = frozenset(loop.edge.id for loop in found)
            found.append(self._loop_among(set(self.document.nodes) - set(order), cut))
            order = self._sorted(cut | {found[-1].edge.id})
        return tuple(found)

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """Node ids along a shortest way from one node to another; empty when there is none."""
        before: dict[str, str] = {}
        frontier = [start]
        while frontier and end not in before:
            reached: list[str] = []
            for node_id in frontier:
                for edge in self.outgoing[node_id]:
                    if edge.target not in before:
                        before[edge.target] = node_id
                        reached.append(edge.target)
            frontier = reached
        if start == end:
            return (start,)
        if end not in before:
            return ()
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return tuple(reversed(way))

    def _sorted(self, cut: frozenset[str]) -> tuple[str, ...]:
        place = {key: index for index, key in enumerate(self.document.nodes)}
        ids = list(self.document.nodes)
        open_wires = {
            key: sum(edge.id not in cut for edge in edges) if cut else len(edges)
            for key, edges in self._into.items()
        }
        ready = [place[key] for key, count in open_wires.items() if count == 0]
        heapify(ready)
        order: list[str] = []
        while ready:
            node_id = ids[heappop(ready)]
            order.append(node_id)
            for edge in self.outgoing[node_id]:
                if edge.id not in cut:
                    open_wires[edge.target] -= 1
                    if open_wires[edge.target] == 0:
                        heappush(ready, place[edge.target])
        return tuple(order)

    def _loop_among(self, nodes: set[str], cut: frozenset[str]) -> Loop:
        """Walks backwards among nodes that all wait for another, until a node comes again."""
        way: list[Edge] = []
        seen: dict[str, int] = {}
        at = next(key for key in self.document.nodes if key in nodes)
        while at not in seen:
            seen[at] = len(way)
            edge = next(e for e in self.wires_into(at) if e.source in nodes and e.id not in cut)
            way.append(edge)
            at = edge.source
        edges = way[seen[at] :][::-1]
        age = {key: index for index, key in enumerate(self.document.edges)}
        newest = max(range(len(edges)), key=lambda index: age[edges[index].id])
        rotated = edges[newest + 1 :] + edges[: newest + 1]
        return Loop(tuple(edge.source for edge in rotated), edges[newest])
