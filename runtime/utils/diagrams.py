"""A model as boxes and arrows, and as text in the language of Graphviz."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from runtime.activations import serialize
from runtime.layers import Layer
from runtime.models import Functional, Sequential
from runtime.symbolic import KerasTensor
from runtime.types import show_shape


@dataclass(frozen=True)
class Look:
    """What is shown of a layer, under the names Keras has for it.

    Args:
        show_shapes: Shapes of inputs and outputs.
        show_dtype: Element type of the outputs.
        show_layer_names: Its name.
        expand_nested: True shows the layers inside of models inside.
        show_layer_activations: Its activation.
        show_trainable: Whether it is trained.
    """

    show_shapes: bool = False
    show_dtype: bool = False
    show_layer_names: bool = True
    expand_nested: bool = False
    show_layer_activations: bool = False
    show_trainable: bool = False


@dataclass(frozen=True)
class Diagram:
    """Boxes and arrows.

    Args:
        boxes: Lines of text in each box.
        arrows: From which box to which, by their places in `boxes`.
        across: True for a diagram from left to right, False from top to bottom.
        dpi: Pixels to an inch.
        splines: How Graphviz draws the arrows.
    """

    boxes: list[tuple[str, ...]]
    arrows: list[tuple[int, int]]
    across: bool = False
    dpi: int = 200
    splines: str = "ortho"

    def to_string(self) -> str:
        """The diagram in the language of Graphviz."""
        head = f'rankdir={"LR" if self.across else "TB"}; dpi={self.dpi}; splines="{self.splines}";'
        boxes = [
            f"  {number} [label={_quoted(chr(10).join(lines))}];" for number, lines in enumerate(self.boxes)
        ]
        arrows = [f"  {source} -> {target};" for source, target in self.arrows]
        return "\n".join(["digraph model {", f"  {head}", "  node [shape=box];", *boxes, *arrows, "}", ""])

    def write(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Writes the diagram to a file.

        Args:
            path: The file.
            format: "svg", "png" or "dot"; by default what the file's ending says.
        """
        from runtime.utils.drawing import write_diagram  # noqa: PLC0415 (it draws what is described here)

        write_diagram(self, path, format)


def diagram_of(
    model: Any, look: Look, *, across: bool = False, dpi: int = 200, splines: str = "ortho"
) -> Diagram:
    """The layers of a model as boxes, and what flows between them as arrows.

    Args:
        model: The model; one with a `call` of its own is a single box.
        look: What is shown of a layer.
        across: True for a diagram from left to right.
        dpi: Pixels to an inch.
        splines: How Graphviz draws the arrows.
    """
    painter = _Painter(look)
    graph = _functional(model)
    if graph is None:
        painter.box(model, [], [])
    else:
        painter.add(graph, {})
    return Diagram(painter.boxes, list(dict.fromkeys(painter.arrows)), across, dpi, splines)


class _Painter:
    """Collects boxes and arrows."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.boxes: list[tuple[str, ...]] = []
        self.arrows: list[tuple[int, int]] = []

    def add(self, model: Functional, sources: dict[int, int]) -> dict[int, int]:
        """Draws a model; returns the box each of its tensors comes from.

        Args:
            model: The model.
            sources: Boxes its inputs come from, if it is inside of another model.
        """
        origin = dict(sources)
        drawn: dict[Layer, int] = {}
        for node in model.graph.nodes:
            if id(node.outputs[0]) in origin:
                continue
            layer, inputs = node.layer, node.inputs
            inner = _functional(layer) if self.look.expand_nested else None
            if inner is not None:
                given = {id(own): origin[id(outer)] for own, outer in zip(inner.inputs, inputs, strict=False)}
                found = self.add(inner, given)
                ends = [found[id(tensor)] for tensor in inner.outputs]
                origin.update({id(outer): end for outer, end in zip(node.outputs, ends, strict=False)})
                continue
            if layer not in drawn:
                drawn[layer] = self.box(layer, inputs, node.outputs)
            here = drawn[layer]
            origin.update({id(tensor): here for tensor in node.outputs})
            self.arrows += [(origin[id(tensor)], here) for tensor in inputs]
        return origin

    def box(self, layer: Any, inputs: Iterable[KerasTensor], outputs: list[KerasTensor]) -> int:
        """Draws a layer; returns the place of its box."""
        look, kind = self.look, type(layer).__name__
        lines = [f"{layer.name} ({kind})" if look.show_layer_names else kind]
        activation = getattr(layer, "activation", None)
        if look.show_layer_activations and activation is not None:
            lines.append(f"Activation: {serialize(activation)}")
        if look.show_shapes and outputs:
            shapes = [show_shape(tensor.shape) for tensor in inputs]
            lines += [f"Input shape: {', '.join(shapes)}"] if shapes else []
            lines.append(f"Output shape: {', '.join(show_shape(tensor.shape) for tensor in outputs)}")
        if look.show_dtype and outputs:
            lines.append(f"Output dtype: {outputs[0].dtype}")
        if look.show_trainable:
            lines.append(f"Trainable: {'yes' if layer.trainable else 'no'}")
        self.boxes.append(tuple(lines))
        return len(self.boxes) - 1


def _functional(model: Any) -> Functional | None:
    """A model whose layers and their order are known; None for anything else."""
    if isinstance(model, Sequential):
        return model.functional if model.built else None
    return model if isinstance(model, Functional) else None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
