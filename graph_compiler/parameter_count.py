"""Counts the weights of a layer without making them: a design may want more memory than there is."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from runtime.layers import Layer
from runtime.layers.weights import Weight, WeightOwner, make_weight


def count_parameters(layer: Layer, shapes: Mapping[str, Any]) -> int:
    """How many numbers the weights of a layer hold for inputs of these shapes.

    Args:
        layer: A layer nobody else uses, without weights; it is built here, with weights that have only a
            shape.
        shapes: Shape, or list of shapes, by input port.

    Raises:
        ShapeError: The layer cannot be built for such inputs.
    """
    for part in layer.flatten_layers():
        object.__setattr__(part, "add_weight", _Outline(part))
    layer.build_from_shapes(dict(shapes))
    return layer.count_params()


class _Outline:
    """Stands for a layer's `add_weight` and makes weights without memory.

    Args:
        owner: The layer.
    """

    def __init__(self, owner: WeightOwner) -> None:
        self.owner = owner

    def __call__(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: str | None = None, **options: Any
    ) -> Weight:
        """A weight of this shape on torch's device for tensors without content."""
        del initializer, dtype
        trainable = bool(options.get("trainable", True))
        name = options.get("name") or "variable"
        weight = make_weight(
            torch.empty(tuple(shape), device="meta"), name=name, path=name, trainable=trainable
        )
        self.owner._own_weights.append(weight)
        return weight
