"""The weights a layer would have, without making them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch

from graph_compiler.instances import Instance
from graph_compiler.parameter_count import outline
from graph_compiler.shapes import PortSpecs, shapes_by_port
from runtime.errors import LayerloomError
from runtime.layers import Layer

_REMEMBERED = 8192


@dataclass(frozen=True)
class WeightOutline:
    """A weight as it will be.

    Args:
        name: Its name in the layer.
        shape: Its sizes.
        dtype: Its element type.
        trainable: True if training changes it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """What it takes."""
        return self.count * getattr(torch, self.dtype).itemsize


Weights = tuple[WeightOutline, ...]


@lru_cache(_REMEMBERED)
def weights_of(instance: Instance, given: PortSpecs) -> Weights | None:
    """The weights of a layer for what goes into it; None if it cannot be built."""
    shared = instance.layer
    if shared is None or (type(shared).build is Layer.build and not shared.sublayers):
        return None if shared is None else ()
    layer = instance.make()
    ports = {name: list(spec) if isinstance(spec, tuple) else spec for name, spec in given}
    try:
        outline(layer, shapes_by_port(ports))
    except LayerloomError:
        return None
    return tuple(
        WeightOutline(
            weight.name,
            tuple(weight.shape),
            str(weight.dtype).rpartition(".")[2],
            weight.requires_grad,
        )
        for weight in layer.weights
    )
