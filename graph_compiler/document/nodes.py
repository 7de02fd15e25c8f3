"""A node: one layer of the design, with its place on the canvas."""

from pydantic import Field

from graph_compiler.document.values import Id, JsonTable, Record, Text


class Node(Record):
    """One layer of a design.

    Args:
        id: Stable and unique in the document; wires and findings refer to it.
        layer: The layer's name in the registry, as the palette shows it.
        name: What the layer is called in the model and in the code.
        params: Arguments of the layer's constructor by name; those left out keep their defaults.
        settings: Arguments given where the layer is called, such as `return_attention_scores`.
        x: Distance from the left of the canvas, in canvas pixels.
        y: Distance from the top of the canvas, in canvas pixels.
        note: What the author wants to remember about it.
    """

    id: Id
    layer: Text
    name: Text
    params: JsonTable = Field(default_factory=dict)
    settings: JsonTable = Field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0
    note: str = Field(default="", max_length=10_000)
