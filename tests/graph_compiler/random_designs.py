"""Random designs made of all layers of the registry, grown layer by layer so that they have no errors.

A design follows from one number. Drawing each choice with hypothesis was tried: it draws the same few layers
again and again, while the kinds of layers and parameters are what there is to be covered.
"""

from random import Random
from typing import Any

from hypothesis import strategies as st

from graph_compiler import analyze
from graph_compiler.document import AddNode, Connect, DeleteNodes, Edge, GraphDocument, Node, apply
from graph_compiler.instances import find_spec
from runtime.layers import registry
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec

INPUT_SHAPES = ([4], [6, 3], [None, 3], [8, 8, 2], [None, None, 3], [5, 6, 6, 1])
NOT_DRAWN = {
    "activity_regularizer",
    "arguments",
    "attention_axes",
    "batch_shape",
    "batch_size",
    "dtype",
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
NOT_COMPARED = {"AdditiveAttention", "Attention", "Dot", "Masking", "MultiHeadAttention"}
"""Layers that say shapes for any number of axes and compute few, as in Keras; that make masks others cannot
take; or that Keras refuses when one size is known and another is not, which we leave to the data."""
TRIES = 12

SPECS = [
    spec
    for spec in (find_spec(name) for name in registry.names())
    if spec is not None and spec.group and spec.inputs and spec.name not in NOT_COMPARED
]
SIMPLE = [spec for spec in SPECS if len(spec.inputs) == 1 and not spec.inputs[0].variadic]


def designs(most_layers: int = 6) -> st.SearchStrategy[GraphDocument]:
    """Designs without errors: inputs that are used, and layers behind them."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_design(seed, most_layers))


def random_design(seed: int, most_layers: int = 6) -> GraphDocument:
    """The design that belongs to a number."""
    random = Random(seed)
    document = GraphDocument(name=f"random_{seed}")
    for number in range(random.choice([1, 1, 2])):
        params = {"shape": list(random.choice(INPUT_SHAPES))}
        node = Node(id=f"in{number}", layer="InputLayer", name=f"in{number}", params=params)
        document, _ = apply(document, AddNode(node=node))
    for number in range(random.randint(1, most_layers)):
        for _ in range(TRIES):
            grown = _with_layer(random, document, f"layer{number}")
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
            inner = random.choice(SIMPLE)
            value = {"layer": inner.name, "params": random_params(random, inner, extra=0)}
        case _:
            value = random.choice([1, 2, [1, 2]])
    return value


def random_params(random: Random, spec: LayerSpec, extra: int = 2) -> dict[str, Any]:
    """The required parameters, and up to so many others."""
    params = {param.name: random_value(random, param) for param in spec.params if param.required}
    free = [p for p in spec.params if not p.required and p.kind != "json" and p.name not in NOT_DRAWN]
    for param in random.sample(free, min(len(free), random.randint(0, extra))):
        params[param.name] = random_value(random, param)
    return params


def _with_layer(random: Random, document: GraphDocument, name: str) -> GraphDocument:
    spec = random.choice(SPECS)
    tensors = [(node, port) for node, ports in analyze(document).shapes.items() for port in ports]
    settings = {
        setting.name: random_value(random, setting)
        for setting in spec.settings
        if setting.name not in NOT_DRAWN and random.random() < 0.5
    }
    node = Node(id=name, layer=spec.name, name=name, params=random_params(random, spec), settings=settings)
    document, _ = apply(document, AddNode(node=node))
    for port in spec.inputs:
        # States and masks have to fit the layer they go to; that is what the golden designs are for.
        if port.optional:
            continue
        for slot in range(random.randint(2, 3) if port.variadic else 1):
            source, source_port = random.choice(tensors)
            edge = Edge(
                id=f"e_{name}_{port.name}_{slot}",
                source=source,
                source_port=source_port,
                target=name,
                target_port=port.name,
                slot=slot,
            )
            document, _ = apply(document, Connect(edge=edge))
    return document
