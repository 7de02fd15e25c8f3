"""Computing in another element type than the weights have: casts at the edges of a layer's `call`.

A layer computes what its `call` says with the weights it finds as attributes. To compute in half precision,
casts of the weights lie before the attributes while `call` runs; the layer itself need not know.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import RLock
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from runtime.errors import DTypeError
from runtime.formats import FLOATS

policies: dict[str, int] = {"changes": 0}
"""How often a layer was given another policy after it was made: compiled functions from before are stale."""

_HALF = (torch.float16, torch.bfloat16)
_lowering = RLock()
_lowered: set[tuple[int, str]] = set()


class Place(NamedTuple):
    """Where a weight, or a list or dict of weights, is found as an attribute.

    Args:
        attributes: The attributes of its owner.
        name: Its name there.
        source: Where it is kept: the owner's parameters, or the attributes themselves.
        dtype: The element type it is cast to.
    """

    attributes: dict[str, Any]
    name: str
    source: Any
    dtype: torch.dtype

    @property
    def key(self) -> tuple[int, str]:
        """Tells it from all others."""
        return id(self.attributes), self.name


def is_plain(layer: Any) -> bool:
    """True for a layer that needs no casts among layers of float32."""
    return layer.compute_dtype == layer.variable_dtype and layer.compute_dtype in (
        "float32",
        "int64",
        "int32",
    )


def cast_floats(value: Any, dtype: torch.dtype) -> Any:
    """Tensors of numbers with a fraction, in lists and dicts too, in another element type; masks stay on."""
    if isinstance(value, Tensor):
        if value.dtype == dtype or not value.is_floating_point():
            return value
        cast = value.to(dtype)
        mask = getattr(value, "_keras_mask", None)
        if mask is not None:
            cast._keras_mask = mask  # type: ignore[attr-defined]
        return cast
    if isinstance(value, list | tuple):
        items = [cast_floats(item, dtype) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: cast_floats(item, dtype) for key, item in value.items()}
    return value


def in_precision(layer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A layer's function with the casts of its policy around it: inputs, weights, and outputs where needed.

    Args:
        layer: The layer; it must be built.
        function: Its `call` or another of its methods that takes the same inputs.
    """
    compute = _torch_float(layer.compute_dtype)
    entering = compute if layer.autocast else None
    inside = _inside(layer, compute)
    places = weight_places(layer)

    def computed(*args: Any, **kwargs: Any) -> Any:
        if entering is not None:
            args = cast_floats(args, entering)
            kwargs = cast_floats(kwargs, entering)
        if inside is not None:
            args = cast_floats(args, inside)
            kwargs = cast_floats(kwargs, inside)
        try:
            with lowered(places):
                outputs = function(*args, **kwargs)
        except RuntimeError as error:
            raise explained(error, layer) from error
        return outputs if inside is None or compute is None else cast_floats(outputs, compute)

    vars(computed)["casts"] = True
    return computed


def _inside(layer: Any, compute: torch.dtype | None) -> torch.dtype | None:
    """The element type to compute in, where half precision is not enough."""
    if not layer.computes_in_full:
        return None
    return torch.float32 if compute in _HALF else compute


def _torch_float(dtype: str) -> torch.dtype | None:
    return getattr(torch, dtype) if dtype in FLOATS else None


def weight_places(layer: Any) -> list[Place]:
    """Where weights of a layer, and of those inside of it, are to be found cast by each layer's policy."""
    found: list[Place] = []
    if not layer.autocast and not layer.computes_in_full:
        return found
    for part in layer.flatten_layers():
        compute = _torch_float(part.compute_dtype)
        dtype = _inside(part, compute) or compute
        if dtype is None or (part.compute_dtype == part.variable_dtype and dtype == compute):
            continue
        for owner in (part, *_plain_modules(part)):
            found += [
                Place(vars(owner), name, owner._parameters, dtype)
                for name, weight in owner._parameters.items()
                if weight is not None and _is_cast(weight, dtype)
            ]
        found += [
            Place(vars(part), name, vars(part), dtype)
            for name, held in vars(part).items()
            if not name.startswith("_") and _holds_weights(held)
        ]
    return found


def _plain_modules(layer: Any) -> list[nn.Module]:
    """Modules of torch inside a layer; not those that keep statistics, which are kept in full."""
    held = [module for module in layer.children() if not hasattr(module, "dtype_policy")]
    inside = [part for module in held for part in module.modules()]
    return [
        part for part in inside if not any(one.is_floating_point() for one in part.buffers(recurse=False))
    ]


def _is_cast(weight: Tensor, dtype: torch.dtype) -> bool:
    return weight.is_floating_point() and weight.dtype != dtype and getattr(weight, "autocast", True)


def _holds_weights(held: Any) -> bool:
    if isinstance(held, dict):
        held = list(held.values())
    return isinstance(held, list | tuple) and any(isinstance(item, nn.Parameter) for item in held)


@contextmanager
def lowered(places: list[Place]) -> Generator[None]:
    """Puts casts of weights before the attributes, for as long as the context lasts.

    Args:
        places: The weights; those that a call around has cast already are left as they are.
    """
    if not places:
        yield
        return
    with _lowering:
        mine = [(place, place.source[place.name]) for place in places if place.key not in _lowered]
        for place, held in mine:
            place.attributes[place.name] = _cast_held(held, place.dtype)
            _lowered.add(place.key)
        try:
            yield
        finally:
            for place, held in mine:
                _lowered.discard(place.key)
                if place.source is place.attributes:
                    place.attributes[place.name] = held
                else:
                    place.attributes.pop(place.name, None)


def _cast_held(held: Any, dtype: torch.dtype) -> Any:
    if isinstance(held, dict):
        return {key: _cast_held(item, dtype) for key, item in held.items()}
    if isinstance(held, list | tuple):
        items = [_cast_held(item, dtype) for item in held]
        return items if isinstance(held, list) else tuple(items)
    if not isinstance(held, nn.Parameter) or not _is_cast(held, dtype):
        return held
    cast: Any = held.to(dtype)
    for method in ("assign", "assign_add", "assign_sub"):
        # State that a layer changes is read cast, but changed where it is kept.
        if hasattr(held, method):
            setattr(cast, method, getattr(held, method))
    return cast


def explained(error: RuntimeError, layer: Any) -> Exception:
    """An error of torch, in words where what is wrong is the element type."""
    text = str(error)
    missing = next((kind for kind in ("Half", "BFloat16") if f"not implemented for '{kind}'" in text), None)
    if missing is None:
        return error
    name = "float16" if missing == "Half" else "bfloat16"
    return DTypeError(
        f"{layer.label} cannot compute in {name} here: torch has no such kernel for this device "
        f"({text.splitlines()[0]}).",
        hint="Give this layer dtype='float32'" + (", or use 'mixed_bfloat16'." if missing == "Half" else "."),
    )
