"""What the real Keras says of the layers of a design, held against what our checks say."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import keras

from graph_compiler.analysis import context_of
from graph_compiler.checks import Context
from graph_compiler.document import GraphDocument, Node
from graph_compiler.shapes import has_all_wires
from runtime.types import Shape
from tests.graph_compiler.keras_computing import computed, shapes_and_dtypes


@dataclass(frozen=True)
class Disagreement:
    """One layer of which Keras says something else.

    Args:
        node: The node.
        layer: Its layer.
        what: "made", "accepted", "shape", "dtype" or "parameters".
        ours: What we say.
        theirs: What Keras says.
        about: The parameter, setting or port we complain of, where there is one.
        stated: Shapes and dtypes that Keras says will come out; empty where it refuses.
        computed: Those that come out of Keras when data go through the layer, or why none do.
    """

    node: str
    layer: str
    what: str
    ours: Any
    theirs: Any
    about: str = ""
    stated: list[tuple[Shape, str]] = field(default_factory=list)
    computed: list[tuple[Shape, str]] | str = ""


def _as_it_is(tensor: Any) -> Any:
    return tensor


class _Keras:
    """The part of a design that was made in Keras."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tensors: dict[tuple[str, str], Any] = {}
        self._layers: dict[str, Any] = {}

    def has_inputs_of(self, node_id: str) -> bool:
        wires = self.context.wiring.wires_into(node_id)
        return all((edge.source, edge.source_port) in self.tensors for edge in wires)

    def inputs_of(self, node_id: str) -> list[Any]:
        wires = self.context.wiring.wires_into(node_id)
        return [self.tensors[edge.source, edge.source_port] for edge in wires]

    def owner(self, node: Node) -> Node:
        return self.context.document.owner_of(node) or node

    def layer_of(self, node: Node) -> Any:
        """The layer that a node calls, under its own name: one object for all that share it."""
        owner = self.owner(node)
        if owner.id not in self._layers:
            self._layers[owner.id] = made(owner)
        return self._layers[owner.id]

    def has_called(self, node: Node) -> bool:
        return any(node.id == called for called, _ in self.tensors)

    def forget(self, node: Node) -> None:
        """A layer that failed may be built by half; the next call has a new one."""
        self._layers.pop(self.owner(node).id)

    def call(self, node: Node, layer: Any, as_input: Callable[[Any], Any] = _as_it_is, **more: Any) -> Any:
        """Calls a layer with what is wired to a node.

        Args:
            node: The node.
            layer: The layer in Keras.
            as_input: What becomes of each tensor before it goes in.
            **more: Further arguments of the call.
        """
        spec = self.context.instance(node.id).spec
        assert spec is not None
        if spec.is_source:
            return layer.output
        ports: dict[str, Any] = {}
        for port in spec.inputs:
            edges = self.context.wiring.incoming[node.id].get(port.name, [])
            tensors = [as_input(self.tensors[edge.source, edge.source_port]) for edge in edges]
            if tensors:
                ports[port.name] = tensors if port.variadic else tensors[0]
        arguments = spec.call_arguments(ports)
        first = arguments.pop(spec.inputs[0].argument)
        return layer(first, **arguments, **node.settings, **more)

    def stated(self, node: Node) -> list[tuple[Shape, str]]:
        """What Keras says will come out of a node, its layer made anew."""
        return _outcome(lambda: shapes_and_dtypes(self._called_anew(node)))[0] or []

    def computed(self, node: Node) -> list[tuple[Shape, str]] | str:
        """What comes out when data go through a node's layer, made and built anew."""
        spec = self.context.instance(node.id).spec
        if spec is None or spec.is_source:
            return ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return computed(partial(self._called_anew, node), self.inputs_of(node.id))

    def _called_anew(self, node: Node, as_input: Callable[[Any], Any] = _as_it_is, **more: Any) -> Any:
        """Calls a new layer, on what its owner is called on first."""
        owner = self.owner(node)
        calls = [owner, node] if owner is not node and self.has_called(owner) else [node]
        layer = made(owner)
        return [self.call(each, layer, as_input, **more) for each in calls][-1]


def disagreements(document: GraphDocument) -> Iterator[Disagreement]:
    """Makes every layer in Keras whose inputs are known on both sides, and compares.

    Wires that are missing, too many or go round cannot be said in Keras; what lies behind a disagreement or
    behind a layer that both refuse is not looked at.
    """
    context = context_of(document)
    theirs = _Keras(context)
    for node_id in context.wiring.order:
        node = document.nodes[node_id]
        instance = context.instance(node_id)
        if instance.spec is None or not has_all_wires(instance, context.wiring.incoming[node_id]):
            continue
        if document.owner_of(node) is None or not theirs.has_inputs_of(node_id):
            continue
        if node_id in context.shapes.misfits and not theirs.has_called(theirs.owner(node)):
            # Of two calls that want other weights Keras refuses the later one, and we that of the guest.
            continue
        for found in _compare(node, theirs):
            yield replace(found, stated=theirs.stated(node), computed=theirs.computed(node))


def _compare(node: Node, theirs: _Keras) -> Iterator[Disagreement]:
    context, shapes = theirs.context, theirs.context.shapes
    instance = context.instance(node.id)
    if theirs.owner(node) is not node and instance.layer is None:
        # What stands against the layer is said of the node that owns it.
        return
    layer, error = _outcome(lambda: theirs.layer_of(node))
    if (instance.layer is not None) != (error is None):
        problem = next(iter(instance.problems), None)
        said, about = (problem.message, problem.name) if problem else ("yes", "")
        yield Disagreement(node.id, node.layer, "made", said, error or "yes", about)
        return
    if error is not None:
        return
    ours = None if node.id in shapes.misfits else shapes.outputs.get(node.id)
    result, error = _outcome(lambda: theirs.call(node, layer))
    if error is not None:
        theirs.forget(node)
    if (ours is None) != (error is not None):
        failure = shapes.failures.get(node.id)
        said = "yes" if ours else str(failure or "the weights do not fit")
        yield Disagreement(
            node.id, node.layer, "accepted", said, error or "yes", getattr(failure, "port", "")
        )
        return
    if ours is None:
        return
    tensors = keras.tree.flatten(result)
    differences = [
        (what, mine, other)
        for what, mine, other in (
            ("shape", [spec.shape for spec in ours.values()], [tuple(tensor.shape) for tensor in tensors]),
            ("dtype", [spec.dtype for spec in ours.values()], [str(tensor.dtype) for tensor in tensors]),
            ("parameters", _parameters(node, theirs), getattr(layer, "count_params", int)()),
        )
        if mine not in (other, None)
    ]
    for what, mine, other in differences:
        yield Disagreement(node.id, node.layer, what, mine, other)
    if not differences:
        theirs.tensors |= {(node.id, port): tensor for port, tensor in zip(ours, tensors, strict=True)}


def _parameters(node: Node, theirs: _Keras) -> int | None:
    """How many numbers we say the weights hold; those of a shared layer are counted with its owner."""
    return theirs.context.shapes.parameters.get(theirs.owner(node).id)


def made(node: Node) -> Any:
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


def _outcome(call: Any) -> tuple[Any, str | None]:
    """What a call gives, or the first line of what it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(), None
    except Exception as error:
        return None, f"{type(error).__name__}: {error}".partition("\n")[0][:200]
