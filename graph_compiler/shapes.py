"""Shapes along the wires: what comes out of every port, the unknown batch carried through.

A small interpreter over the graph in order. A node that cannot say what comes out of it is *broken*; what
lies behind it is not wrong, it *waits* for the broken one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graph_compiler.document import Edge, GraphDocument, Node
from graph_compiler.instances import Instance, find_spec, instance_of
from graph_compiler.operations import unwrapped
from graph_compiler.parameter_count import count_parameters, outline
from graph_compiler.wiring import Wiring
from runtime.errors import LayerloomError, ShapeError
from runtime.layers import Layer
from runtime.types import Shape, TensorSpec

PortSpecs = tuple[tuple[str, TensorSpec | tuple[TensorSpec, ...]], ...]
"""What goes into a layer: port name and tensor, or the tensors of a port that takes several."""

_REMEMBERED = 8192


@dataclass(frozen=True)
class Outcome:
    """What a layer makes of its inputs.

    Args:
        outputs: Shape and dtype by output port; empty when it fails.
        parameters: How many numbers its weights hold.
        error: Why it fails.
    """

    outputs: Mapping[str, TensorSpec]
    parameters: int = 0
    error: LayerloomError | None = None


@dataclass
class Shapes:
    """What is known of every node.

    Args:
        instances: The layer of each node.
        outputs: Shape and dtype by node and output port, where known.
        inputs: What goes into each node whose inputs are all known.
        parameters: How many numbers the weights of a node hold, where known.
        failures: Why a layer refuses its inputs, by node.
        broken: Nodes that cannot say what comes out of them, for a reason of their own.
        waiting: Nodes that wait for a broken one, and for which.
        misfits: Nodes that share the layer of another, whose weights do not fit what comes in here.
    """

    instances: dict[str, Instance] = field(default_factory=dict[str, Instance])
    outputs: dict[str, Mapping[str, TensorSpec]] = field(default_factory=dict[str, Mapping[str, TensorSpec]])
    inputs: dict[str, PortSpecs] = field(default_factory=dict[str, PortSpecs])
    parameters: dict[str, int] = field(default_factory=dict[str, int])
    failures: dict[str, LayerloomError] = field(default_factory=dict[str, LayerloomError])
    broken: set[str] = field(default_factory=set[str])
    waiting: dict[str, str] = field(default_factory=dict[str, str])
    misfits: dict[str, str] = field(default_factory=dict[str, str])

    def at(self, edge: Edge) -> TensorSpec | None:
        """What flows through a wire, if known."""
        return self.outputs.get(edge.source, {}).get(edge.source_port)


def propagate(wiring: Wiring) -> Shapes:
    """Finds what comes out of every node.

    Args:
        wiring: The wires of the document.

    Returns:
        What is known; every node is in exactly one of outputs, broken and waiting.
    """
    document = wiring.document
    nodes = document.nodes
    shapes = Shapes(instances={key: _instance_in(document, node) for key, node in nodes.items()})
    for loop in wiring.loops:
        shapes.broken.add(loop.edge.target)
    for node_id in wiring.order:
        _visit(nodes[node_id], wiring, shapes)
    _wait_behind_loops(wiring, shapes)
    _count_shared_once(wiring, shapes)
    return shapes


def _instance_in(document: GraphDocument, node: Node) -> Instance:
    """The layer of a node; none at all where the node shares one that is gone."""
    owner = document.owner_of(node)
    if owner is None:
        return Instance(find_spec(node.layer), None, (), (), (node.layer, node.name, "{}"))
    return instance_of(node, owner)


def has_all_wires(instance: Instance, ports: Mapping[str, list[Edge]]) -> bool:
    """True if every input port has the wires it needs, and there is no wire to another port."""
    spec = instance.spec
    if spec is None or any(spec.port(name) is None for name in ports):
        return False
    if incomplete_argument(instance, ports):
        return False
    return all(
        (port.optional or ports.get(port.name)) and (port.variadic or len(ports.get(port.name, ())) <= 1)
        for port in spec.inputs
    )


def incomplete_argument(instance: Instance, ports: Mapping[str, list[Edge]]) -> tuple[str, ...]:
    """The unwired ports of an argument that is made of several ports, some of which are wired.

    A recurrent layer, for instance, starts from all of its states or from none.
    """
    wired: set[str] = set()
    for port in instance.spec.inputs if instance.spec else ():
        if port.part is not None and ports.get(port.name):
            wired.add(port.argument)
    return tuple(
        port.name
        for port in (instance.spec.inputs if instance.spec else ())
        if port.argument in wired and not ports.get(port.name)
    )


def _visit(node: Node, wiring: Wiring, shapes: Shapes) -> None:
    instance = shapes.instances[node.id]
    ports = wiring.incoming[node.id]
    owner = wiring.document.owner_of(node)
    if owner is not None and owner is not node and instance.layer is None and not instance.problems:
        shapes.waiting[node.id] = owner.id
        return
    if owner is None or instance.spec is None or instance.layer is None or not has_all_wires(instance, ports):
        shapes.broken.add(node.id)
        return
    for edge in wiring.wires_into(node.id):
        if shapes.at(edge) is None:
            shapes.waiting[node.id] = shapes.waiting.get(edge.source, edge.source)
            return
    given: PortSpecs = tuple(
        (
            port.name,
            tuple(shapes.outputs[edge.source][edge.source_port] for edge in ports[port.name])
            if port.variadic
            else shapes.outputs[ports[port.name][0].source][ports[port.name][0].source_port],
        )
        for port in instance.spec.inputs
        if ports.get(port.name)
    )
    shapes.inputs[node.id] = given
    outcome = outcome_of(instance, given)
    if outcome.error is not None:
        shapes.failures[node.id] = outcome.error
        shapes.broken.add(node.id)
        return
    shapes.outputs[node.id] = outcome.outputs
    shapes.parameters[node.id] = outcome.parameters


def _count_shared_once(wiring: Wiring, shapes: Shapes) -> None:
    """A layer that is called several times has its weights once; calls that do not fit them are noted."""
    nodes = wiring.document.nodes
    for node_id in [key for key in shapes.parameters if nodes[key].shares]:
        owner = wiring.document.owner_of(nodes[node_id])
        instance = shapes.instances[node_id]
        if owner is not None and owner.id in shapes.parameters:
            built_for, given = shapes.inputs[owner.id], shapes.inputs[node_id]
            as_many = shapes.parameters[owner.id] == shapes.parameters[node_id]
            kind = instance.kind or instance
            if built_for != given and not (as_many and _fits_weights(kind, built_for, given)):
                shapes.misfits[node_id] = owner.id
        shapes.parameters[node_id] = 0


def _wait_behind_loops(wiring: Wiring, shapes: Shapes) -> None:
    """What stands in or behind a loop waits for the node where the loop's newest wire ends."""
    for loop in wiring.loops:
        pending = [loop.edge.target]
        while pending:
            for edge in wiring.outgoing[pending.pop()]:
                known = (shapes.broken, shapes.waiting, shapes.outputs)
                if not any(edge.target in table for table in known):
                    shapes.waiting[edge.target] = loop.edge.target
                    pending.append(edge.target)


