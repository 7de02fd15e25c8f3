"""Random designs made of all layers of the registry, grown layer by layer so that they have no errors.

A design follows from one number. Drawing each choice with hypothesis was tried: it draws the same few layers
again and again, while the kinds of layers and parameters are what there is to be covered.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from graph_compiler import analyze
from graph_compiler.document import AddNode, Connect, DeleteNodes, Edge, GraphDocument, Node, apply
from graph_compiler.instances import find_spec
from runtime.layers import registry
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec
from runtime.types import Shape
from tests.graph_compiler.optional_ports import optional_shapes

INPUT_SHAPES = ([4], [6, 3], [None, 3], [8, 8, 2], [None, None, 3], [5, 6, 6, 1])
NOT_DRAWN = {
    "activity_regularizer",
    "arguments",
    "attention_axes",
    "batch_shape",
    "batch_size",
    "flash_attention",
    "sliding_window",
    "output_shape",
    "seed",
    "stateful",
    "synchronized",
    "use_causal_mask",
}
"""Parameters that want a fixed batch, another backend or certain inputs, or that change no shape."""
NAMES_NOT_DRAWN = {"Constant", "STFT", "glu", "threshold"}
"""Initializers and activations that do not go by their name alone, or want certain sizes."""
NOT_COMPUTED = {"AdditiveAttention", "Attention", "GroupQueryAttention", "Masking", "MultiHeadAttention"}
"""Layers that say shapes for any number of axes and compute few, as in Keras, or that make masks others
cannot take: drawn where designs are checked, not where they compute."""
NOT_IN_THE_PALETTE = ("RNN", "ReversibleEmbedding")
"""Layers that only come in with a file, and are drawn all the same. The others of that sort are cells, which
are no layer by themselves, want texts, several arrays at once or a vocabulary, or, as Equalization, give out
their own input in a model of Keras."""
TRIES = 12
SHARED, UNWIRED, WHOLE_NUMBERS = 0.15, 0.5, 0.15
"""How often a layer is called once more, optional ports stay empty, and an input has whole numbers."""

SPECS = [
    spec
    for spec in (find_spec(name) for name in registry.names())
    if spec is not None and spec.inputs and (spec.group or spec.name in NOT_IN_THE_PALETTE)
]
SIMPLE = [spec for spec in SPECS if spec.group and len(spec.inputs) == 1 and not spec.inputs[0].variadic]
INNER = {
    "Bidirectional": [spec for spec in SPECS if spec.group == "Recurrent"],
    "RNN": [spec for name in ("GRUCell", "LSTMCell", "SimpleRNNCell") if (spec := find_spec(name))],
}
"""What goes into layers that cannot hold just any other."""


def designs(most_layers: int = 6, *, to_compute: bool = False) -> st.SearchStrategy[GraphDocument]:
    """Designs without errors: inputs that are used, and layers behind them."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_design(seed, most_layers, to_compute=to_compute))


def random_design(seed: int, most_layers: int = 6, *, to_compute: bool = False) -> GraphDocument:
    """The design that belongs to a number.

    Args:
        seed: The number.
        most_layers: How many layers it has at most, besides inputs.
        to_compute: True leaves out layers that cannot compute all that they accept, and whole numbers, with
            which few layers compute.
    """
    random = Random(seed)
    specs = [spec for spec in SPECS if not to_compute or spec.name not in NOT_COMPUTED]
    document = GraphDocument(name=f"random_{seed}")
    for number in range(random.choice([1, 1, 2])):
        params: dict[str, Any] = {"shape": list(random.choice(INPUT_SHAPES))}
        if not to_compute and random.random() < WHOLE_NUMBERS:
            params["dtype"] = "int32"
        node = Node(id=f"in{number}", layer="InputLayer", name=f"in{number}", params=params)
        document, _ = apply(document, AddNode(node=node))
    for number in range(random.randint(1, most_layers)):
        for _ in range(TRIES):
            grown = _with_layer(random, document, f"layer{number}", specs)
            if not any(finding.node_id == f"layer{number}" for finding in analyze(grown).errors):
                document = grown
                break
    used = {edge.source for edge in document.edges.values()}
    unused = tuple(
        key for key, node in document.nodes.items() if node.layer == "InputLayer" and key not in used
    )
    return apply(document, DeleteNodes(nodes=unused))[0]


