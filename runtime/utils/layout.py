"""Places boxes in rows so that arrows go one way and seldom cross.

Source:
    Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981
"""

from dataclasses import dataclass
from itertools import pairwise

from runtime.utils.diagrams import Diagram

_GAP, _ROW_GAP, _MARGIN = 24.0, 36.0, 16.0
"""Pixels between boxes of a row, between rows, and around all."""
_LETTER, LINE, _PADDING = 7.4, 17.0, 8.0
"""Pixels a letter is wide, a line is high, and around the text."""
_SWEEPS = 4

Point = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """A diagram with places, in pixels from the left upper corner.

    Args:
        boxes: Left, top, width and height of each box.
        arrows: Points each arrow goes through.
        width: Width of all.
        height: Height of all.
    """

    boxes: list[tuple[float, float, float, float]]
    arrows: list[list[Point]]
    width: float
    height: float


def place(diagram: Diagram) -> Placed:
    """Finds a place for each box and a way for each arrow."""
    sizes = [
        (max(map(len, lines)) * _LETTER + 2 * _PADDING, len(lines) * LINE + 2 * _PADDING)
        for lines in diagram.boxes
    ]
    ranks = _ranks(len(sizes), diagram.arrows)
    ways = _ways(ranks, diagram.arrows, sizes)
    rows = _ordered_rows(ranks, ways)
    centers, breadth, length = _centers(rows, sizes, across=diagram.across)
    boxes = [
        (x - width / 2, y - height / 2, width, height)
        for (x, y), (width, height) in zip(centers, sizes[: len(diagram.boxes)], strict=False)
    ]
    arrows = [
        [
            _edge(centers[way[0]], sizes[way[0]], 1, across=diagram.across),
            *(centers[stop] for stop in way[1:-1]),
            _edge(centers[way[-1]], sizes[way[-1]], -1, across=diagram.across),
        ]
        for way in ways
    ]
    size = (length, breadth) if diagram.across else (breadth, length)
    return Placed(boxes, arrows, *size)


def _ranks(count: int, arrows: list[tuple[int, int]]) -> list[int]:
    """The row of each box: behind all it gets something from."""
    before: list[list[int]] = [[] for _ in range(count)]
    for source, target in arrows:
        before[target].append(source)
    ranks = [0] * count
    # Shared layers may get something from later boxes; such arrows go up.
    for box in range(count):
        ranks[box] = max((ranks[source] + 1 for source in before[box] if source < box), default=0)
    return ranks


def _ways(
    ranks: list[int], arrows: list[tuple[int, int]], sizes: list[tuple[float, float]]
) -> list[list[int]]:
    """The stops of each arrow; one that passes rows gets a small empty place in each of them."""
    ways: list[list[int]] = []
    for source, target in arrows:
        stops: list[int] = []
        for rank in range(ranks[source] + 1, ranks[target]):
            stops.append(len(ranks))
            ranks.append(rank)
            sizes.append((4.0, 4.0))
        ways.append([source, *stops, target])
    return ways


def _ordered_rows(ranks: list[int], ways: list[list[int]]) -> list[list[int]]:
    """Rows in which a box stands near the middle of its neighbours above and below."""
    rows: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for box, rank in enumerate(ranks):
        rows[rank].append(box)
    above: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for way in ways:
        for source, target in pairwise(way):
            above.setdefault(target, []).append(source)
            below.setdefault(source, []).append(target)
    for sweep in range(_SWEEPS):
        neighbours, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        places = {box: place / len(row) for row in rows for place, box in enumerate(row)}
        for row in order:
            means = {box: _mean([places[near] for near in neighbours.get(box, [box])]) for box in row}
            row.sort(key=lambda box: means[box])
            places.update({box: place / len(row) for place, box in enumerate(row)})
    return rows


def _centers(
    rows: list[list[int]], sizes: list[tuple[float, float]], *, across: bool
) -> tuple[list[Point], float, float]:
    """The middle of each box, and how broad and long it all is; rows are centred."""
    along, over = (1, 0) if across else (0, 1)
    breadths = [sum(sizes[box][along] for box in row) + _GAP * (len(row) - 1) for row in rows]
    breadth = max(breadths, default=0.0) + 2 * _MARGIN
    centers: list[Point] = [(0.0, 0.0)] * len(sizes)
    start = _MARGIN
    for row, row_breadth in zip(rows, breadths, strict=True):
        depth = max(sizes[box][over] for box in row)
        at = (breadth - row_breadth) / 2
        for box in row:
            middle = at + sizes[box][along] / 2
            centers[box] = (start + depth / 2, middle) if across else (middle, start + depth / 2)
            at += sizes[box][along] + _GAP
        start += depth + _ROW_GAP
    return centers, breadth, start - _ROW_GAP + _MARGIN


def _edge(center: Point, size: tuple[float, float], side: int, *, across: bool) -> Point:
    """The middle of the edge an arrow begins or ends at."""
    if across:
        return (center[0] + side * size[0] / 2, center[1])
    return (center[0], center[1] + side * size[1] / 2)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
