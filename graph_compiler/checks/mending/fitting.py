"""Quick fixes where a tensor does not fit: a layer between, a layer less, a parameter of one before.

Nothing is known here of any layer. Layers say themselves whether they can stand between two others
(`Layer.between`), and parameters which values they take; what does not help is sorted out by trying.
"""

import math
from collections.abc import Iterator
from typing import Any

from graph_compiler.checks.mending.drawing import append, insert, new_node, replace, take_out
from graph_compiler.checks.rule import Context
from graph_compiler.document import AddNode, Edge, Node, SetParam
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.instances import find_spec
from runtime.layers.registration import registry
from runtime.layers.spec import LayerSpec
from runtime.types import Shape, TensorSpec, show_shape

_FAR = 6
"""How many layers upstream a parameter is looked for."""
_LAYOUTS = ("data_format",)
"""Parameters that say how the data lie, which no mistake is mended by."""
_MOST_AXES = 5


def insert_layers(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A layer of the registry between the node and what comes in."""
    if finding.node_id is None:
        return
    target = context.document.nodes[finding.node_id]
    for wanted in (False, True):
        for edge in wires_in(context, finding):
            given = context.shapes.at(edge)
            if given is None:
                continue
            forms = _wanted(context, edge, given) if wanted else _any_row(context, edge, given)
            for spec, params in bridges(given, forms):
                yield QuickFix(
                    f"Put {described(spec, params)} before '{target.name}'",
                    insert(context.document, edge, spec, _for_data(context, params)),
                )


def insert_for_ids(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Before the node a layer that makes something else of whole numbers."""
    for fix in insert_layers(context, finding):
        added = next((edit.node for edit in fix.edits if isinstance(edit, AddNode)), None)
        spec = find_spec(added.layer) if added is not None else None
        if spec is not None and any(port.whole for port in spec.inputs):
            yield fix


def replace_before(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Another layer in the place of one before the node."""
    for edge in wires_in(context, finding):
        old = _in_use(context, edge.source)
        wires = list(context.wiring.wires_into(old.id))
        given = context.shapes.at(wires[0]) if len(wires) == 1 else None
        for spec, params in bridges(given, [None]) if given is not None else ():
            # What has weights was put there to learn something.
            if spec.name != old.layer and not context.shapes.parameters.get(old.id):
                node = new_node(context.document, spec, params, old.x, old.y)
                edits = replace(context.document, old, node.model_copy(update={"id": old.id}))
                yield QuickFix(f"Put {described(spec, params)} in the place of '{old.name}'", edits)


def append_layers(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A layer behind the node, so that the answers have the shape of those in the data."""
    if finding.node_id is None:
        return
    port, given = next(iter(context.shapes.outputs.get(finding.node_id, {}).items()), ("", None))
    if given is None:
        return
    name = context.document.nodes[finding.node_id].name
    for spec, params in bridges(given, [*_answers(context, given)]):
        edits = append(context.document, finding.node_id, port, spec, params)
        yield QuickFix(f"Put {described(spec, params)} behind '{name}'", edits)


def append_layers_at_end(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The same behind the outputs of the model."""
    del finding
    for node_id in context.outputs:
        given = context.output_spec(node_id)
        if given is not None:
            forms = _answers(context, given) or [(*given.shape[:-1], 1)]
            name = context.document.nodes[node_id].name
            for spec, params in bridges(given, [*forms]):
                port = next(iter(context.shapes.outputs[node_id]))
                edits = append(context.document, node_id, port, spec, params)
                yield QuickFix(f"Put {described(spec, params)} behind '{name}'", edits)


def take_out_before(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """One of the layers before the node less."""
    for edge in wires_in(context, finding):
        node = _in_use(context, edge.source)
        edits = take_out(context.wiring, node.id)
        if edits is not None:
            yield QuickFix(f"Take '{node.name}' out", edits)


def take_out_itself(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The layer less; its neighbours are joined."""
    edits = take_out(context.wiring, finding.node_id) if finding.node_id else None
    if finding.node_id is not None and edits is not None:
        yield QuickFix(f"Take '{context.document.nodes[finding.node_id].name}' out", edits)


def switch_parameters(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Another value for a switch or a choice: of the node, then of layers before it."""
    for node in _node_and_upstream(context, finding):
        spec = find_spec(node.layer)
        for param in spec.params if spec else ():
            if param.name in _LAYOUTS:
                continue
            now = node.params.get(param.name, param.default)
            values: tuple[Any, ...] = (not now,) if param.kind == "bool" else ()
            if param.kind == "choice":
                values = tuple(choice for choice in param.choices if choice != now)
            for value in values:
                yield set_param(node, param.name, value)


def match_sizes(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """For each layer before the node the number of features that another wire brings."""
    wires = [(edge, context.shapes.at(edge)) for edge in wires_in(context, finding)]
    sizes = dict.fromkeys(given.shape[-1] for _, given in wires if given is not None and given.shape)
    for edge, given in wires:
        for size in sizes:
            if given is not None and size is not None and given.shape[-1] != size:
                yield from resize(context, edge.source, size)


def shrink_windows(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Smaller windows, of the node and of layers before it."""
    for node in _node_and_upstream(context, finding):
        spec = find_spec(node.layer)
        for param in spec.params if spec else ():
            now = node.params.get(param.name, param.default)
            if param.kind != "size" or now is None:
                continue
            numbers = now if isinstance(now, list | tuple) else [now]
            largest = max((number for number in numbers if isinstance(number, int)), default=0)
            for size in (3, 2, 1):
                if size < largest:
                    yield set_param(node, param.name, size)


def resize(context: Context, node_id: str, size: int) -> Iterator[QuickFix]:
    """Another number of features out of a node, or of the node they come through it from."""
    for node in _upstream(context, node_id):
        spec = find_spec(node.layer)
        if spec is None or node.bypassed:
            continue
        numbers = [param for param in spec.params if param.required and param.kind == "int"]
        for param in numbers:
            if node.params.get(param.name) != size:
                yield set_param(node, param.name, size)
        if numbers:
            return


def set_param(node: Node, param: str, value: Any) -> QuickFix:
    """One parameter of one layer."""
    shown = "yes" if value is True else "no" if value is False else repr(value)
    words = f"Set {param} of '{node.name}' to {shown}"
    return QuickFix(words, (SetParam(node=node.id, param=param, value=value),))


def wires_in(context: Context, finding: Finding) -> list[Edge]:
    """The wires into the port of a finding, or into its node."""
    if finding.node_id is None:
        return []
    ports = context.wiring.incoming[finding.node_id]
    return ports.get(finding.port or "") or list(context.wiring.wires_into(finding.node_id))


def bridges(given: TensorSpec, forms: list[Shape | None]) -> Iterator[tuple[LayerSpec, dict[str, Any]]]:
    """Layers that make one of these forms of a tensor, with their parameters."""
    for form in forms:
        for name in registry.names():
            spec = find_spec(name)
            between = getattr(spec.cls, "between", None) if spec is not None else None
            params = between(given, form) if between is not None else None
            if spec is not None and params is not None and spec.group:
                yield spec, params


def described(spec: LayerSpec, params: dict[str, Any]) -> str:
    """A layer with its parameters in words: "a Dense with units 8"."""
    numbers = " and ".join(f"{name} {_short(value)}" for name, value in params.items())
    article = "an" if spec.label[0] in "AEIO" else "a"
    return f"{article} {spec.label} with {numbers}" if numbers else f"{article} {spec.label}"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return show_shape((0, *value)).partition(" × ")[2]
    return f"1/{round(1 / value)}" if isinstance(value, float) and 0 < value < 1 else str(value)


def _for_data(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """With as many different ids as the data have, where ids are counted."""
    known = context.data.vocabulary if context.data else None
    return params | {"input_dim": known} if known and "input_dim" in params else params


def _any_row(context: Context, edge: Edge, given: TensorSpec) -> list[Shape | None]:
    """Whatever a layer makes of it; not at a port where other wires say what is wanted."""
    others = _others(context, edge)
    return [] if others and len(given.shape) <= min(len(other.shape) for other in others) else [None]


def _wanted(context: Context, edge: Edge, given: TensorSpec) -> list[Shape | None]:
    """Shapes the node may want: those of its other wires, else those of the data or forms of more axes."""
    others = _others(context, edge)
    if others:
        return [*dict.fromkeys(other.shape for other in others)]
    return [*_answers(context, given), given.shape, *_longer_forms(given.shape)]


def _others(context: Context, edge: Edge) -> list[TensorSpec]:
    """What the other wires bring that end at the same port."""
    wires = context.wiring.incoming[edge.target][edge.target_port]
    return [given for other in wires if other.id != edge.id and (given := context.shapes.at(other))]


def _answers(context: Context, given: TensorSpec) -> list[Shape]:
    """Shapes of right answers, batch first."""
    data = context.data
    if data is None:
        return []
    sizes = data.target_shape if data.classes is None or data.one_hot else (*data.target_shape, data.classes)
    return [(given.shape[0], *(sizes or (1,)))]


def _longer_forms(shape: Shape) -> list[Shape]:
    """The same numbers with more axes: a square if they make one, else with axes of size 1."""
    forms: list[Shape] = []
    for axes in range(len(shape) + 1, _MOST_AXES + 1):
        if len(shape) == 2 and shape[1] is not None and axes > 3:
            side = round(shape[1] ** (1 / (axes - 2)))
            if side ** (axes - 2) == shape[1]:
                forms.append((shape[0], *(side,) * (axes - 2), 1))
        forms.append((*shape, *(1,) * (axes - len(shape))))
    return [form for form in forms if math.prod(size or 1 for size in form[1:])]


def _node_and_upstream(context: Context, finding: Finding) -> Iterator[Node]:
    if finding.node_id is None:
        return
    yield context.document.nodes[finding.node_id]
    for edge in wires_in(context, finding):
        yield from _upstream(context, edge.source)


def _in_use(context: Context, node_id: str) -> Node:
    """A node, or where it is bypassed the one before it that is in use."""
    nodes = _upstream(context, node_id)
    return next((node for node in nodes if not node.bypassed), context.document.nodes[node_id])


def _upstream(context: Context, node_id: str) -> Iterator[Node]:
    """A node and those before it, along the first wires."""
    for _ in range(_FAR):
        yield context.document.nodes[node_id]
        wires = list(context.wiring.wires_into(node_id))
        if not wires:
            return
        node_id = wires[0].source
