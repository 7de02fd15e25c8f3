"""Mistakes people make, made at random in designs that have none."""

from collections.abc import Callable
from random import Random
from typing import Any

from graph_compiler.document import (
    AddNode,
    Batch,
    Connect,
    DeleteNodes,
    Edge,
    Edit,
    GraphDocument,
    Node,
    RenameNode,
    SetCompile,
    SetParam,
    apply,
)
from graph_compiler.document.naming import new_edge_id
from graph_compiler.instances import find_spec
from tests.graph_compiler.random_designs import NOT_DRAWN, SPECS, random_design, random_params, random_value

Spoiling = Callable[[Random, GraphDocument], Edit | None]

WRONG_VALUES: tuple[Any, ...] = (-3, 0, 1.5, "relu", "rleu", None, [], [2, 2, 2, 2], True, "3", 7)


def spoiled_design(seed: int, most_layers: int = 6, *, graph_only: bool = False) -> GraphDocument:
    """The design of a number with a mistake or two in it."""
    random = Random(seed)
    document = random_design(seed, most_layers)
    kinds = STRUCTURE if graph_only else STRUCTURE + SETTINGS
    for _ in range(random.randint(1, 2)):
        edit = random.choice(kinds)(random, document)
        if edit is not None:
            document, _ = apply(document, edit)
    return document


def lost_wire(random: Random, document: GraphDocument) -> Edit | None:
    return DeleteNodes(edges=(random.choice(list(document.edges)),)) if document.edges else None


def lost_layer(random: Random, document: GraphDocument) -> Edit | None:
    return DeleteNodes(nodes=(random.choice(list(document.nodes)),)) if document.nodes else None


def moved_wire(random: Random, document: GraphDocument) -> Edit | None:
    """One more wire, between any two layers: it may go round, be one too many or bring another shape."""
    if len(document.nodes) < 2:
        return None
    source, target = random.sample(list(document.nodes), 2)
    spec = find_spec(document.nodes[target].layer)
    port = random.choice(spec.inputs).name if spec and spec.inputs else "inputs"
    slot = sum(edge.target == target and edge.target_port == port for edge in document.edges.values())
    return Connect(edge=Edge(id=new_edge_id(), source=source, target=target, target_port=port, slot=slot))


def rewired(random: Random, document: GraphDocument) -> Edit | None:
    """The end of a wire at another layer."""
    if not document.edges:
        return None
    edge = random.choice(list(document.edges.values()))
    other = edge.model_copy(update={"id": new_edge_id(), "source": random.choice(list(document.nodes))})
    return Batch(edits=(DeleteNodes(edges=(edge.id,)), Connect(edge=other)))


def wrong_value(random: Random, document: GraphDocument) -> Edit | None:
    node = _layer(random, document)
    spec = find_spec(node.layer) if node else None
    params = [param.name for param in spec.params if param.kind != "json"] if spec else []
    if node is None or not params:
        return None
    return SetParam(node=node.id, param=random.choice(params), value=random.choice(WRONG_VALUES))


def other_value(random: Random, document: GraphDocument) -> Edit | None:
    """A value the parameter can have, which may not fit what stands around."""
    node = _layer(random, document)
    spec = find_spec(node.layer) if node else None
    params = [p for p in spec.params if p.kind in ("int", "size", "bool", "choice", "shape")] if spec else []
    params = [param for param in params if param.name not in NOT_DRAWN]
    if node is None or not params:
        return None
    param = random.choice(params)
    return SetParam(node=node.id, param=param.name, value=random_value(random, param))


def forgotten_value(random: Random, document: GraphDocument) -> Edit | None:
    node = _layer(random, document)
    if node is None or not node.params:
        return None
    return SetParam(node=node.id, param=random.choice(list(node.params)), remove=True)


def other_layer(random: Random, document: GraphDocument) -> Edit | None:
    """A layer of another kind at the end, whether it fits or not."""
    if not document.nodes:
        return None
    spec, source = random.choice(SPECS), random.choice(list(document.nodes))
    node = Node(id="spoiler", layer=spec.name, name="spoiler", params=random_params(random, spec))
    if "spoiler" in document.nodes:
        return None
    edge = Edge(id="e_spoiler", source=source, target="spoiler", target_port=spec.inputs[0].name)
    return Batch(edits=(AddNode(node=node), Connect(edge=edge)))


def unknown_parameter(random: Random, document: GraphDocument) -> Edit | None:
    node = _layer(random, document)
    name = random.choice(["unit", "filter", "activations", "padings"])
    return SetParam(node=node.id, param=name, value=3) if node else None


def same_name(random: Random, document: GraphDocument) -> Edit | None:
    node, other = _layer(random, document), _layer(random, document)
    names = [other.name if other else "x", "2nd", "a b", "class", ""]
    return RenameNode(node=node.id, name=random.choice(names[:-1])) if node else None


def other_settings(random: Random, document: GraphDocument) -> Edit | None:
    fields = random.choice(
        [
            {"loss": random.choice(["crosentropy", "mse", "binary_crossentropy"])},
            {"optimizer": random.choice(["adm", "sdg", "rmsprob"])},
            {"optimizer_params": {"momentun": 0.9}},
            {"metrics": ("acuracy", "mae")},
        ]
    )
    return SetCompile(compile=document.compile.model_copy(update=fields))


def _layer(random: Random, document: GraphDocument) -> Node | None:
    return random.choice(list(document.nodes.values())) if document.nodes else None


STRUCTURE: tuple[Spoiling, ...] = (
    lost_wire,
    lost_layer,
    moved_wire,
    rewired,
    wrong_value,
    other_value,
    other_value,
    other_value,
    forgotten_value,
    other_layer,
    other_layer,
)
SETTINGS: tuple[Spoiling, ...] = (unknown_parameter, same_name, other_settings)
