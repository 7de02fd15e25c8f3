"""Finds the output shape of a layer that does not state it, by trying the layer out on zeros."""

from typing import Any

import torch

from runtime.device import get_device
from runtime.errors import ShapeError
from runtime.layers.spec import layer_spec
from runtime.types import Shape

# Unknown sizes are tried with two sizes each: where the outputs differ, the output's size is unknown as well.
_TRIALS = (2, 3)


def probe_output_shapes(layer: Any, shapes: dict[str, Any]) -> list[Shape]:
    """Output shapes of a built layer, measured.

    Args:
        layer: The layer; it must be built.
        shapes: Input port → shape or list of shapes.

    Raises:
        ShapeError: The layer fails on tensors of these shapes.
    """
    arguments = layer_spec(type(layer)).call_arguments(shapes)
    try:
        first, second = (_trial(layer, arguments, size) for size in _TRIALS)
    except RuntimeError as error:
        raise ShapeError(
            f"{layer.label} fails on an input of shape {shapes}: {str(error).splitlines()[0]}.",
            hint="Say which shapes it takes in compute_output_shape().",
        ) from error
    return [
        tuple(a if a == b else None for a, b in zip(one, other, strict=True))
        for one, other in zip(first, second, strict=True)
    ]


def _trial(layer: Any, arguments: dict[str, Any], unknown: int) -> list[tuple[int, ...]]:
    inputs = {name: _zeros(shape, unknown) for name, shape in arguments.items()}
    with torch.no_grad():
        outputs = layer(**inputs)
    return [tuple(tensor.shape) for tensor in (outputs if isinstance(outputs, list | tuple) else [outputs])]


def _zeros(shape: Any, unknown: int) -> Any:
    if isinstance(shape, list):
        return [_zeros(item, unknown) for item in shape]
    return torch.zeros([unknown if size is None else size for size in shape], device=get_device())
