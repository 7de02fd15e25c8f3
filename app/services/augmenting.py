"""What a design's own augmentation layers make of samples, before anything is trained."""

from typing import Any

import numpy as np

from app.services.datasets.dataset import Array
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec, make_layer

GROUP = "Augmentation"


def augmenting_nodes(document: GraphDocument) -> list[Node]:
    """The layers from the only input to the last one of augmentation, in order; empty when there is none.

    Layers in between, such as one that scales, are among them: augmentation sees what they make.

    Args:
        document: The design, which may have errors behind these layers.
    """
    sources = {edge.source for edge in document.edges.values()}
    targets = {edge.target for edge in document.edges.values()}
    begins = [key for key in document.nodes if key in sources and key not in targets]
    if len(begins) != 1:
        return []
    chain: list[Node] = []
    place, last = begins[0], 0
    while True:
        following = [edge.target for edge in document.edges.values() if edge.source == place]
        if len(following) != 1 or len(chain) > len(document.nodes):
            break
        place = following[0]
        if sum(edge.target == place for edge in document.edges.values()) != 1:
            break
        chain.append(document.nodes[place])
        spec = find_spec(document.nodes[place].layer)
        if spec is not None and spec.group == GROUP:
            last = len(chain)
    return chain[:last]


def augmented(nodes: list[Node], samples: Array, seed: int) -> Array:
    """Samples as training sees them after some layers.

    Args:
        nodes: What `augmenting_nodes` found.
        samples: Inputs, rows first.
        seed: Draws other changes.

    Returns:
        The samples after these layers, float32.

    Raises:
        LayerloomError: One of the layers cannot take them.
    """
    # The page's process has torch loaded for its checks; still nothing here may import it at its start.
    import torch  # noqa: PLC0415

    values: Any = torch.from_numpy(np.array(samples, dtype=np.float32))
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(seed)
        for node in nodes:
            layer: Any = make_layer(
                node.layer, node.name, {"seed": seed, **node.params} if _draws(node) else node.params
            )
            values = layer(values, training=True) if _has_training(layer) else layer(values)
    return np.asarray(values)


def _draws(node: Node) -> bool:
    spec = find_spec(node.layer)
    return spec is not None and spec.param("seed") is not None


def _has_training(layer: Any) -> bool:
    return "training" in layer.call.__code__.co_varnames
