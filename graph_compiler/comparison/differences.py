"""What can differ between two designs."""

from dataclasses import dataclass
from typing import Any, Literal

from graph_compiler.document import Edge, Node

Kind = Literal["added", "removed", "changed", "affected"]
"""What became of a layer. An affected one is as it was, but other shapes come in or go out."""


@dataclass(frozen=True)
class ValueChange:
    """A value that is another one.

    Args:
        name: What it is called: a parameter, or "name", "layer", "note", "output", "weights".
        old: What it was; None also when it was not set.
        new: What it is; None also when it is not set.
    """

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class LayerDifference:
    """A layer that differs.

    Args:
        kind: What became of it.
        old: The layer as it was; None if it is added.
        new: The layer as it is; None if it is removed.
        changes: What the author has changed in it.
        effects: What follows from this or other changes: its output's shape, how many weights it has.
    """

    kind: Kind
    old: Node | None
    new: Node | None
    changes: tuple[ValueChange, ...] = ()
    effects: tuple[ValueChange, ...] = ()

    @property
    def node(self) -> Node:
        """The layer as it is, else as it was."""
        found = self.new or self.old
        assert found is not None
        return found


@dataclass(frozen=True)
class WireDifference:
    """A wire that only one of the designs has.

    Args:
        kind: "added" if it is one of the new design.
        edge: The wire.
        source: Name of the layer it begins at.
        target: Name of the layer it ends at.
    """

    kind: Literal["added", "removed"]
    edge: Edge
    source: str
    target: str

    def __str__(self) -> str:
        begin = self.source if self.edge.source_port == "output" else f"{self.source}.{self.edge.source_port}"
        end = self.target if self.edge.target_port == "inputs" else f"{self.target}.{self.edge.target_port}"
        return f"{begin} → {end}"


@dataclass(frozen=True)
class SettingDifference:
    """A setting of the whole design that differs.

    Args:
        section: "design", "compile", "training" or "groups".
        change: Its name, and both values.
    """

    section: Literal["design", "compile", "training", "groups"]
    change: ValueChange
