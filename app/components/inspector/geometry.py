"""How the windows of a layer lie on its input, as a drawing made from what the layer says of itself."""

import json
from dataclasses import dataclass
from functools import lru_cache

from app.components.inspector.drawing import INKS, WIDTH, Ink, Picture, rule, words
from app.components.theme import Theme
from graph_compiler.document import Node
from graph_compiler.instances import instance_of
from runtime.errors import LayerloomError
from runtime.layers import Layer
from runtime.layers.reach import SAME
from runtime.types import Shape

REMEMBERED = 256
SAMPLE_SIZE = 24
"""Size of an axis that is not known yet."""
SAMPLE_CHANNELS = 8
IN_GRID = 10
"""Places of an input axis that are drawn, where there are more."""
IN_ROW = 20
TRIED = 6
"""Places of the output among which the one with the widest view is looked for."""


@dataclass(frozen=True)
class Axis:
    """One axis of a layer, from its input to its output.

    Args:
        size: Places in the input; None when that is open.
        result: Places in the output; None when that is open.
        windows: What each of the first places of the output sees.
        shown: The place of the output that is drawn, and the next one with it.
        overhang: Places the windows reach beyond the input, before and after it.
    """

    size: int | None
    result: int | None
    windows: tuple[range, ...]
    shown: int
    overhang: tuple[int, int]

    def visible(self, most: int) -> range:
        """Input places that are drawn, those of the padding with them."""
        start = -self.overhang[0]
        return range(start, min(start + most, (self.size or SAMPLE_SIZE) + self.overhang[1]))

    def reached(self, most: int) -> int:
        """How many output places are drawn: those whose windows can be seen."""
        visible = self.visible(most)
        inside = [place for place, seen in enumerate(self.windows) if not seen or seen[-1] < visible.stop]
        return min(max(len(inside), self.shown + 2), most, len(self.windows))

    def told(self) -> str:
        """It in words."""
        window = self.windows[self.shown]
        text = f"{_size(self.size)} places become {_size(self.result)}"
        if len(window) > 1:
            text += f", each from {len(window)}"
            text += f" that lie {window.step} apart" if window.step > 1 else ""
        if len(self.windows) > self.shown + 1:
            step = self.windows[self.shown + 1].start - window.start
            text += f", the next from {step} further on" if step else ", the next from the same"
        before, after = self.overhang
        return text + (f", with {before} of padding before and {after} behind" if before or after else "")


def geometry_picture(node: Node, given: Shape | None, theme: Theme) -> Picture | None:
    """What the places of a layer's output are computed from; None for a layer without windows.

    Args:
        node: The layer.
        given: Shape of its input, batch first; None takes an example.
        theme: Whose colours it has.
    """
    return _drawn(node.layer, json.dumps(node.params, sort_keys=True), given, theme)


@lru_cache(REMEMBERED)
def _drawn(layer: str, params: str, given: Shape | None, theme: Theme) -> Picture | None:
    made = instance_of(Node(id="n_1", layer=layer, name="layer", params=json.loads(params))).layer
    if made is None:
        return None
    examples = [(None, *[SAMPLE_SIZE] * rank, SAMPLE_CHANNELS) for rank in (1, 2, 3)]
    for shape in [given] if given is not None else examples:
        axes = _axes(made, shape)
        if axes:
            ink = INKS[theme]
            return _grids(axes[0], axes[1], ink) if len(axes) == 2 else _rows(axes, ink)
    return None


def _axes(layer: Layer, given: Shape) -> list[Axis]:
    """The axes along which the layer moves; none if it does not."""
    # Open sizes are worked with as if they were large.
    known = tuple(SAMPLE_SIZE if size is None and place else size for place, size in enumerate(given))
    try:
        sight = layer.sight(known)
        result = layer.compute_output_shape(known)
    except (LayerloomError, TypeError, ValueError, IndexError):
        return []
    if not sight or all(reach == SAME for _, reach in sight.values()) or not isinstance(result, tuple):
        return []
    axes: list[Axis] = []
    for number, (source, _) in sorted(sight.items()):
        size, count = known[source], result[number]
        if not isinstance(size, int) or not isinstance(count, int):
            return []
        seen = [layer.places_seen(known, number, place) for place in (*range(min(count, IN_ROW)), count - 1)]
        *windows, final = [each for each in seen if each is not None] or [range(0)]
        if not windows:
            return []
        widest = max(range(min(len(windows), TRIED)), key=lambda place: len(windows[place]))
        reaches = [place for each in (windows[0], final) if each for place in (each[0], each[-1])]
        overhang = max(0, *(-place for place in reaches)), max(0, *(place - size + 1 for place in reaches))
        is_open = given[source] is None
        axes.append(
            Axis(None if is_open else size, None if is_open else count, tuple(windows), widest, overhang)
        )
    return axes


