"""Memory: what the outputs of layers take, and what training keeps besides."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch

from graph_compiler.compile_settings import make_optimizer
from graph_compiler.document import CompileSettings
from graph_compiler.measures.weights import Weights
from graph_compiler.wiring import Wiring
from runtime.errors import LayerloomError
from runtime.formats import standardize_dtype
from runtime.layers.weights import make_weight
from runtime.types import TEXT, TensorSpec


@dataclass(frozen=True)
class TrainingMemory:
    """What training takes, in bytes: an estimate, as the libraries below need some room of their own.

    Args:
        weights: The weights.
        gradients: One number for each trainable weight.
        optimizer: What the optimizer keeps from step to step; None if it cannot be made.
        activations: The outputs of all layers for a batch, kept until the gradients are computed. What
            layers keep inside (gates, scores of attention) comes on top; what is only shown in another form
            (Flatten) is counted although it takes no room.
    """

    weights: int
    gradients: int
    optimizer: int | None
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.gradients + (self.optimizer or 0) + self.activations


def tensor_bytes(spec: TensorSpec, batch_size: int) -> int | None:
    """What a tensor takes.

    Args:
        spec: Its shape and element type.
        batch_size: Samples in a batch, where the shape leaves them open.

    Returns:
        Bytes; None if a size is unknown, and for texts.
    """
    batch = spec.shape[0] if spec.shape and spec.shape[0] is not None else batch_size
    sizes = [size for size in spec.shape[1:] if size is not None]
    if len(sizes) < len(spec.shape) - 1 or spec.dtype == TEXT:
        return None
    return batch * math.prod(sizes) * _item_size(spec.dtype)


def peak_bytes(wiring: Wiring, outputs: Iterable[str], sizes: Mapping[str, int]) -> int:
    """The most that outputs take at once when layers are computed one after the other.

    An output is kept until the last layer that takes it has been computed, one of the model until the end;
    a layer's inputs and output stand side by side.

    Args:
        wiring: The wires of the document.
        outputs: Nodes whose outputs are those of the model.
        sizes: Bytes of the outputs of each node, as far as known.
    """
    place = {node_id: number for number, node_id in enumerate(wiring.order)}
    kept = set(outputs)
    last = {
        node_id: max((place[e.target] for e in wiring.outgoing[node_id] if e.target in place), default=here)
        for node_id, here in place.items()
    }
    leaving: dict[int, int] = {}
    now = most = 0
    for node_id, here in place.items():
        now += sizes.get(node_id, 0)
        most = max(most, now)
        if node_id not in kept:
            leaving[last[node_id]] = leaving.get(last[node_id], 0) + sizes.get(node_id, 0)
        now -= leaving.get(here, 0)
    return most


def optimizer_bytes(settings: CompileSettings, weights: Weights) -> int | None:
    """What the optimizer of a design keeps for its weights; None if there is no such optimizer.

    Nothing is estimated: the optimizer is built, with weights that have only a shape.
    """
    made = [
        make_weight(
            torch.empty(weight.shape, dtype=getattr(torch, weight.dtype), device="meta"),
            name=weight.name,
            path=f"{weight.name}_{number}",
            trainable=True,
        )
        for number, weight in enumerate(weight for weight in weights if weight.trainable)
    ]
    if not made:
        return 0
    try:
        optimizer = make_optimizer(settings)
        optimizer.build(made)
    except (LayerloomError, TypeError, ValueError):
        return None
    return sum(tensor.numel() * tensor.element_size() for _, tensor in optimizer.variables)


def _item_size(dtype: str) -> int:
    return getattr(torch, standardize_dtype(dtype)).itemsize
