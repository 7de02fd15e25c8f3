"""What a rule is, and what it sees."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import ClassVar, TypeAlias

from graph_compiler.data_facts import DataFacts
from graph_compiler.document import GraphDocument, Node
from graph_compiler.findings import Finding, QuickFix, Severity
from graph_compiler.instances import Instance
from graph_compiler.shapes import Shapes
from graph_compiler.wiring import Wiring
from runtime.layers.traits import Trait
from runtime.types import TensorSpec


class Context:
    """All that a rule may look at.

    Args:
        document: The design.
        wiring: Its wires by node and port.
        shapes: What is known of its tensors.
        data: Facts of the data set, if one is chosen.
    """

    def __init__(
        self, document: GraphDocument, wiring: Wiring, shapes: Shapes, data: DataFacts | None = None
    ) -> None:
        self.document = document
        self.wiring = wiring
        self.shapes = shapes
        self.data = data

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the nodes where data enters, in document order."""
        return tuple(key for key in self.document.nodes if self.is_source(key))

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Ids of the nodes whose outputs no wire takes further, in document order."""
        return tuple(
            key for key in self.document.nodes if not self.wiring.outgoing[key] and not self.is_source(key)
        )

    def is_source(self, node_id: str) -> bool:
        """True for a node where data enters the model."""
        spec = self.shapes.instances[node_id].spec
        return spec is not None and spec.is_source

    def instance(self, node_id: str) -> Instance:
        """The layer of a node."""
        return self.shapes.instances[node_id]

    def called(self, node_id: str) -> str:
        """Kind and name of a node for messages: "<label> '<name>'"."""
        node: Node = self.document.nodes[node_id]
        spec = self.instance(node_id).spec
        return f"{spec.label if spec else node.layer} '{node.name}'"

    @cached_property
    def _with_trait(self) -> dict[Trait, dict[str, None]]:
        found: dict[Trait, dict[str, None]] = {}
        for key, instance in self.shapes.instances.items():
            for trait in instance.spec.cls.traits if instance.spec else ():
                found.setdefault(trait, {})[key] = None
        return found

    def having(self, trait: Trait) -> Iterable[str]:
        """The nodes whose layer's class says that of itself, in document order."""
        return self._with_trait.get(trait, {})

    def has(self, node_id: str, trait: Trait) -> bool:
        """True if the class of a node's layer says that of itself."""
        return node_id in self._with_trait.get(trait, {})

    def given(self, node_id: str) -> TensorSpec | None:
        """What comes into a node that has one wire, if known."""
        wires = self.wiring.wires_into(node_id)
        return self.shapes.at(wires[0]) if len(wires) == 1 else None

    def weights_called(self, node_id: str) -> int | None:
        """How many numbers the weights of a node's layer hold, if known; those it calls again count too."""
        owner = self.document.owner_of(self.document.nodes[node_id])
        return None if owner is None else self.shapes.parameters.get(owner.id)

    def window(self, layer: object) -> tuple[int, ...] | None:
        """How wide the window is that a layer slides over its input, if it has one."""
        found = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        return found if isinstance(found, tuple) else None

    def output_spec(self, node_id: str) -> TensorSpec | None:
        """What comes out of the first output port of a node, if known."""
        return next(iter(self.shapes.outputs.get(node_id, {}).values()), None)


Mending: TypeAlias = Callable[[Context, Finding], Iterable[QuickFix]]
"""Proposes quick fixes for a finding."""


class Rule(ABC):
    """One kind of mistake. The docstring of a rule is its help page; its code never changes its meaning.

    Attributes:
        code: "NN1xx" structure, "NN2xx" shapes and dtypes, "NN3xx" parameters, "NN4xx" training and data.
        severity: "error" if no model can be made of it.
        title: The mistake in a few words.
        mending: Where quick fixes come from, the likeliest first. What they propose is tried before it is
            offered, so they may guess.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    title: ClassVar[str]
    mending: ClassVar[tuple[Mending, ...]] = ()

    @abstractmethod
    def check(self, context: Context) -> Iterator[Finding]:
        """Finds all places where the mistake is made."""

    def finding(
        self,
        message: str,
        hint: str = "",
        *,
        node: str | None = None,
        port: str | None = None,
        param: str | None = None,
        cause: str | None = None,
    ) -> Finding:
        """A finding of this rule."""
        return Finding(self.code, self.severity, node, port, message, hint, param, cause)