def random_value(random: Random, param: ParamSpec) -> Any:
    """A value the parameter can have, small enough for quick models."""
    low = max(int(param.range.min or 0), 0) + (1 if param.range.exclusive_min else 0)
    match param.kind:
        case "int" if param.name == "axis":
            value: Any = random.choice([-1, 1, 2])
        case "int":
            value = random.randint(low, low + 3)
        case "float" | "floats":
            value = random.choice([number for number in (0.25, 0.5, 1.5) if number in param.range])
        case "bool":
            value = random.random() < 0.5
        case "choice" | "registry":
            value = random.choice([name for name in param.names if name not in NAMES_NOT_DRAWN])
        case "size":
            sizes = [random.randint(max(low, 1), 3) for _ in range(param.axes)]
            value = random.choice([sizes[0], sizes])
        case "shape":
            value = random.choice([[2, 2], [4, 1], [3, 6], [12], [8, 4, 4], [2, 2, 1], [-1, 2]])
        case "ints":
            value = random.choice([[2, 1], [1, 3, 2], [3, 1, 2]])
        case "layer":
            value = _inner(random, random.choice(SIMPLE))
        case _:
            value = random.choice([1, 2, [1, 2]])
    return value


def random_params(random: Random, spec: LayerSpec, extra: int = 2) -> dict[str, Any]:
    """The required parameters, and up to so many others."""
    params = {param.name: random_value(random, param) for param in spec.params if param.required}
    if spec.name in INNER and random.random() < 0.9:
        params["layer" if "layer" in params else "cell"] = _inner(random, random.choice(INNER[spec.name]))
    free = [p for p in spec.params if not p.required and p.kind != "json" and p.name not in NOT_DRAWN]
    for param in random.sample(free, min(len(free), random.randint(0, extra))):
        params[param.name] = random_value(random, param)
    return params


def _inner(random: Random, spec: LayerSpec) -> Any:
    return {"layer": spec.name, "params": random_params(random, spec, extra=0)}


def _with_layer(
    random: Random, document: GraphDocument, name: str, specs: Sequence[LayerSpec]
) -> GraphDocument:
    """The design with one more layer, which may not fit; sometimes one it has is called once more."""
    owners = [node for node in document.nodes.values() if node.layer != "InputLayer" and not node.shares]
    if owners and random.random() < SHARED:
        owner = random.choice(owners)
        spec = find_spec(owner.layer)
        assert spec is not None
        calls = sum(other.shares == owner.id for other in document.nodes.values())
        node = Node(id=name, layer=owner.layer, name=f"{owner.name}_{calls + 1}", shares=owner.id)
    else:
        spec = random.choice(specs)
        node = Node(id=name, layer=spec.name, name=name, params=random_params(random, spec))
    settings = {
        setting.name: random_value(random, setting)
        for setting in spec.settings
        if setting.name not in NOT_DRAWN and random.random() < 0.5
    }
    document, _ = apply(document, AddNode(node=node.model_copy(update={"settings": settings})))
    tensors = [
        (source, port, tensor.shape)
        for source, ports in analyze(document).shapes.items()
        for port, tensor in ports.items()
    ]
    for port in spec.inputs:
        if port.optional:
            continue
        alike: Shape | None = None
        for slot in range(random.randint(2, 3) if port.variadic else 1):
            source, source_port, alike = _tensor(random, tensors, alike)
            document, _ = apply(document, Connect(edge=_wire(name, port.name, slot, source, source_port)))
    return _with_optional_wires(random, document, document.nodes[name])


def _tensor(
    random: Random, tensors: Sequence[tuple[str, str, Shape]], alike: Shape | None
) -> tuple[str, str, Shape]:
    """Any tensor of the design, or one that looks like the one before: layers that join want such."""
    same = [tensor for tensor in tensors if tensor[2] == alike]
    return random.choice(same if same and random.random() < 0.5 else tensors)


def _with_optional_wires(random: Random, document: GraphDocument, node: Node) -> GraphDocument:
    """Inputs of the right sizes at ports that may stay unwired: states, masks, keys and weights."""
    if random.random() < UNWIRED:
        return document
    for port, shapes in optional_shapes(document, node).items():
        for slot, shape in enumerate(shapes):
            source = f"{node.id}_{port}_{slot}"
            made = Node(id=source, layer="InputLayer", name=source, params={"shape": list(shape)})
            document, _ = apply(document, AddNode(node=made))
            document, _ = apply(document, Connect(edge=_wire(node.id, port, slot, source, "output")))
    return document


def _wire(target: str, port: str, slot: int, source: str, source_port: str) -> Edge:
    return Edge(
        id=f"e_{target}_{port}_{slot}",
        source=source,
        source_port=source_port,
        target=target,
        target_port=port,
        slot=slot,
    )
