"""Draws the diagram of a model: `plot_model`."""

import math
import os
from html import escape
from pathlib import Path
from typing import Any, Literal

from runtime.errors import NotBuiltError, ParameterError
from runtime.saving.atomic import replacing
from runtime.utils.diagrams import Diagram, Look, diagram_of
from runtime.utils.images import pillow
from runtime.utils.layout import LINE, Placed, Point, place

_INK, _PAPER, _FILL = "#1f2933", "#ffffff", "#eef2f6"
_LETTER_HEIGHT = 12
_HEAD = 7.0
"""Pixels an arrow's head is long."""
_LONGEST_SIDE = 30_000
"""Pixels: what is larger, viewers do not open."""

Direction = Literal["TB", "LR", "BT", "RL"]


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: Direction = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draws the layers of a model and what flows between them.

    Args:
        model: The model.
        to_file: The file; `.svg`, `.png`, or `.dot` for Graphviz.
        show_shapes: True shows the shapes of inputs and outputs.
        show_dtype: True shows the element type of the outputs.
        show_layer_names: True shows the layers' names.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: True shows the layers inside of models inside.
        dpi: Pixels to an inch of a `.png`.
        show_layer_activations: True shows activations.
        show_trainable: True shows which layers are trained.
        splines: How Graphviz shall draw the arrows of a `.dot`.
        **kwargs: Arguments of older versions are refused.

    Returns:
        The picture for a notebook, if this runs in one; otherwise None.

    Raises:
        NotBuiltError: The model has no layers yet.
        ParameterError: The file has another ending, or an argument is not known.
    """
    diagram = model_to_dot(
        model,
        show_shapes,
        show_dtype,
        show_layer_names,
        rankdir,
        expand_nested,
        dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
        splines=splines,
        **kwargs,
    )
    diagram.write(to_file)
    return _for_notebook(Path(to_file))


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: Direction = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Diagram:
    """The layers of a model as a diagram; its `to_string()` is text for Graphviz.

    Args:
        model: The model.
        show_shapes: True shows the shapes of inputs and outputs.
        show_dtype: True shows the element type of the outputs.
        show_layer_names: True shows the layers' names.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: True shows the layers inside of models inside.
        dpi: Pixels to an inch.
        subgraph: Accepted for Keras's sake.
        show_layer_activations: True shows activations.
        show_trainable: True shows which layers are trained.
        splines: How Graphviz shall draw the arrows.
        **kwargs: Arguments of older versions are refused.

    Raises:
        NotBuiltError: The model has no layers yet.
        ParameterError: An argument is not known.
    """
    del subgraph
    if kwargs:
        name, value = next(iter(kwargs.items()))
        raise ParameterError(f"There is no argument '{name}'.", parameter=name, received=value)
    if rankdir not in ("TB", "LR", "BT", "RL"):
        raise ParameterError(
            f"rankdir is {rankdir!r}.", parameter="rankdir", received=rankdir, hint="Use 'TB' or 'LR'."
        )
    if not model.built:
        raise NotBuiltError(
            f"Model '{model.name}' has no layers to draw yet.",
            hint="Give it an Input, call build(input_shape), or call it.",
        )
    look = Look(
        show_shapes, show_dtype, show_layer_names, expand_nested, show_layer_activations, show_trainable
    )
    return diagram_of(model, look, across=rankdir in ("LR", "RL"), dpi=dpi, splines=splines)


def write_diagram(diagram: Diagram, path: str | os.PathLike[str], format: str | None = None) -> None:
    """Writes a diagram to a file.

    Args:
        diagram: The diagram.
        path: The file.
        format: "svg", "png" or "dot"; by default what the file's ending says.

    Raises:
        ParameterError: It is none of them.
    """
    kind = (format or os.path.splitext(os.fspath(path))[1][1:] or "png").lower()
    if kind not in ("svg", "png", "dot", "gv"):
        raise ParameterError(
            f"A diagram cannot be written as '.{kind}'.",
            parameter="to_file",
            received=os.fspath(path),
            hint="Use the ending .svg or .png, or .dot for Graphviz, which makes other kinds of it.",
        )
    if kind == "png":
        content = _png(diagram)
    else:
        content = (_svg(diagram) if kind == "svg" else diagram.to_string()).encode()
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _svg(diagram: Diagram) -> str:
    placed = place(diagram)
    width, height = f"{placed.width:.0f}", f"{placed.height:.0f}"
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        f'<g fill="none" stroke="{_INK}">',
        *(f'<polyline points="{_points(way)}"/>' for way in placed.arrows),
        "</g>",
        f'<g fill="{_INK}">',
        *(f'<polygon points="{_points(_head(way))}"/>' for way in placed.arrows),
        "</g>",
        f'<g font-family="sans-serif" font-size="{_LETTER_HEIGHT}" text-anchor="middle" fill="{_INK}">',
    ]
    for (left, top, breadth, depth), lines in zip(placed.boxes, diagram.boxes, strict=True):
        place_and_size = f'x="{left:.1f}" y="{top:.1f}" width="{breadth:.1f}" height="{depth:.1f}"'
        parts.append(f'<rect {place_and_size} rx="4" fill="{_FILL}" stroke="{_INK}"/>')
        for number, line in enumerate(lines):
            y = top + (depth - len(lines) * LINE) / 2 + (number + 0.72) * LINE
            parts.append(f'<text x="{left + breadth / 2:.1f}" y="{y:.1f}">{escape(line)}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _png(diagram: Diagram) -> bytes:
    from io import BytesIO  # noqa: PLC0415 (with the library it is for)

    library = pillow()
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415 (few programs draw)

    placed = place(diagram)
    scale = _scale(placed, diagram.dpi)
    image = library.new("RGB", (round(placed.width * scale), round(placed.height * scale)), _PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(_LETTER_HEIGHT * scale)
    stroke = max(1, round(scale))
    for way in placed.arrows:
        pen.line(_scaled(way, scale), fill=_INK, width=stroke)
        pen.polygon(_scaled(_head(way), scale), fill=_INK)
    for (left, top, width, height), lines in zip(placed.boxes, diagram.boxes, strict=True):
        corners = _scaled([(left, top), (left + width, top + height)], scale)
        pen.rounded_rectangle(corners, 4 * scale, fill=_FILL, outline=_INK, width=stroke)
        for number, line in enumerate(lines):
            y = top + (height - len(lines) * LINE) / 2 + (number + 0.5) * LINE
            pen.text(_scaled([(left + width / 2, y)], scale)[0], line, fill=_INK, font=font, anchor="mm")
    buffer = BytesIO()
    image.save(buffer, format="png")
    return buffer.getvalue()


def _scale(placed: Placed, dpi: int) -> float:
    """Pixels of the picture to one of the layout, for which an inch has 96."""
    return min(dpi / 96, _LONGEST_SIDE / max(placed.width, placed.height))


def _scaled(points: list[Point], scale: float) -> list[Point]:
    return [(x * scale, y * scale) for x, y in points]


def _points(points: list[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _head(way: list[Point]) -> list[Point]:
    """The three corners of an arrow's head."""
    (from_x, from_y), (x, y) = way[-2:]
    angle = math.atan2(y - from_y, x - from_x)
    sides = [
        (x - _HEAD * math.cos(angle + turn), y - _HEAD * math.sin(angle + turn)) for turn in (0.45, -0.45)
    ]
    return [(x, y), *sides]


def _for_notebook(path: Path) -> Any:
    """The picture as a notebook shows it; None outside of one."""
    import sys  # noqa: PLC0415 (asked only here)

    if "IPython" not in sys.modules or path.suffix.lower() not in (".png", ".svg"):
        return None
    from IPython import display  # noqa: PLC0415 # type: ignore[import-not-found]

    return display.SVG(str(path)) if path.suffix.lower() == ".svg" else display.Image(filename=str(path))
