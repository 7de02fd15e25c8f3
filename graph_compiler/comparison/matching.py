"""Which layer of one design is which of another, though ids, names and places may differ."""

from collections.abc import Callable, Hashable, Iterable
from difflib import SequenceMatcher

from graph_compiler.document import GraphDocument, Node
from graph_compiler.document.values import same_value
from graph_compiler.wiring import Wiring

Key = Callable[[Node], Hashable]


def match_nodes(old: GraphDocument, new: GraphDocument) -> dict[str, str]:
    """Pairs the layers of two designs.

    Two states of one design have ids in common, and those name the same layers. Other designs (from a file,
    from a template) may have equal ids by chance: there those of one kind with the same name are pairs. Then
    come those of one kind whose neighbours are pairs and, for designs of different origin, those of one kind
    in the same order; at last those with the same name that have become another kind.

    Args:
        old: One design.
        new: The other.

    Returns:
        Ids of the old design's nodes with those of the new one's; layers without a match are left out.
    """
    pairs = _Pairs(old, new)
    common = old.nodes.keys() & new.nodes.keys()
    related = bool(common) and all(old.nodes[key].layer == new.nodes[key].layer for key in common)
    if related:
        pairs.by_key(lambda node: node.id)
    pairs.by_key(lambda node: (node.name, node.layer))
    pairs.by_neighbours()
    if not related:
        pairs.by_order()
    pairs.by_key(lambda node: node.name)
    return {key: pairs.found[key] for key in old.nodes if key in pairs.found}


class _Pairs:
    """Pairs found so far."""

    def __init__(self, old: GraphDocument, new: GraphDocument) -> None:
        self.old, self.new = old, new
        self.found: dict[str, str] = {}
        self.taken: set[str] = set()
        self._wirings = Wiring(old), Wiring(new)

    def by_key(self, key: Key) -> None:
        """Pairs those that have something in common with each other and with nobody else."""
        ours, theirs = _unique(self._free_old(), key), _unique(self._free_new(), key)
        for value, node in ours.items():
            if value in theirs:
                self._pair(node, theirs[value])

    def by_neighbours(self) -> None:
        """Pairs those of one kind that are wired to pairs, the surest first, until there are no more."""
        while candidates := self._beside_pairs():
            scored = sorted(candidates, key=self._score, reverse=True)
            for ours, theirs in scored:
                if ours not in self.found and theirs not in self.taken:
                    self._pair(self.old.nodes[ours], self.new.nodes[theirs])

    def _beside_pairs(self) -> list[tuple[str, str]]:
        """Ids of layers of one kind that are still free, and wired in the same way to a pair."""
        old, new = self._wirings
        found: dict[tuple[str, str], None] = {}
        for ours, theirs in self.found.items():
            ways = (
                *(
                    (e.source, f.source, e.target_port == f.target_port)
                    for e in old.wires_into(ours)
                    for f in new.wires_into(theirs)
                ),
                *(
                    (e.target, f.target, e.target_port == f.target_port)
                    for e in old.outgoing[ours]
                    for f in new.outgoing[theirs]
                ),
            )
            for one, other, same_port in ways:
                free = one not in self.found and other not in self.taken
                if free and same_port and self.old.nodes[one].layer == self.new.nodes[other].layer:
                    found[one, other] = None
        return list(found)

    def by_order(self) -> None:
        """Pairs those of one kind in the order in which layers are computed."""
        ours = self._in_order(0, {node.id for node in self._free_old()})
        theirs = self._in_order(1, {node.id for node in self._free_new()})
        kinds = [node.layer for node in ours], [node.layer for node in theirs]
        for block in SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks():
            for step in range(block.size):
                self._pair(ours[block.a + step], theirs[block.b + step])

    def _in_order(self, which: int, free: set[str]) -> list[Node]:
        wiring = self._wirings[which]
        order = [*wiring.order, *(key for key in wiring.document.nodes if key not in set(wiring.order))]
        return [wiring.document.nodes[key] for key in order if key in free]

    def _score(self, candidate: tuple[str, str]) -> int:
        """How many wires of both go to the same pairs, and whether their settings are the same."""
        ours, theirs = candidate
        old, new = self._wirings
        before = {(self.found.get(edge.source), edge.target_port) for edge in old.wires_into(ours)}
        behind = {(self.found.get(edge.target), edge.target_port) for edge in old.outgoing[ours]}
        common = len(before & {(edge.source, edge.target_port) for edge in new.wires_into(theirs)})
        common += len(behind & {(edge.target, edge.target_port) for edge in new.outgoing[theirs]})
        return 2 * common + same_value(self.old.nodes[ours].params, self.new.nodes[theirs].params)

    def _pair(self, ours: Node, theirs: Node) -> None:
        self.found[ours.id] = theirs.id
        self.taken.add(theirs.id)

    def _free_old(self) -> list[Node]:
        return [node for key, node in self.old.nodes.items() if key not in self.found]

    def _free_new(self) -> list[Node]:
        return [node for key, node in self.new.nodes.items() if key not in self.taken]


def _unique(nodes: Iterable[Node], key: Key) -> dict[Hashable, Node]:
    by_value: dict[Hashable, list[Node]] = {}
    for node in nodes:
        by_value.setdefault(key(node), []).append(node)
    return {value: found[0] for value, found in by_value.items() if len(found) == 1}
