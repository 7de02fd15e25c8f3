"""What is known of a layer from where it stands: what goes into it, and which weights it will have."""

from dataclasses import dataclass, field

from graph_compiler import Analysis
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec, instance_of
from graph_compiler.measures.weights import weights_of
from graph_compiler.shapes import PortSpecs
from runtime.layers.parameters import ParamSpec
from runtime.types import Shape, TensorSpec

SUFFIX = "_initializer"


@dataclass(frozen=True)
class Surroundings:
    """What a layer gets.

    Args:
        given: Shape of its first input, batch first; None where that is unknown.
        weights: Sizes of its weights by name, where they are known.
    """

    given: Shape | None = None
    weights: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])

    def weight_of(self, param: ParamSpec) -> tuple[int, ...] | None:
        """Sizes of the weight that an initializer starts: `kernel_initializer` the one called kernel."""
        if param.registry != "initializers":
            return None
        stem = param.name.removesuffix(SUFFIX)
        if stem in self.weights:
            return self.weights[stem]
        return next((shape for name, shape in self.weights.items() if name.startswith(stem)), None)


def surroundings(document: GraphDocument, analysis: Analysis, node: Node) -> Surroundings:
    """Finds out what is known of a layer of a design.

    Args:
        document: The design.
        analysis: What the checks know of it.
        node: The layer.
    """
    given = _inputs(document, analysis, node)
    first = next((spec for _, spec in given or () if isinstance(spec, TensorSpec)), None)
    if given is None or node.id not in analysis.shapes:
        return Surroundings(None if first is None else first.shape)
    outlines = weights_of(instance_of(node, document.owner_of(node)), given) or ()
    weights: dict[str, tuple[int, ...]] = {}
    for outline in outlines:
        weights.setdefault(outline.name, outline.shape)
    return Surroundings(None if first is None else first.shape, weights)


def _inputs(document: GraphDocument, analysis: Analysis, node: Node) -> PortSpecs | None:
    """What goes in, port by port; None while the shape of a wire is unknown or a port is empty."""
    spec = find_spec(node.layer)
    if spec is None:
        return None
    wires = sorted(
        (edge for edge in document.edges.values() if edge.target == node.id), key=lambda edge: edge.slot
    )
    found: list[tuple[str, TensorSpec | tuple[TensorSpec, ...]]] = []
    for port in spec.inputs:
        arriving = [
            analysis.shapes.get(edge.source, {}).get(edge.source_port)
            for edge in wires
            if edge.target_port == port.name
        ]
        known = tuple(tensor for tensor in arriving if tensor is not None)
        if len(known) < len(arriving):
            return None
        if known:
            found.append((port.name, known if port.variadic else known[0]))
    return tuple(found)
