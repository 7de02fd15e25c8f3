"""The part of a generated program that lets layers learn from the data before training."""

from collections.abc import Collection, Sequence

from graph_compiler.analysis import Analysis
from graph_compiler.codegen.data_snippet import DataSnippet
from graph_compiler.codegen.expressions import Expression, call, called, keyword, layout, list_of, text
from graph_compiler.codegen.values import literal
from graph_compiler.codegen.variables import Variables
from graph_compiler.document import GraphDocument
from graph_compiler.document.naming import is_reserved_variable
from graph_compiler.instances import instance_of
from graph_compiler.wiring import Wiring
from runtime.layers.learning import learner

LEARNT_ROWS = "rows"
"""Variable of the program: how many rows layers learn from."""


def learning_nodes(document: GraphDocument, analysis: Analysis) -> list[str]:
    """The nodes whose layers learn from the data, in the order the data flow through them."""
    nodes = document.nodes
    return [node_id for node_id in analysis.order if learner(instance_of(nodes[node_id]).layer)]


def layer_variables(
    document: GraphDocument, node_ids: Sequence[str], taken: Collection[str]
) -> dict[str, str]:
    """A variable for the layer of each of these nodes, by node."""
    used = set(taken)
    variables: dict[str, str] = {}
    for node_id in node_ids:
        name = f"{document.nodes[node_id].name}_layer"
        while name in used or is_reserved_variable(name):
            name += "_"
        used.add(name)
        variables[node_id] = name
    return variables


def rows_to_learn_from(document: GraphDocument, data: DataSnippet) -> list[str]:
    """Says how many rows are not kept for validation, as Keras counts them."""
    split = document.training.validation_split
    if not split:
        return []
    return [
        "# Layers that learn from the data do so without the rows kept for validation.",
        f"{LEARNT_ROWS} = int(len({data.x_train[0]}) * (1 - {split!r}))",
    ]


def adapted(
    layer: str,
    node_id: str,
    document: GraphDocument,
    analysis: Analysis,
    variables: Variables,
    data: DataSnippet,
) -> list[str]:
    """The statements that adapt a layer: to the data, or to what the part before it makes of them.

    Args:
        layer: The layer's variable.
        node_id: Its node.
        document: The design.
        analysis: What is known of it.
        variables: Variables of the tensors.
        data: Where the data are.
    """
    arrays = dict(zip(analysis.inputs, data.x_train, strict=False))
    wiring = Wiring(document)
    edge = next(iter(wiring.wires_into(node_id)))
    if edge.source in arrays:
        seen = _rows(document, arrays[edge.source])
    else:
        before = _inputs_before(node_id, analysis, wiring)
        tensors = [text(variables[key, next(iter(analysis.shapes[key]))]) for key in before]
        given = [_rows(document, arrays[key]) for key in before]
        part = call("keras.Model", [_one_or_list(tensors), text(variables[edge.source, edge.source_port])])
        predict: Expression = (*part, ".predict")
        seen = called(predict, [_one_or_list(given), keyword("verbose", literal(0))])
    made = learner(instance_of(document.nodes[node_id]).layer)
    first, *others = made.adapt_calls if made is not None else ("adapt",)
    return [layout(call(f"{layer}.{first}", [seen])), *(f"{layer}.{method}()" for method in others)]


def _rows(document: GraphDocument, array: str) -> Expression:
    return text(f"{array}[:{LEARNT_ROWS}]" if document.training.validation_split else array)


def _inputs_before(node_id: str, analysis: Analysis, wiring: Wiring) -> list[str]:
    """The inputs of the model that lead to a node."""
    found: set[str] = set()
    pending = [node_id]
    while pending:
        for edge in wiring.wires_into(pending.pop()):
            if edge.source not in found:
                found.add(edge.source)
                pending.append(edge.source)
    return [key for key in analysis.inputs if key in found]


def _one_or_list(items: list[Expression]) -> Expression:
    return items[0] if len(items) == 1 else list_of(items)
