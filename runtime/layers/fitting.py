"""Whether tensors fit the layer they are given to: shapes before it computes, dtypes when it fails."""

from typing import Any

import torch

from runtime.data import flatten, map_leaves
from runtime.errors import DTypeError, LayerloomError, ShapeError
from runtime.layers.inference import specs_of
from runtime.layers.precision import explained
from runtime.layers.spec import layer_spec
from runtime.types import TensorSpec


def is_of_catalogue(layer: Any) -> bool:
    """True for a layer made here, whose shape rules are known to be right; one of one's own checks itself."""
    return "_group" in vars(type(layer)) and layer._states_shapes


def check_tensors(layer: Any, ports: dict[str, Any], settings: dict[str, Any]) -> None:
    """Raises if tensors do not fit a layer of the catalogue.

    Args:
        layer: The layer.
        ports: Input port → tensor, or several.
        settings: Arguments of the call that are no tensors.

    Raises:
        ShapeError: They do not fit.
    """
    values = ports.values()
    # Pictures may come in a dict, with what belongs to them.
    if not is_of_catalogue(layer) or any(isinstance(value, dict) for value in values):
        return
    if not all(isinstance(leaf, torch.Tensor) for leaf in flatten(list(values))):
        return
    specs = {name: map_leaves(_spec, value) for name, value in ports.items()}
    layer.output_spec(specs, settings) if settings else layer.output_spec(specs)


def in_words(error: Exception, layer: Any, ports: dict[str, Any]) -> Exception:
    """An error of torch as one about shapes or dtypes, where those are what is wrong."""
    if isinstance(error, LayerloomError) or not layer._states_shapes:
        return error
    about_dtype = explained(error, layer) if isinstance(error, RuntimeError) else error
    if about_dtype is not error:
        return about_dtype
    try:
        layer.output_spec({name: specs_of(value) for name, value in ports.items()})
    except ShapeError as shape_error:
        return shape_error
    except Exception:
        return error
    return about_whole_numbers(layer, ports) or error


def about_whole_numbers(layer: Any, ports: dict[str, Any]) -> DTypeError | None:
    """What to say when a layer of the catalogue fails on whole numbers; None if it was given none."""
    if not is_of_catalogue(layer) or not layer.compute_dtype.startswith(("float", "bfloat")):
        return None
    for port in layer_spec(type(layer)).inputs:
        for tensor in [] if port.whole else flatten(ports.get(port.name)):
            if isinstance(tensor, torch.Tensor) and not tensor.is_floating_point():
                return DTypeError(
                    f"{layer.label} wants floating numbers, but gets {_spec(tensor).dtype}.",
                    port=port.name,
                    hint=f"Convert them before, such as by x.astype({layer.compute_dtype!r}), or put a "
                    "Rescaling(1.0) in front.",
                )
    return None


def _spec(tensor: torch.Tensor) -> TensorSpec:
    """Shape and dtype of a tensor, the size of its batch included."""
    return TensorSpec(tuple(tensor.shape), str(tensor.dtype).rpartition(".")[2])
