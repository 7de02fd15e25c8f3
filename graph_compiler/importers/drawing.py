"""From steps to a document: names, ids, wires, frames, and places on the canvas."""

from collections import Counter
from dataclasses import dataclass

from graph_compiler.document import CompileSettings, Edge, GraphDocument, Group, Node
from graph_compiler.document.naming import name_problem, propose_name
from graph_compiler.importers.steps import Step, Steps, Tensor
from graph_compiler.instances import find_spec
from graph_compiler.layout import laid_out
from graph_compiler.operations import PREFIX, uses_functions
from graph_compiler.shapes import propagate
from graph_compiler.wiring import Wiring
from runtime.layers import layer_names


@dataclass(frozen=True)
class Drawing:
    """A document, and which node stands for which layer.

    Args:
        document: The document.
        owners: Path of a layer in the model → the name of the node that owns its weights.
        remarks: What a person should know.
    """

    document: GraphDocument
    owners: dict[tuple[str, ...], str]
    remarks: tuple[str, ...]


def drawn(found: Steps, compile_settings: CompileSettings) -> Drawing:
    """Makes the document of a model.

    Args:
        found: The model as steps.
        compile_settings: How it learns.
    """
    _reach_back(found)
    _mark_ends(found)
    names = _names(found)
    order = _order(found)
    nodes = [_node(number, found, names) for number in order]
    edges = _edges(found, order)
    groups = {
        f"g_{place}": Group(id=f"g_{place}", title=frame.title[:200], nodes=tuple(map(_id, frame.steps)))
        for place, frame in enumerate(found.frames)
    }
    document = GraphDocument(
        name=found.name,
        nodes={node.id: node for node in nodes},
        edges={edge.id: edge for edge in edges},
        groups=groups,
        compile=compile_settings,
    )
    owners = {
        step.path: names[number]
        for number, step in enumerate(found.steps)
        if step.shares is None and number in set(order)
    }
    document = _with_known_ports(document)
    return Drawing(laid_out(document), owners, tuple(found.remarks))


def _with_known_ports(document: GraphDocument) -> GraphDocument:
    """The wires at the outputs that functions have: how many come out is known only where the shapes are."""
    while uses_functions(document):
        outputs = propagate(Wiring(document)).outputs
        moved: dict[str, Edge] = {}
        for edge in document.edges.values():
            if not document.nodes[edge.source].layer.startswith(PREFIX):
                continue
            ports = list(outputs.get(edge.source, ()))
            place = int(edge.source_port.removeprefix("output").strip("_") or 0)
            if place < len(ports):
                moved[edge.id] = edge.model_copy(update={"source_port": ports[place]})
        after = document.model_copy(update={"edges": {**document.edges, **moved}})
        if after == document:
            break
        document = after
    return document


def passing_layer() -> str:
    """Name of the layer that passes its input on as it is."""
    specs = (find_spec(name) for name in layer_names())
    return next(
        spec.name
        for spec in specs
        if spec and spec.cls.identity_in_inference and not spec.params and len(spec.inputs) == 1
    )


def _reach_back(found: Steps) -> None:
    """Steps that lead to no output are left out: only their frames and wires need to know."""
    needed: set[int] = set(found.inputs)
    pending = [tensor.step for tensor in found.outputs]
    while pending:
        number = pending.pop()
        if number in needed and number not in found.inputs:
            continue
        needed.add(number)
        step = found.steps[number]
        pending += [t.step for tensors in step.ports.values() for t in tensors if t.step not in needed]
    for number in sorted(needed):
        _take_over(found, number, needed)
    lost = [step for number, step in enumerate(found.steps) if number not in needed]
    if lost:
        shown = ", ".join("/".join(step.path) for step in lost[:5])
        found.remark(f"{len(lost)} layers lead to no output of the model and were left out: {shown}.")
        for number in range(len(found.steps)):
            if number not in needed:
                found.steps[number].path = ()


def _take_over(found: Steps, number: int, needed: set[int]) -> None:
    """Where the call that owns a layer leads nowhere, the next call of the layer owns it."""
    step = found.steps[number]
    owner = step.shares
    if owner is None or owner in needed:
        return
    for other in found.steps:
        if other.shares == owner:
            other.shares = number
    step.params, step.shares = found.steps[owner].params, None
    found.steps[owner].shares = number


def _mark_ends(found: Steps) -> None:
    """Outputs of a document are nodes that feed no other: other outputs get such a node behind them."""
    used = {t.step for step in found.steps if step.path for tensors in step.ports.values() for t in tensors}
    times = Counter(tensor.step for tensor in found.outputs)
    for place, tensor in enumerate(found.outputs):
        step = found.steps[tensor.step]
        plain = tensor.output == 0 and tensor.step not in used and times[tensor.step] == 1
        if plain and tensor.step not in found.inputs:
            continue
        name = f"{step.path[-1]}_output"
        end = Step((*step.path[:-1], name), passing_layer(), ports={"inputs": [tensor]})
        found.outputs[place] = Tensor(found.add(end))
        found.remark(
            f"'{'/'.join(step.path)}' is an output of the model and feeds other layers, or is one of "
            "several outputs of its layer: a layer that passes it on stands behind it."
        )


def _names(found: Steps) -> dict[int, str]:
    """A name for each step: its own where that can be, with the models it is in before it."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    # Layers of the outermost model come first: they keep their names whatever stands inside of others.
    for number in sorted(range(len(found.steps)), key=lambda number: _claim(found.steps[number])):
        step = found.steps[number]
        if not step.path:
            continue
        wanted = "_".join(step.path)
        name = wanted
        if wanted in taken or name_problem(wanted):
            name = propose_name(wanted, taken)
        if name_problem(wanted) and step.shares is None:
            found.remark(f"'{'/'.join(step.path)}' is called '{name}' here: {name_problem(wanted)}.")
        taken.add(name)
        names[number] = name
    return names


def _claim(step: Step) -> tuple[bool, int]:
    return step.shares is not None, len(step.path)


def _order(found: Steps) -> list[int]:
    """Inputs as the model lists them, layers as they are called, outputs as the model lists them."""
    ends = list(dict.fromkeys(t.step for t in found.outputs))
    apart = {*found.inputs, *ends}
    between = [n for n, step in enumerate(found.steps) if step.path and n not in apart]
    return [*found.inputs, *between, *(n for n in ends if n not in found.inputs)]


def _node(number: int, found: Steps, names: dict[int, str]) -> Node:
    step = found.steps[number]
    return Node(
        id=_id(number),
        layer=step.layer,
        name=names[number],
        params=step.params,
        settings=step.settings,
        shares=None if step.shares is None else _id(step.shares),
        locked=step.locked,
    )


def _edges(found: Steps, order: list[int]) -> list[Edge]:
    edges: list[Edge] = []
    for number in order:
        for port, tensors in found.steps[number].ports.items():
            for slot, tensor in enumerate(tensors):
                edges.append(
                    Edge(
                        id=f"e_{len(edges)}",
                        source=_id(tensor.step),
                        source_port=found.steps[tensor.step].port_of(tensor.output),
                        target=_id(number),
                        target_port=port,
                        slot=slot,
                    )
                )
    return edges


def _id(number: int) -> str:
    return f"n_{number}"
