"""A picture of a design: boxes and curves, as SVG and as PNG from the same list of shapes."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from PIL import Image, ImageDraw, ImageFont

from graph_compiler.analysis import Analysis
from graph_compiler.document import GraphDocument
from graph_compiler.instances import find_spec
from graph_compiler.lowering import model_name
from runtime.types import show_shape

WIDTH, HEIGHT, MARGIN = 200.0, 72.0, 24.0
LINES = ((16, 24.0, "ink", True), (13, 43.0, "ink", False), (12, 61.0, "faint", False))
"""Of the lines of a box: size, distance from its top, colour, whether it is bold."""
COLORS = {
    "light": {"paper": "#ffffff", "card": "#f6f7fb", "edge": "#8b93a5", "ink": "#1f2430", "faint": "#565e70"},
    "dark": {"paper": "#16181f", "card": "#232731", "edge": "#7d8597", "ink": "#f2f4f8", "faint": "#a9b0c0"},
}
LONGEST = 26
"""Characters of a line that fit a box."""
CURVE_POINTS = 24
MOST_PIXELS = 80_000_000
FINER = 2
"""How much larger an image is drawn than it is in the end, for smooth edges."""

_MISSING = str.maketrans({"×": "x", "…": "..."})
"""Signs that the font of images lacks."""


@dataclass(frozen=True)
class Box:
    """A layer: its corner, its three lines, and whether the model is made without it."""

    x: float
    y: float
    lines: tuple[str, ...]
    bypassed: bool = False

    def color(self, usual: str) -> str:
        """The colour of a line that is usually of another one."""
        return "faint" if self.bypassed else usual


@dataclass(frozen=True)
class Curve:
    """A wire, as a cubic Bézier curve from the right of a box to the left of another."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Picture:
    """What is drawn, with the corner of the picture at 0, 0.

    Args:
        title: What it shows.
        description: The same in a sentence, for those who cannot see it.
        width: In pixels.
        height: In pixels.
        boxes: The layers.
        curves: The wires.
    """

    title: str
    description: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]

    def svg(self, theme: str = "") -> str:
        """The picture as SVG.

        Args:
            theme: "light" or "dark" for a picture on a page, without a ground of its own; else it is as the
                reader's screen is.
        """
        follows = f"{_style('light')}@media (prefers-color-scheme: dark){{{_style('dark')}}}"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{_text(self.title)}</title>',
            f'<desc id="desc">{_text(self.description)}</desc>',
            f"<style>{f'{_style(theme)}.paper{{fill:none}}' if theme else follows}"
            "text{font-family:system-ui,sans-serif;text-anchor:middle}</style>",
            f'<rect class="paper" width="{self.width:g}" height="{self.height:g}"/>',
        ]
        for curve in self.curves:
            (x, y), *rest = curve.points
            path = " ".join(f"{a:g},{b:g}" for a, b in rest)
            parts.append(f'<path class="wire" d="M{x:g},{y:g} C{path}"/>')
        for box in self.boxes:
            parts.append(f'<g transform="translate({box.x:g},{box.y:g})">')
            dashed = ' stroke-dasharray="6 4"' if box.bypassed else ""
            parts.append(f'<rect class="card" width="{WIDTH:g}" height="{HEIGHT:g}" rx="10"{dashed}/>')
            for line, (size, down, color, bold) in zip(box.lines, LINES, strict=False):
                weight = ' font-weight="600"' if bold else ""
                parts.append(
                    f'<text class="{box.color(color)}" x="{WIDTH / 2:g}" y="{down:g}" font-size="{size}"'
                    f"{weight}>{_text(line)}</text>"
                )
            parts.append("</g>")
        return "\n".join([*parts, "</svg>", ""])

    def png(self, scale: float = 2.0, theme: str = "light") -> bytes:
        """The picture as PNG; a very large one is drawn smaller than asked for.

        Args:
            scale: Pixels of the image for each of the picture.
            theme: "light" or "dark".
        """
        scale = min(scale, (MOST_PIXELS / (self.width * self.height)) ** 0.5 / FINER)
        size = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        image = self._drawn((size[0] * FINER, size[1] * FINER), scale * FINER, theme)
        content = io.BytesIO()
        image.resize(size, Image.Resampling.BOX).save(content, "PNG", optimize=True)
        return content.getvalue()

    def _drawn(self, size: tuple[int, int], scale: float, theme: str) -> Image.Image:
        """The image without smooth edges, which it gets when it is made smaller."""
        colors = COLORS[theme]
        image = Image.new("RGB", size, colors["paper"])
        draw = ImageDraw.Draw(image)
        for curve in self.curves:
            line = [(round(x * scale), round(y * scale)) for x, y in _along(curve)]
            draw.line(line, colors["edge"], max(1, round(2 * scale)))
        for box in self.boxes:
            left, top = box.x * scale, box.y * scale
            corners = (left, top, left + WIDTH * scale, top + HEIGHT * scale)
            draw.rounded_rectangle(corners, 10 * scale, colors["card"], colors["edge"], max(1, round(scale)))
            for line, (points, down, color, bold) in zip(box.lines, LINES, strict=False):
                draw.text(
                    (left + WIDTH * scale / 2, top + down * scale),
                    line.translate(_MISSING),
                    colors[box.color(color)],
                    ImageFont.load_default(points * scale),
                    "ms",
                    stroke_width=0.25 * scale if bold else 0,
                )
        return image


