"""A node: one layer of the design, with its place on the canvas."""

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

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
        shares: Id of the node whose layer is called here once more, with the same weights; the parameters are
            those of that node then.
        locked: Why the layer cannot be computed, for one that came in with a file; `layer` and `params` are
            kept as the file has them. Empty for all others.
        bypassed: True leaves the layer out of the model: what comes in goes on to those behind it.
    """

    id: Id
    layer: Text
    name: Text
    params: JsonTable = Field(default_factory=dict)
    settings: JsonTable = Field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0
    note: str = Field(default="", max_length=10_000)
    shares: Id | None = None
    locked: str = Field(default="", max_length=10_000)
    bypassed: bool = False

    @model_serializer(mode="wrap")
    def _without_what_few_have(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Files name `shares`, `locked` and `bypassed` only where they say something."""
        written: dict[str, Any] = write(self)
        rare = {"shares", "locked", "bypassed"}
        return {key: value for key, value in written.items() if value or key not in rare}
