"""Everything computed about a document: shapes, parameters, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from graph_compiler.bypassing import without_bypassed
from graph_compiler.checks import RULES, Context
from graph_compiler.data_facts import DataFacts
from graph_compiler.document import GraphDocument
from graph_compiler.findings import Finding
from graph_compiler.shapes import propagate
from graph_compiler.wiring import Wiring
from runtime.types import TensorSpec


@dataclass(frozen=True)
class Analysis:
    """What is known of a document; nothing is known of a bypassed node, since there is no such layer.

    Args:
        shapes: Shape and dtype by node id and output port, as far as they are known.
        findings: All that is wrong or doubtful, in the order of the rules.
        order: Node ids so that each comes after those it needs; without nodes in or behind a loop.
        inputs: Node ids of the model's inputs, in document order.
        outputs: Node ids of the model's outputs, in document order.
        parameters: How many numbers the weights of a node hold, by node id, where known.
        waiting: Nodes of which nothing can be said yet, and the node whose mistake they wait for.
    """

    shapes: Mapping[str, Mapping[str, TensorSpec]]
    findings: tuple[Finding, ...]
    order: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: Mapping[str, int]
    waiting: Mapping[str, str]

    @cached_property
    def ok(self) -> bool:
        """True if a model can be made of the document; there may be warnings."""
        return not self.errors

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand against making a model."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def total_parameters(self) -> int:
        """How many numbers all known weights hold."""
        return sum(self.parameters.values())

    def findings_at(self, node_id: str | None) -> tuple[Finding, ...]:
        """The findings of one node, or with None those of the design as a whole."""
        return tuple(finding for finding in self.findings if finding.node_id == node_id)


def analyze(document: GraphDocument, data: DataFacts | None = None) -> Analysis:
    """Checks a document as far as it goes: one mistake hides nothing but what depends on it.

    Args:
        document: The design; it may be unfinished in any way.
        data: Facts of the data it is made for; None leaves out the checks that need them.

    Returns:
        Shapes, parameters and findings.
    """
    context = context_of(document, data)
    wiring, shapes = context.wiring, context.shapes
    return Analysis(
        shapes=shapes.outputs,
        findings=tuple(finding for rule in RULES for finding in rule.check(context)),
        order=wiring.order,
        inputs=context.inputs,
        outputs=context.outputs,
        parameters=shapes.parameters,
        waiting=shapes.waiting,
    )


def context_of(document: GraphDocument, data: DataFacts | None = None) -> Context:
    """What the rules look at: wires, layers and shapes, as far as they are known.

    Args:
        document: The design.
        data: Facts of the data it is made for.
    """
    document = without_bypassed(document)
    wiring = Wiring(document)
    return Context(document, wiring, propagate(wiring), data)
