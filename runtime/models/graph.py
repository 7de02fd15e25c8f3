"""The layers and calls between the inputs and the outputs of a functional model, in order."""

from dataclasses import dataclass

from runtime.errors import GraphError
from runtime.layers import Layer
from runtime.symbolic import KerasTensor, Node


@dataclass(frozen=True)
class Graph:
    """A checked functional graph.

    Args:
        inputs: Symbolic tensors the data is put in for.
        outputs: Symbolic tensors that are wanted.
        nodes: The calls, each after those it needs.
        layers: The layers, in the order Keras keeps (and saves) them.
    """

    inputs: list[KerasTensor]
    outputs: list[KerasTensor]
    nodes: list[Node]
    layers: list[Layer]

    def calls_of(self, layer: Layer) -> list[Node]:
        """The calls of a layer in this graph, oldest first; a call's place here is its index in files."""
        return sorted((node for node in self.nodes if node.layer is layer), key=lambda node: node.number)


def trace_graph(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> Graph:
    """Collects what lies between inputs and outputs.

    Raises:
        GraphError: An output depends on something that is no input, or two layers share a name.
    """
    given = {id(tensor) for tensor in inputs}
    nodes: list[Node] = []
    first_seen: dict[Layer, int] = {}
    state: dict[Node, str] = {}
    # An explicit stack: a deep model must not end in Python's recursion limit.
    pending: list[tuple[KerasTensor, bool]] = [(tensor, False) for tensor in reversed(outputs)]
    while pending:
        tensor, leaving = pending.pop()
        node = _node_of(tensor)
        if leaving:
            if state[node] != "done":
                state[node] = "done"
                nodes.append(node)
            continue
        if node in state:
            continue
        state[node] = "open"
        first_seen.setdefault(node.layer, len(first_seen))
        pending.append((tensor, True))
        if id(tensor) in given:
            continue
        if not node.arguments:
            raise GraphError(
                f"The model's output depends on the Input '{tensor.name}', which is not among its inputs.",
                hint="Give it in Model(inputs=[…], outputs=…).",
            )
        pending += [(source, False) for source in reversed(node.inputs)]
    for tensor in inputs:
        if _node_of(tensor) not in state:
            nodes.insert(0, _node_of(tensor))
            first_seen.setdefault(_node_of(tensor).layer, -1)
    layers = _in_keras_order(nodes, first_seen, given)
    _refuse_equal_names(layers)
    return Graph(inputs, outputs, nodes, layers)


def _node_of(tensor: KerasTensor) -> Node:
    if tensor.node is None:
        raise GraphError(f"{tensor!r} comes from no layer.", hint="Begin with an Input.")
    return tensor.node


def _in_keras_order(nodes: list[Node], first_seen: dict[Layer, int], given: set[int]) -> list[Layer]:
    """Layers by depth, farthest from the outputs first; files are written and read in this order.

    A layer's depth is the longest way from any of its calls to an output; equal depths keep the order in
    which a walk back from the outputs meets the layers (as observed on Keras 3.15).
    """
    depth_of_node: dict[Node, int] = {}
    depth_of_layer: dict[Layer, int] = {}
    for node in reversed(nodes):
        depth = max(depth_of_node.get(node, 0), depth_of_layer.get(node.layer, 0))
        depth_of_node[node] = depth_of_layer[node.layer] = depth
        if any(id(tensor) in given for tensor in node.outputs):
            continue
        for tensor in node.inputs:
            parent = _node_of(tensor)
            depth_of_node[parent] = max(depth + 1, depth_of_node.get(parent, 0))
    return sorted(depth_of_layer, key=lambda layer: (-depth_of_layer[layer], first_seen[layer]))


def _refuse_equal_names(layers: list[Layer]) -> None:
    names: set[str] = set()
    for layer in layers:
        if layer.name in names:
            raise GraphError(
                f"Two layers of the model are called '{layer.name}'.",
                hint="Give each layer a name of its own.",
            )
        names.add(layer.name)
