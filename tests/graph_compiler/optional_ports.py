"""What fits at the ports of a layer that may stay unwired."""

from typing import Any

from graph_compiler.analysis import context_of
from graph_compiler.document import GraphDocument, Node
from runtime.types import Shape


def optional_shapes(document: GraphDocument, node: Node) -> dict[str, list[Shape]]:
    """Shapes without the batch by optional port, as many as there have to be wires.

    None for a node that does not accept what it needs.

    Args:
        document: The design, with all wires that the node needs.
        node: The node.
    """
    context = context_of(document)
    spec = context.instance(node.id).spec
    if spec is None or node.id not in context.shapes.outputs:
        return {}
    layer: Any = context.instance(node.id).layer
    wires = context.wiring.incoming[node.id].items()
    given = {
        port: tensor.shape for port, edges in wires if (tensor := context.shapes.at(edges[0])) is not None
    }
    match given:
        case {"inputs": inputs} if getattr(layer, "output_mode", "") == "count":
            return {"count_weights": [inputs[1:]]}
        case {"query": query, "value": value}:
            return {"key": [value[1:]], "attention_mask": [(*query[1:-1], *value[1:-1])]}
        case {"sequences": sequences}:
            parts = (
                (layer.forward_layer, layer.backward_layer) if hasattr(layer, "forward_layer") else (layer,)
            )
            states = [state for part in parts for state in part.state_shapes(sequences)]
        case _:
            return {}
    optional = [port for port in spec.inputs if port.optional]
    if optional[0].variadic:
        return {optional[0].name: states}
    return {port.name: [state] for port, state in zip(optional, states, strict=False)}
