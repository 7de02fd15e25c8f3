"""Prints a model as a table: layers, output shapes, numbers of weights, and what is connected to what."""

import itertools
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import torch

from runtime.errors import ParameterError
from runtime.layers import Layer
from runtime.models.text_table import Alignment, Column, draw_table
from runtime.saving.memory import readable_size
from runtime.symbolic import KerasTensor, Node
from runtime.types import Shape

_CHAIN = (88, (0.45, 0.80, 1.0))
_GRAPH = (108, (0.3, 0.56, 0.74, 1.0))


def summary_text(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: tuple[str, str] | None = None,
) -> str:
    """The table that `summary` prints.

    Args:
        model: The model.
        line_length: Characters of a line; by default what the terminal has.
        positions: Where each column ends, as a fraction of the line.
        expand_nested: True shows the layers inside of models inside.
        show_trainable: True adds a column that says which layers are trained.
        layer_range: Names (or patterns) of the first and last layer to show.
    """
    graph = getattr(model, "graph", None)
    nodes: list[Node] | None = None if graph is None or _is_chain(graph.nodes) else graph.nodes
    length, ends = _CHAIN if nodes is None else _GRAPH
    ends = list(positions or ends)
    titles: list[tuple[str, Alignment]] = [
        ("Layer (type)", "left"),
        ("Output Shape", "left"),
        ("Param #", "right"),
    ]
    if nodes is not None:
        titles.append(("Connected to", "left"))
    if show_trainable:
        titles.append(("Trainable", "center"))
        ends = [end * 0.9 for end in ends] + [1.0]
        length += 12
    length = line_length or min(length, shutil.get_terminal_size().columns - 4)
    rows = [
        row
        for layer in _in_range(_listed(model), layer_range)
        for row in _rows(layer, nodes, expand=expand_nested, trainable=show_trainable)
    ]
    table = draw_table(_columns(titles, ends, length), rows, length)
    return "\n".join([f'Model: "{model.name}"', *table, *_totals(model), ""])


def _columns(titles: list[tuple[str, Alignment]], ends: list[float], length: int) -> list[Column]:
    borders = [0, *(int(end * length) for end in ends)]
    widths = [right - left for left, right in itertools.pairwise(borders)]
    if min(widths) < 4:
        raise ParameterError(
            f"A summary does not fit in {length} characters.", hint="Give a line_length of 80."
        )
    return [Column(title, width, alignment) for (title, alignment), width in zip(titles, widths, strict=True)]


def _rows(
    layer: Layer, nodes: list[Node] | None, *, expand: bool, trainable: bool, level: int = 0
) -> list[list[str]]:
    prefix = "   " * level + "└ " if level else ""
    count = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
    row = [f"{prefix}{layer.name} ({type(layer).__name__})", _output_shape(layer), count]
    if nodes is not None:
        row.append(_connections(layer, nodes))
    if trainable:
        row.append(("Y" if layer.trainable else "N") if layer.weights else "-")
    rows = [row]
    inside: Iterable[Layer] = _listed(layer) if expand else ()
    for inner in inside:
        rows += _rows(inner, nodes, expand=expand, trainable=trainable, level=level + 1)
    return rows


def _listed(model: Any) -> list[Layer]:
    """The layers of a model and, as in Keras, the signs between them."""
    graph = getattr(model, "graph", None)
    return list(getattr(model, "layers", ()) if graph is None else graph.layers)


def _output_shape(layer: Layer) -> str:
    if not layer._nodes:
        shape: Shape | None = getattr(layer, "output_shape", None) if layer.built else None
        return "?" if shape is None else _shape_text(shape)
    shapes = [_shape_text(tensor.shape) for tensor in layer._nodes[-1].outputs]
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"


def _shape_text(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))})"


def _connections(layer: Layer, nodes: list[Node]) -> str:
    inputs = [tensor for node in layer._nodes if node in nodes for tensor in node.inputs]
    return ", ".join(map(_origin, inputs)) or "-"


def _origin(tensor: KerasTensor) -> str:
    assert tensor.node is not None
    layer = tensor.node.layer
    return f"{layer.name}[{layer._nodes.index(tensor.node)}][{tensor.index}]"


def _is_chain(nodes: list[Node]) -> bool:
    """True if each layer is called once, on the output of the one before it."""
    used = {tensor.node for node in nodes for tensor in node.inputs}
    calls = Counter(id(node.layer) for node in nodes)
    ends = sum(node not in used for node in nodes)
    return ends <= 1 and max(calls.values()) == 1 and all(len(node.inputs) <= 1 for node in nodes)


def _totals(model: Any) -> list[str]:
    trained, others = model.trainable_weights, model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None)
    state = (
        [tensor for _, tensor in optimizer.variables] if optimizer is not None and optimizer.built else None
    )
    parts: list[tuple[str, list[torch.Tensor]]] = [
        ("Total", [*trained, *others, *(state or [])]),
        ("Trainable", trained),
        ("Non-trainable", others),
    ]
    if state is not None:
        parts.append(("Optimizer", state))
    return [_total(name, tensors) for name, tensors in parts]


def _total(name: str, tensors: list[torch.Tensor]) -> str:
    count = sum(tensor.numel() for tensor in tensors)
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    return f" {name} params: {count:,} ({readable_size(size)})"


def _in_range(layers: list[Layer], names: tuple[str, str] | None) -> list[Layer]:
    if names is None:
        return layers
    found = [[n for n, layer in enumerate(layers) if re.match(name, layer.name)] for name in names]
    if len(found) != 2 or not all(found):
        raise ParameterError(
            f"layer_range {names!r} names layers that are not there.",
            parameter="layer_range",
            received=names,
            hint=f"The layers are {', '.join(layer.name for layer in layers)}.",
        )
    first, last = found
    if min(first) > max(last):
        return layers[min(last) : max(first) + 1]
    return layers[min(first) : max(last) + 1]


def print_summary(model: Any, print_fn: Callable[[str], Any] | None = None, **options: Any) -> None:
    """Prints the table of a model, or hands it to `print_fn` as one text.

    Args:
        model: The model.
        print_fn: Gets the text in place of the screen.
        **options: Those of `summary_text`.
    """
    text = summary_text(model, **options)
    if print_fn is None:
        print(text, end="")  # noqa: T201 (a summary is meant to be seen)
    else:
        print_fn(text)
