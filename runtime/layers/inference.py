"""Finds the output shape of a layer that does not state it, by trying the layer out on zeros."""

from typing import Any

import torch

from runtime.data import flatten, map_leaves, packer
from runtime.device import get_device
from runtime.errors import ShapeError
from runtime.layers.calls import call_signature, shape_of
from runtime.layers.context import apart
from runtime.layers.spec import layer_spec
from runtime.symbolic import KerasTensor
from runtime.types import Shape, TensorSpec, is_shape

# Unknown sizes are tried with two sizes each: where the outputs differ, the output's size is unknown as well.
_TRIALS = (2, 3)


def probe_outputs(layer: Any, ports: dict[str, Any], settings: dict[str, Any] | None = None) -> Any:
    """Outputs of a built layer, measured: a TensorSpec for each, in the structure the layer returns.

    Args:
        layer: The layer; it must be built.
        ports: Input port → TensorSpec, or nested ones.
        settings: Arguments of the call that are no tensors.

    Raises:
        ShapeError: The layer fails on tensors of these shapes.
    """
    spec = layer_spec(type(layer))
    known = {port.name for port in spec.inputs}
    arguments = spec.call_arguments(ports) | {name: ports[name] for name in ports if name not in known}
    try:
        first, second = (_trial(layer, arguments, settings or {}, size) for size in _TRIALS)
    except RuntimeError as error:
        shapes = {name: map_leaves(lambda leaf: leaf.shape, value) for name, value in ports.items()}
        raise ShapeError(
            f"{layer.label} fails on an input of shape {shapes}: {str(error).splitlines()[0]}.",
            hint="Say which shapes it takes in compute_output_shape().",
        ) from error
    specs = [
        TensorSpec(
            tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True)),
            str(one.dtype).rpartition(".")[2],
        )
        for one, other in zip(flatten(first), flatten(second), strict=True)
    ]
    return packer(first)[0](specs)


def probe_output_shapes(layer: Any, shapes: dict[str, Any]) -> list[Shape]:
    """Output shapes of a built layer, measured.

    Args:
        layer: The layer; it must be built.
        shapes: Input port → shape or nested shapes.

    Raises:
        ShapeError: The layer fails on tensors of these shapes.
    """
    ports = {name: _specs(shape) for name, shape in shapes.items()}
    return [spec.shape for spec in flatten(probe_outputs(layer, ports))]


def _specs(shapes: Any) -> Any:
    if isinstance(shapes, dict):
        return {name: _specs(shape) for name, shape in shapes.items()}
    if isinstance(shapes, list) or (isinstance(shapes, tuple) and not is_shape(shapes)):
        return [_specs(shape) for shape in shapes]
    return TensorSpec(tuple(shapes))


def _trial(layer: Any, arguments: dict[str, Any], settings: dict[str, Any], unknown: int) -> Any:
    def zeros(spec: TensorSpec) -> torch.Tensor:
        sizes = [unknown if size is None else size for size in spec.shape]
        return torch.zeros(sizes, dtype=getattr(torch, spec.dtype), device=get_device())

    inputs = {name: map_leaves(zeros, value) for name, value in arguments.items()}
    if call_signature(type(layer)).takes_training:
        # Zeros are nothing to take statistics of.
        settings = {"training": False, **settings}
    with torch.no_grad(), apart():
        try:
            return layer(**inputs, **settings)
        except Exception:
            masks = _masks(layer, inputs)
            if not masks:
                raise
            # It counts on a mask, which will be there if a layer before it makes one.
            return layer(**inputs, **settings, **masks)


def _masks(layer: Any, inputs: dict[str, Any]) -> dict[str, torch.Tensor]:
    """A mask that hides nothing, for each mask the layer takes."""
    signature = call_signature(type(layer))
    tensors = {name: inputs.get(port) for name, port in signature.masks.items() if name not in inputs}
    return {
        name: torch.ones(tensor.shape[:2], dtype=torch.bool, device=tensor.device)
        for name, tensor in tensors.items()
        if isinstance(tensor, torch.Tensor)
    }


def specs_of(value: Any) -> Any:
    """Shape and dtype of each tensor, symbolic or not, in nested ones."""
    return map_leaves(
        lambda leaf: (
            leaf.spec
            if isinstance(leaf, KerasTensor)
            else TensorSpec(tuple(shape_of(leaf)), str(leaf.dtype).rpartition(".")[2])
        ),
        value,
    )


def shapes_of(value: Any) -> Any:
    """Shapes of nested tensors or specs."""
    return map_leaves(lambda leaf: leaf.shape, value)


def names_of(template: Any) -> list[str]:
    """Names of the outputs a layer was seen to return."""
    if isinstance(template, dict) and not any(isinstance(item, list | dict) for item in template.values()):
        return [str(name) for name in template]
    count = len(flatten(template))
    return ["output"] if count == 1 else [f"output_{place}" for place in range(count)]
