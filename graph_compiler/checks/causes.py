"""Where something comes from: the node upstream that made a shape or a dtype what it is."""

from collections import Counter
from collections.abc import Callable

from graph_compiler.checks.rule import Context
from graph_compiler.document import Edge
from runtime.types import Shape, TensorSpec, show_shape

Alike = Callable[[TensorSpec, TensorSpec], bool]
"""Whether what came in and what comes out are alike in the respect one asks for."""


def same_shape(given: TensorSpec, made: TensorSpec) -> bool:
    """The shape is the one that came in."""
    return given.shape == made.shape


def same_place(given: TensorSpec, made: TensorSpec) -> bool:
    """All axes but the last are those that came in."""
    return given.shape[:-1] == made.shape[:-1]


def same_dtype(given: TensorSpec, made: TensorSpec) -> bool:
    """The dtype is the one that came in."""
    return given.dtype == made.dtype


def origin(context: Context, node_id: str, alike: Alike = same_shape) -> str:
    """The node that made what comes out of a node what it is: those between handed it on alike."""
    seen = {node_id}
    while True:
        made = context.output_spec(node_id)
        wires = [(edge, context.shapes.at(edge)) for edge in context.wiring.wires_into(node_id)]
        before = next((edge for edge, given in wires if given and made and alike(given, made)), None)
        if before is None or before.source in seen:
            return node_id
        node_id = before.source
        seen.add(node_id)


def shape_story(context: Context, node_id: str) -> str:
    """How a shape came about, in a sentence that begins with "from"."""
    name = context.document.nodes[node_id].name
    wires = list(context.wiring.wires_into(node_id))
    given = context.shapes.at(wires[0]) if len(wires) == 1 else None
    if given is None:
        return f"from '{name}'"
    earlier = origin(context, wires[0].source)
    verb = "let in" if context.is_source(earlier) else "made"
    thing = "" if context.is_source(earlier) else "it "
    return f"from '{name}', after '{context.document.nodes[earlier].name}' {verb} {thing}{sizes(given.shape)}"


def sizes(shape: Shape) -> str:
    """A shape without the batch: "13 × 13 × 24"."""
    return show_shape(shape).partition(" × ")[2] or "one number"


def odd_wire(context: Context, edges: list[Edge]) -> Edge | None:
    """Of the wires at a port the one whose shape is the rarest, the newest of several."""
    known = [(edge, spec.shape) for edge in edges if (spec := context.shapes.at(edge)) is not None]
    counts = Counter(shape for _, shape in known)
    return min(reversed(known), key=lambda item: counts[item[1]], default=(None, ()))[0]