def graph_picture(document: GraphDocument, analysis: Analysis) -> Picture:
    """Draws a design as it stands on the canvas.

    Args:
        document: The design.
        analysis: What is known of it: the shapes that stand in the boxes.
    """
    nodes = document.nodes
    left = min((node.x for node in nodes.values()), default=0.0) - MARGIN
    top = min((node.y for node in nodes.values()), default=0.0) - MARGIN
    places = {key: (node.x - left, node.y - top) for key, node in nodes.items()}
    boxes: list[Box] = []
    for key, node in nodes.items():
        spec = find_spec(node.layer)
        shapes = ", ".join(show_shape(one.shape) for one in analysis.shapes.get(key, {}).values())
        lines = (spec.label if spec else node.layer, node.name, "bypassed" if node.bypassed else shapes)
        boxes.append(Box(*places[key], tuple(_short(line) for line in lines), node.bypassed))
    count = f"{len(nodes)} layer{'s' * (len(nodes) != 1)}"
    listed = ", ".join(f"{node.name} ({node.layer}{', bypassed' * node.bypassed})" for node in nodes.values())
    return Picture(
        title=document.name or model_name(document),
        description=f"A network of {count}{': ' if listed else ''}{listed}.",
        width=max((box.x for box in boxes), default=0.0) + WIDTH + MARGIN,
        height=max((box.y for box in boxes), default=0.0) + HEIGHT + MARGIN,
        boxes=tuple(boxes),
        curves=tuple(_curve(places[e.source], places[e.target]) for e in document.edges.values()),
    )


def _curve(source: tuple[float, float], target: tuple[float, float]) -> Curve:
    start = source[0] + WIDTH, source[1] + HEIGHT / 2
    end = target[0], target[1] + HEIGHT / 2
    ahead = end[0] - start[0]
    # A wire that leads back leaves its box for a little way only, and so stays in the picture.
    bend = max(40.0, ahead / 2) if ahead > 0 else 40.0
    return Curve((start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end))


def _along(curve: Curve) -> Iterable[tuple[float, float]]:
    for step in range(CURVE_POINTS + 1):
        t = step / CURVE_POINTS
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (
            sum(w * point[axis] for w, point in zip(weights, curve.points, strict=True)) for axis in (0, 1)
        )
        yield x, y


def _style(theme: str) -> str:
    color = COLORS[theme]
    return (
        f".paper{{fill:{color['paper']}}}.card{{fill:{color['card']};stroke:{color['edge']}}}"
        f".wire{{fill:none;stroke:{color['edge']};stroke-width:2}}"
        f".ink{{fill:{color['ink']}}}.faint{{fill:{color['faint']}}}"
    )


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _text(text: str) -> str:
    """A text as XML has it: without the characters that XML cannot hold at all."""
    return escape("".join(one if one.isprintable() else " " for one in text))
