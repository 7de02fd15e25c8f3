"""Rules about layers and wires, before any shape is looked at."""

from collections.abc import Iterator

from graph_compiler.checks.mending import fitting, values, wires
from graph_compiler.checks.rule import Context, Rule
from graph_compiler.findings import Finding
from graph_compiler.shapes import incomplete_argument


class UnknownLayer(Rule):
    """The design has a layer this program does not know.

    It may come from a file of a newer version, or the name may be misspelt. Nothing can be computed behind
    it. Replace it by a layer of the palette.
    """

    code = "NN101"
    title = "Unknown layer"
    mending = (values.nearest_layer, wires.delete_or_take_out)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each node whose layer is not in the registry."""
        for node_id, instance in context.shapes.instances.items():
            for problem in instance.problems:
                if problem.kind == "unknown_layer":
                    yield self.finding(problem.message, problem.hint, node=node_id)


class MissingInput(Rule):
    """Some inputs of the layer have a wire, but one that it cannot do without has none.

    Each dot on the left of a layer is an input. Layers such as attention need several: draw a wire to each
    that is not marked as optional.
    """

    code = "NN102"
    title = "An input has no wire"
    mending = (wires.connect_from, wires.delete_or_take_out)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each unwired port of a node that is wired in part."""
        for node_id, instance in context.shapes.instances.items():
            ports = context.wiring.incoming[node_id]
            if instance.spec is None or not any(instance.spec.port(name) for name in ports):
                continue
            for port in instance.spec.inputs:
                if not port.optional and not ports.get(port.name):
                    yield self.finding(
                        f"{context.called(node_id)} has no wire at its input '{port.name}'.",
                        f"Draw a wire to '{port.name}'." + (f" It takes: {port.help}" if port.help else ""),
                        node=node_id,
                        port=port.name,
                    )


class IncompleteState(Rule):
    """Several inputs belong together, and only some of them have a wire.

    A recurrent layer starts from all of its states or from none: wire the others too, or delete the wire.
    """

    code = "NN114"
    title = "Inputs that belong together"
    mending = (wires.connect_from, wires.delete_companions)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each unwired port whose companions are wired."""
        for node_id, instance in context.shapes.instances.items():
            ports = context.wiring.incoming[node_id]
            for name in incomplete_argument(instance, ports):
                yield self.finding(
                    f"{context.called(node_id)} has no wire at '{name}', but at the inputs that go with it.",
                    "Wire all of them or none.",
                    node=node_id,
                    port=name,
                )


class NothingFlowsIn(Rule):
    """No wire leads to the layer, so no data ever reaches it.

    Data enters a model at its Input and flows along the wires. Draw a wire from the Input, or from a layer
    behind it, to this layer; or delete the layer if it is left over.
    """

    code = "NN103"
    title = "Not reached from any input"
    mending = (wires.connect_from, wires.delete_or_take_out)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each node that needs an input and has no wire at all."""
        for node_id, instance in context.shapes.instances.items():
            spec = instance.spec
            if spec is None or spec.is_source:
                continue
            if any(spec.port(name) for name in context.wiring.incoming[node_id]):
                continue
            yield self.finding(
                f"Nothing flows into {context.called(node_id)}: no wire leads to it.",
                "Draw a wire to it from an Input or from a layer behind one, or delete it.",
                node=node_id,
                port=spec.inputs[0].name,
            )


class Cycle(Rule):
    """Following the wires leads back to the start: each layer waits for the other, and none can begin.

    A network is computed once from its inputs to its outputs, so wires may branch and join but never go
    round. To feed something back over time use a recurrent layer. Delete one wire of the loop; the newest
    is named.
    """

    code = "NN104"
    title = "The wires go round"
    mending = (wires.cut_loop,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each wire that has to be cut, at the node where it ends."""
        nodes = context.document.nodes
        for loop in context.wiring.loops:
            way = [nodes[key].name for key in loop.nodes]
            yield self.finding(
                f"The wires go round: {' → '.join([*way, way[0]])}.",
                f"Delete the wire from '{way[-1]}' to '{way[0]}'.",
                node=loop.edge.target,
                port=loop.edge.target_port,
            )


class PortFull(Rule):
    """Two wires end at an input that takes one.

    Most layers compute with one tensor. To bring several together, put a layer between that
    takes any number of wires: one that adds or concatenates them.
    """

    code = "NN105"
    title = "Too many wires at one input"
    mending = (wires.delete_extra_wires, wires.join_wires)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each overfull port."""
        for node_id, ports in context.wiring.incoming.items():
            spec = context.instance(node_id).spec
            for name, edges in ports.items():
                port = spec.port(name) if spec else None
                if port is not None and not port.variadic and len(edges) > 1:
                    sources = [context.document.nodes[edge.source].name for edge in edges]
                    yield self.finding(
                        f"{context.called(node_id)} takes one wire at '{name}', but {len(edges)} end there "
                        f"(from {', '.join(map(repr, sources))}).",
                        "Keep one of them, or join them by a merging layer in front of it.",
                        node=node_id,
                        port=name,
                    )


class UnknownPort(Rule):
    """A wire begins or ends at a port the layer does not have.

    Some ports come and go with a parameter: switched off, the wires that used them hang in the air. Switch
    it on again, or delete the wire.
    """

    code = "NN106"
    title = "A wire to a port that is not there"
    mending = (fitting.switch_parameters, wires.delete_wires_of_port)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each loose end."""
        nodes = context.document.nodes
        for edge in context.document.edges.values():
            source, target = context.instance(edge.source), context.instance(edge.target)
            if target.spec is not None and target.spec.port(edge.target_port) is None:
                names = [port.name for port in target.spec.inputs]
                yield self.finding(
                    f"{context.called(edge.target)} has no input '{edge.target_port}', "
                    f"but a wire from '{nodes[edge.source].name}' ends there.",
                    f"Its inputs are: {', '.join(names)}."
                    if names
                    else "It takes no wires: delete this one.",
                    node=edge.target,
                    port=edge.target_port,
                )
            outputs = context.shapes.outputs.get(edge.source, source.outputs)
            if source.layer is not None and edge.source_port not in outputs:
                yield self.finding(
                    f"{context.called(edge.source)} has no output '{edge.source_port}', "
                    f"but a wire to '{nodes[edge.target].name}' begins there.",
                    f"Its outputs are: {', '.join(outputs)}. Delete the wire, or switch that output on.",
                    node=edge.source,
                    port=edge.source_port,
                )


class SingleMerge(Rule):
    """A layer that joins several tensors gets only one.

    It hands the one on unchanged. Either a wire is missing, or the layer can be deleted.
    """

    code = "NN113"
    severity = "warning"
    title = "Merging one tensor"
    mending = (fitting.take_out_itself,)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for each port for many wires that has one."""
        for node_id, ports in context.wiring.incoming.items():
            spec = context.instance(node_id).spec
            for port in spec.inputs if spec else ():
                alone = port.variadic and not port.optional and len(ports.get(port.name, ())) == 1
                if alone and node_id in context.shapes.outputs:
                    yield self.finding(
                        f"{context.called(node_id)} joins tensors, but only one wire ends at '{port.name}'.",
                        "Draw the other wires, or delete the layer.",
                        node=node_id,
                        port=port.name,
                    )
