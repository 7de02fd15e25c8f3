"""Keras code in Sequential style, for designs that are a chain."""

from collections.abc import Callable

from graph_compiler.analysis import Analysis
from graph_compiler.codegen.adapting import learning_nodes
from graph_compiler.codegen.expressions import WIDTH, Expression, layout
from graph_compiler.codegen.statements import as_comment
from graph_compiler.codegen.values import is_default
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec
from graph_compiler.lowering import model_name
from graph_compiler.operations import is_function
from graph_compiler.wiring import Wiring
from runtime.types import Shape

_INDENT = 8


def is_chain(document: GraphDocument, analysis: Analysis) -> bool:
    """True if every layer takes one tensor, that of the layer before, and gives one.

    Layers that are called twice, that learn from data or that are called with settings want variables of
    their own, so that a design with them is written in functional style.
    """
    if len(analysis.inputs) != 1 or len(analysis.outputs) != 1 or learning_nodes(document, analysis):
        return False
    wiring = Wiring(document)
    return all(
        len(wiring.outgoing[node_id]) <= 1
        and len(list(wiring.wires_into(node_id))) <= 1
        and len(analysis.shapes[node_id]) == 1
        and _is_plain(document.nodes[node_id])
        for node_id in analysis.order
    )


def _is_plain(node: Node) -> bool:
    spec = find_spec(node.layer)
    if spec is None or is_function(spec) or node.shares is not None:
        return False
    needed = [port for port in spec.inputs if not port.optional]
    if len(needed) > 1 or any(port.variadic or port.part is not None for port in needed):
        return False
    return all(is_default(one, node.settings[one.name]) for one in spec.settings if one.name in node.settings)


def sequential_model(
    document: GraphDocument,
    analysis: Analysis,
    made: Callable[[Node], Expression],
    shown: Callable[[Shape], str],
) -> list[str]:
    """The statements that make a chain of layers into a model.

    Args:
        document: A design that is a chain.
        analysis: What is known of it.
        made: Writes a layer.
        shown: Writes a shape.
    """
    lines = [
        "# The layers, one behind the other; behind each, the shape that comes out of it.",
        "model = keras.Sequential(",
        "    [",
    ]
    for node_id in analysis.order:
        node = document.nodes[node_id]
        lines += as_comment(node.note, _INDENT)
        code = layout(made(node), _INDENT, _INDENT, 1)
        shape = shown(next(iter(analysis.shapes[node_id].values())).shape)
        whole = f"{' ' * _INDENT}{code},  # {shape}"
        if "\n" not in code and len(whole) <= WIDTH:
            lines.append(whole)
        else:
            lines += [f"{' ' * _INDENT}# {shape}", *f"{' ' * _INDENT}{code},".split("\n")]
    return [*lines, "    ],", f'    name="{model_name(document)}",', ")", "model.summary()"]
