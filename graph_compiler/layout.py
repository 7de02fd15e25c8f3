"""Places nodes on the canvas: layers from left to right as data flow, with few crossings.

Each node stands in the column of its longest way from an input. A wire that passes a column without stopping
takes a lane there, so that it does not run under cards. Columns are sorted by the middle of what they are
joined to, forth and back (Sugiyama's method); then nodes are drawn towards their neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph_compiler.document import GraphDocument
from graph_compiler.wiring import Wiring

COLUMN = 288.0
"""From one column to the next: a card and the space for wires behind it."""
ROW = 140.0
"""From one card to the next below it."""
LANE = 36.0
"""Height of a wire that passes a column."""

_STRAIGHT = 16.0
"""How much more a lane keeps its place than a card: a wire is drawn from end to end, through no lanes."""
_SWEEPS = 6
_MOST_LANES = 20_000
_LONGEST_LANE = 80
"""A wire over more columns has no lanes: with many such wires lanes would outnumber the nodes."""


@dataclass
class _Cell:
    """A node in its column, or the lane of a wire there.

    Args:
        height: How much room it takes.
        before: Cells of the column on its left that it is joined to.
        after: Those on its right.
        y: Its middle.
        place: Which one it is in its column, from above.
        weight: How much it keeps its place among others.
    """

    height: float
    before: list["_Cell"] = field(default_factory=list["_Cell"])
    after: list["_Cell"] = field(default_factory=list["_Cell"])
    y: float = 0.0
    place: int = 0
    weight: float = 1.0


def laid_out(document: GraphDocument) -> GraphDocument:
    """The document with all nodes in new places.

    Args:
        document: Any document; nodes behind a loop stand in a column of their own.
    """
    wiring = Wiring(document)
    column_of = _columns(wiring)
    cells = {key: _Cell(ROW) for key in document.nodes}
    columns: list[list[_Cell]] = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    for key, cell in cells.items():
        columns[column_of[key]].append(cell)
    _join(document, column_of, cells, columns)
    _sort(columns)
    _settle(columns)
    nodes = {
        key: node.model_copy(update={"x": COLUMN * column_of[key], "y": float(round(cells[key].y - ROW / 2))})
        for key, node in document.nodes.items()
    }
    return document.model_copy(update={"nodes": nodes})


def _columns(wiring: Wiring) -> dict[str, int]:
    """The longest way from an input to each node; inputs stand right before what they feed."""
    column: dict[str, int] = {}
    for key in wiring.order:
        column[key] = max((column[edge.source] + 1 for edge in wiring.wires_into(key)), default=0)
    for key in wiring.order:
        fed = [column[edge.target] for edge in wiring.outgoing[key] if edge.target in column]
        if fed and not wiring.incoming[key]:
            column[key] = max(0, min(fed) - 1)
    last = max(column.values(), default=-1) + 1
    return {key: column.get(key, last) for key in wiring.document.nodes}


def _join(
    document: GraphDocument, column_of: dict[str, int], cells: dict[str, _Cell], columns: list[list[_Cell]]
) -> None:
    lanes = 0
    passing: dict[tuple[str, int], _Cell] = {}
    for edge in document.edges.values():
        begin, end = column_of[edge.source], column_of[edge.target]
        span = end - begin - 1
        if span < 0 or span > _LONGEST_LANE or lanes + span > _MOST_LANES:
            continue
        at = cells[edge.source]
        for column in range(begin + 1, end):
            # Wires from one node run along together.
            lane = passing.get((edge.source, column))
            if lane is None:
                lane = passing[edge.source, column] = _Cell(LANE, weight=_STRAIGHT)
                columns[column].append(lane)
                lanes += 1
                _link(at, lane)
            at = lane
        _link(at, cells[edge.target])


def _link(left: _Cell, right: _Cell) -> None:
    left.after.append(right)
    right.before.append(left)


def _sort(columns: Sequence[list[_Cell]]) -> None:
    for column in columns:
        _number(column)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            # A stable sort: cells that are joined to nothing on this side stay where they are.
            middles = {id(cell): _middle(cell.before if forth else cell.after, cell) for cell in column}
            column.sort(key=lambda cell: middles[id(cell)])
            _number(column)


def _number(column: list[_Cell]) -> None:
    """Places from -1 to 1, so that columns of all sizes compare."""
    for place, cell in enumerate(column):
        cell.place = place
        cell.y = (2 * place + 1) / len(column) - 1


def _middle(joined: list[_Cell], cell: _Cell) -> float:
    return sum(other.y for other in joined) / len(joined) if joined else cell.y


def _pulled(joined: list[_Cell], cell: _Cell) -> float:
    """Where its neighbours draw a cell: lanes more than cards."""
    weights = sum(other.weight for other in joined)
    return sum(other.y * other.weight for other in joined) / weights if joined else cell.y


def _settle(columns: Sequence[list[_Cell]]) -> None:
    """Draws cells towards their neighbours; their order in the column stays."""
    for column in columns:
        _pack(column, [0.0] * len(column))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            _pack(column, [_pulled(cell.before if forth else cell.after, cell) for cell in column])


def _pack(column: list[_Cell], wishes: list[float]) -> None:
    """Puts cells as near to their wishes as their order and heights allow.

    Cells that would overlap form a block that stands at the weighted mean of its wishes (isotonic
    regression).
    """
    blocks: list[tuple[float, float, int]] = []
    offset = 0.0
    offsets: list[float] = []
    for cell, wish in zip(column, wishes, strict=True):
        offset += cell.height / 2
        offsets.append(offset)
        total, weight, count = (wish - offset) * cell.weight, cell.weight, 1
        offset += cell.height / 2
        while blocks and blocks[-1][0] / blocks[-1][1] > total / weight:
            before, heavier, members = blocks.pop()
            total, weight, count = total + before, weight + heavier, count + members
        blocks.append((total, weight, count))
    placed = [total / weight for total, weight, count in blocks for _ in range(count)]
    for cell, shift, own in zip(column, placed, offsets, strict=True):
        cell.y = shift + own
