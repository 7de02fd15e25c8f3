"""What the real Keras says of the layers of a design, held against what our checks say."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from graph_compiler.analysis import context_of
from graph_compiler.checks import Context
from graph_compiler.document import GraphDocument, Node
from graph_compiler.shapes import has_all_wires


@dataclass(frozen=True)
class Disagreement:
    """One layer of which Keras says something else.

    Args:
        node: The node.
        layer: Its layer.
        what: "made", "accepted", "shape", "dtype" or "parameters".
        ours: What we say.
        theirs: What Keras says.
    """

    node: str
    layer: str
    what: str
    ours: Any
    theirs: Any


@dataclass
class _Built:
    """A layer as Keras has it, and what comes out of it by port."""

    layer: Any
    outputs: dict[str, Any]


def disagreements(document: GraphDocument) -> Iterator[Disagreement]:
    """Makes every layer in Keras whose inputs are known on both sides, and compares.

    Wires that are missing, too many or go round cannot be said in Keras; what lies behind a disagreement or
    behind a layer that both refuse is not looked at.
    """
    context = context_of(document)
    built: dict[str, _Built] = {}
    for node_id in context.wiring.order:
        node = document.nodes[node_id]
        instance = context.instance(node_id)
        if instance.spec is None or not has_all_wires(instance, context.wiring.incoming[node_id]):
            continue
        if not all(
            edge.source in built and edge.source_port in built[edge.source].outputs
            for edge in context.wiring.wires_into(node_id)
        ):
            continue
        found = list(_compare(context, node, built))
        yield from found
        if found:
            built.pop(node_id, None)


def _compare(context: Context, node: Node, built: dict[str, _Built]) -> Iterator[Disagreement]:
    ours = context.shapes.outputs.get(node.id)
    made = context.instance(node.id).layer is not None
    layer, error = _outcome(lambda: _made(node))
    if made != (error is None):
        problems = context.instance(node.id).problems
        yield Disagreement(
            node.id, node.layer, "made", problems[0].message if problems else "yes", error or "yes"
        )
        return
    if error is not None:
        return
    result, error = _outcome(lambda: _called(context, node, layer, built))
    if (ours is None) != (error is not None):
        said = context.shapes.failures.get(node.id)
        yield Disagreement(node.id, node.layer, "accepted", str(said or "yes"), error or "yes")
        return
    if ours is None:
        return
    tensors = keras.tree.flatten(result)
    for what, mine, theirs in (
        ("shape", [spec.shape for spec in ours.values()], [tuple(tensor.shape) for tensor in tensors]),
        ("dtype", [spec.dtype for spec in ours.values()], [str(tensor.dtype) for tensor in tensors]),
        ("parameters", context.shapes.parameters[node.id], getattr(layer, "count_params", int)()),
    ):
        if mine != theirs:
            yield Disagreement(node.id, node.layer, what, mine, theirs)
    built[node.id] = _Built(layer, dict(zip(ours, tensors, strict=False)))


def _made(node: Node) -> Any:
    """The layer in Keras, by the same arguments."""
    return getattr(keras.layers, node.layer)(**_arguments(node.params), name=node.name)


def _arguments(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _inner(value) if isinstance(value, dict) and "layer" in value else _tuples(value)
        for name, value in params.items()
    }


def _inner(value: dict[str, Any]) -> Any:
    return getattr(keras.layers, value["layer"])(**_arguments(value.get("params") or {}))


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _called(context: Context, node: Node, layer: Any, built: dict[str, _Built]) -> Any:
    spec = context.instance(node.id).spec
    assert spec is not None
    if spec.is_source:
        return layer.output
    ports: dict[str, Any] = {}
    for port in spec.inputs:
        edges = context.wiring.incoming[node.id].get(port.name, [])
        tensors = [built[edge.source].outputs[edge.source_port] for edge in edges]
        if tensors:
            ports[port.name] = tensors if port.variadic else tensors[0]
    arguments = spec.call_arguments(ports)
    first = arguments.pop(spec.inputs[0].argument)
    return layer(first, **arguments, **node.settings)


def _outcome(call: Any) -> tuple[Any, str | None]:
    """What a call gives, or the first line of what it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(), None
    except Exception as error:
        return None, f"{type(error).__name__}: {error}".partition("\n")[0][:200]
