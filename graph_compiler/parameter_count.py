"""Counts the weights of a layer without making them: a design may want more memory than there is."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch

from runtime import constraints, initializers, regularizers
from runtime.formats import standardize_dtype
from runtime.layers import Layer
from runtime.layers.weights import Weight, WeightOwner, make_weight

_SMALL = 4096
_SHORT = 8


def count_parameters(layer: Layer, shapes: Mapping[str, Any]) -> int:
    """How many numbers the weights of a layer hold for inputs of these shapes.

    Args:
        layer: A layer nobody else uses, without weights; it is built here, with weights that have only a
            shape.
        shapes: Shape, or list of shapes, by input port.

    Raises:
        ShapeError: The layer cannot be built for such inputs.
    """
    outline(layer, shapes)
    return layer.count_params()


def outline(layer: Layer, shapes: Mapping[str, Any]) -> None:
    """Builds a layer with weights that have only a shape and an element type.

    Args:
        layer: A layer nobody else uses, without weights.
        shapes: Shape, or list of shapes, by input port.

    Raises:
        ShapeError: The layer cannot be built for such inputs.
    """
    for part in layer.flatten_layers():
        object.__setattr__(part, "add_weight", _Outline(part))
    layer.build_from_shapes(dict(shapes))


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
        _try_initializer(initializer, tuple(shape))
        trainable = bool(options.get("trainable", True))
        name = options.get("name") or "variable"
        kind = getattr(torch, standardize_dtype(dtype or getattr(self.owner, "variable_dtype", None)))
        values = torch.empty(tuple(shape), device="meta", dtype=kind)
        weight = make_weight(values, name=name, path=name, trainable=trainable)
        weight.regularizer = regularizers.get(options.get("regularizer"))
        weight.constraint = constraints.get(options.get("constraint"))
        self.owner._own_weights.append(weight)
        return weight


def _try_initializer(initializer: Any, shape: tuple[int, ...]) -> None:
    """Raises if the initializer cannot fill such a weight; tried on a small one where the weight is large."""
    small = shape if math.prod(shape) <= _SMALL else tuple(min(size, _SHORT) for size in shape)
    if isinstance(initializer, str):
        _try_named(initializer, small)
    elif initializer is not None:
        _draw(initializer, small)


@lru_cache(1024)
def _try_named(name: str, shape: tuple[int, ...]) -> None:
    _draw(name, shape)


def _draw(initializer: Any, shape: tuple[int, ...]) -> None:
    # A check leaves the random numbers of the program as they were.
    with torch.random.fork_rng(devices=[]):
        initializers.get(initializer)(shape)
