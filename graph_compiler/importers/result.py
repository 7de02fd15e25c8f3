"""What an import gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph_compiler.document import GraphDocument, Node

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Imported:
    """A model as a design.

    Args:
        document: The design, laid out.
        weights: The arrays of each layer by its name in the design, in the layer's order; empty where a file
            has none, or where they could not be read.
        remarks: What was changed or could not be carried, in words.
    """

    document: GraphDocument
    weights: Mapping[str, tuple[Array, ...]] = field(default_factory=dict[str, tuple[Array, ...]])
    remarks: tuple[str, ...] = ()

    @property
    def locked(self) -> tuple[Node, ...]:
        """The nodes that cannot be computed."""
        return tuple(node for node in self.document.nodes.values() if node.locked)
