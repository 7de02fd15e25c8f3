"""A document as a Mermaid flowchart: the graph as text, which many sites draw."""

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.codegen.pytorch.module import shape_comment
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec
from graph_compiler.wiring import Wiring
from runtime.types import TensorSpec

_PLAIN = frozenset("_-.,:=()[]{}× ")


def mermaid(document: GraphDocument) -> str:
    """Draws a design as a flowchart, with shapes at the wires.

    Args:
        document: A design; it may be unfinished, and shapes that are not known are left out.

    Returns:
        Mermaid code. Names are written so that nothing in them can be taken for code.
    """
    document = without_bypassed(document)
    analysis = analyze(document)
    names = {node_id: f"n{place}" for place, node_id in enumerate(document.nodes)}
    lines = ["flowchart TD"]
    lines += [f"    {names[key]}{_drawn(node, key, analysis)}" for key, node in document.nodes.items()]
    wiring = Wiring(document)
    for node_id in document.nodes:
        for edge in wiring.wires_into(node_id):
            tensor = analysis.shapes.get(edge.source, {}).get(edge.source_port)
            shape = f'|"{_escaped(_shown(tensor))}"|' if tensor else ""
            lines.append(f"    {names[edge.source]} -->{shape} {names[edge.target]}")
    return "\n".join(lines) + "\n"


def _drawn(node: Node, node_id: str, analysis: Analysis) -> str:
    """A layer's box: round where data enter or leave the model."""
    spec = find_spec(node.layer)
    label = spec.label if spec is not None else node.layer
    words = f"{_escaped(node.name)}<br/>{_escaped(label)}"
    if node_id in analysis.outputs and node_id in analysis.shapes:
        words += "".join(f"<br/>{_escaped(_shown(tensor))}" for tensor in analysis.shapes[node_id].values())
    ends = node_id in analysis.inputs or node_id in analysis.outputs
    return f'(["{words}"])' if ends else f'["{words}"]'


def _shown(tensor: TensorSpec) -> str:
    return shape_comment(tensor.shape)


def _escaped(words: str) -> str:
    """Words with every sign that Mermaid or HTML might take for its own as a number."""
    return "".join(
        letter if (letter.isalnum() and letter.isascii()) or letter in _PLAIN else f"#{ord(letter)};"
        for letter in words
    )