def outcome_of(instance: Instance, given: PortSpecs) -> Outcome:
    """What a layer makes of its inputs: the same for all of its kind, but a message names the layer.

    Args:
        instance: The layer, which can be made.
        given: What goes into its ports, in their order.
    """
    if instance.kind is not None:
        outcome = _computed(instance.kind, given)
        if outcome.error is None:
            return outcome
    return _computed(instance, given)


@lru_cache(_REMEMBERED)
def _computed(instance: Instance, given: PortSpecs) -> Outcome:
    layer = _unshared(instance) if instance.kind is None else instance.make()
    ports = _ports(layer, given)
    try:
        outputs = (
            layer.output_spec(ports, instance.settings) if instance.settings else layer.output_spec(ports)
        )
        parameters = _count(instance, shapes_by_port(ports))
    except LayerloomError as error:
        return Outcome({}, error=error.with_traceback(None))
    except Exception as error:
        return Outcome({}, error=ShapeError(f"{layer.label} fails on this input: {error}."))
    return Outcome(outputs, parameters)


@lru_cache(_REMEMBERED)
def _fits_weights(instance: Instance, built_for: PortSpecs, given: PortSpecs) -> bool:
    """True if a layer whose weights are made for one input takes another."""
    layer = instance.make()
    try:
        outline(layer, shapes_by_port(_ports(layer, built_for)))
        layer.output_spec(_ports(layer, given), instance.settings)
    except Exception:
        return False
    return True


def _ports(layer: Layer, given: PortSpecs) -> dict[str, TensorSpec | list[TensorSpec]]:
    tensors = {name: list(spec) if isinstance(spec, tuple) else spec for name, spec in given}
    return unwrapped(type(layer), tensors)


def _unshared(instance: Instance) -> Layer:
    """The shared layer if it can say its shapes as it is; a new one if it has to be built for that."""
    shared = instance.layer
    if shared is not None and type(shared).compute_output_shape is not Layer.compute_output_shape:
        return shared
    return instance.make()


def _count(instance: Instance, shapes: Mapping[str, Shape | list[Shape]]) -> int:
    """How many numbers the weights hold; a layer that makes none need not be made for that."""
    shared = instance.layer
    if shared is not None and type(shared).build is Layer.build and not shared.sublayers:
        return 0
    return count_parameters(instance.make(), shapes)


def shapes_by_port(ports: Mapping[str, TensorSpec | list[TensorSpec]]) -> dict[str, Shape | list[Shape]]:
    """Only the shapes of what goes into a layer."""
    return {
        name: [item.shape for item in spec] if isinstance(spec, list) else spec.shape
        for name, spec in ports.items()
    }