def _size(size: int | None) -> str:
    return "?" if size is None else str(size)


class _Cells:
    """Squares of one size, drawn as one line for each kind: the same message again and again is best short.

    Args:
        side: How far they lie apart.
        ink: Their colours.
    """

    def __init__(self, side: float, ink: Ink) -> None:
        self.side = side
        self.ink = ink
        self.places: dict[str, list[str]] = {"": [], "padding": [], "next": [], "seen": []}

    def add(self, x: float, y: float, state: str) -> None:
        """Another square: "seen", "next", "padding" or none of these."""
        width = f"{self.side - 1:.1f}"
        self.places[state].append(f"M{x:.1f} {y:.1f}h{width}v{width}h-{width}z")

    def __str__(self) -> str:
        ink = self.ink
        looks = {
            "": f'fill="none" stroke="{ink.axis}"',
            "padding": f'fill="none" stroke="{ink.axis}" stroke-dasharray="1.5 1.5"',
            "next": f'fill="{ink.soft}" stroke="{ink.other}"',
            "seen": f'fill="{ink.line}" stroke="{ink.axis}"',
        }
        return "".join(
            f'<path d="{"".join(places)}" {looks[state]}/>' for state, places in self.places.items() if places
        )


def _state(axis: Axis, place: int, which: int) -> bool:
    """Whether an input place is seen from the place that is drawn, or from the one behind it (1)."""
    shown = axis.shown + which
    return shown < len(axis.windows) and place in axis.windows[shown]


def _grids(down: Axis, across: Axis, ink: Ink) -> Picture:
    """A picture and what becomes of it, side by side."""
    rows, columns = down.visible(IN_GRID), across.visible(IN_GRID)
    drawn = max(len(rows), len(columns), down.reached(IN_GRID), across.reached(IN_GRID))
    side = min(112 / drawn, 14)
    cells = _Cells(side, ink)
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            outside = not (
                0 <= row < (down.size or SAMPLE_SIZE) and 0 <= column < (across.size or SAMPLE_SIZE)
            )
            seen = _state(down, row, 0) and _state(across, column, 0)
            following = _state(down, row, 0) and _state(across, column, 1)
            state = "seen" if seen else "next" if following else "padding" if outside else ""
            cells.add(4 + x * side, 4 + y * side, state)
    left = WIDTH - 4 - min(across.reached(IN_GRID), IN_GRID) * side
    for y in range(down.reached(IN_GRID)):
        for x in range(across.reached(IN_GRID)):
            here = y == down.shown and x in (across.shown, across.shown + 1)
            state = ("seen" if x == across.shown else "next") if here else ""
            cells.add(left + x * side, 4 + y * side, state)
    foot = 4 + side * max(len(rows), down.reached(IN_GRID)) + 10
    sizes = [
        f"{_size(one)} × {_size(other)}"
        for one, other in ((down.size, across.size), (down.result, across.result))
    ]
    labels = words(4, foot, f"in {sizes[0]}", ink.text) + words(
        WIDTH - 4, foot, f"out {sizes[1]}", ink.text, "end"
    )
    alt = f"Windows. Down: {down.told()}. Across: {across.told()}."
    return Picture(f"{cells}{labels}", foot + 4, alt)


def _rows(axes: list[Axis], ink: Ink) -> Picture:
    """Each axis by itself: the input above, the output below, lines from a place to what it sees."""
    parts: list[str] = []
    top = 4.0
    for axis in axes:
        visible, count = axis.visible(IN_ROW), axis.reached(IN_ROW)
        side = min((WIDTH - 60) / max(len(visible), count), 14)
        cells = _Cells(side, ink)
        for x, place in enumerate(visible):
            outside = not 0 <= place < (axis.size or SAMPLE_SIZE)
            state = "seen" if _state(axis, place, 0) else "next" if _state(axis, place, 1) else ""
            cells.add(4 + x * side, top, state or ("padding" if outside else ""))
        # Behind the middle of what it is computed from, as far as that goes.
        below = top + side + 12
        for x in range(count):
            state = "seen" if x == axis.shown else "next" if x == axis.shown + 1 else ""
            cells.add(4 + x * side, below, state)
        parts.append(str(cells))
        middle = 4 + (axis.shown + 0.5) * side
        for place in (axis.windows[axis.shown][0], axis.windows[axis.shown][-1]):
            if place in visible:
                parts.append(
                    rule(middle, below, 4 + (place - visible.start + 0.5) * side, top + side, ink.line)
                )
        parts.append(words(WIDTH - 4, top + 9, f"in {_size(axis.size)}", ink.text, "end"))
        parts.append(words(WIDTH - 4, below + 9, f"out {_size(axis.result)}", ink.text, "end"))
        top = below + side + 10
    return Picture("".join(parts), top, f"Windows. {' '.join(f'{axis.told()}.' for axis in axes)}")
