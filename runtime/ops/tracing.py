"""Finds shape and element type of a result by trying the function out on small tensors.

Sizes that are not known get different stand-ins, one after the other; where the results differ, the size of
the result is not known either.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from runtime.errors import DTypeError, ParameterError, ShapeError
from runtime.ops.conversion import dtype_name
from runtime.ops.trial_budget import budget
from runtime.symbolic import KerasTensor, find_symbolic
from runtime.types import Shape, TensorSpec


@dataclass(frozen=True)
class _Trial:
    """Two stand-ins for each size that is not known.

    Args:
        batches: For sizes of the first axis.
        sizes: For sizes of the others: enough for most windows, and many numbers divide them.
        device: Where tensors are made; on "meta" they have no numbers.
    """

    batches: tuple[int, int]
    sizes: tuple[int, int]
    device: str = "cpu"


# The first does nearly always, and costs little. The last is divided by nearly all, but for it torch loads
# half of itself, which takes two seconds.
_TRIALS = (
    _Trial((2, 3), (24, 36)),
    _Trial((12, 24), (12, 24)),
    _Trial((5040, 10080), (5040, 10080), "meta"),
)


def describe_result(
    function: Callable[..., Any], arguments: dict[str, Any], name: str = "", module: str = ""
) -> Any:
    """Specs of what a function returns, in the same structure.

    Args:
        function: Takes the arguments by name.
        arguments: Its arguments, with symbolic tensors.
        name: Class of the operation.
        module: Where Keras has it.

    Raises:
        Exception: What the function raises if it cannot compute with tensors of these shapes.
    """
    allowance = budget.get()
    if allowance is None:
        return _tried_out(function, arguments, _TRIALS)
    trials = _TRIALS if allowance.allows(name, module, arguments) else _TRIALS[-1:]
    with allowance.spending():
        return _tried_out(function, arguments, trials)


def _tried_out(function: Callable[..., Any], arguments: dict[str, Any], trials: tuple[_Trial, ...]) -> Any:
    failure: Exception | None = None
    matched = _matched(arguments)
    unknown = any(None in tensor.shape for tensor in find_symbolic(arguments))
    for given in (arguments,) if matched is None else (arguments, matched):
        for trial in trials if unknown else trials[:1]:
            try:
                return _described(function, given, trial, unknown=unknown)
            except (ShapeError, ParameterError, DTypeError):
                raise
            except Exception as error:
                failure = failure or error
    assert failure is not None
    raise failure


def _described(
    function: Callable[..., Any], arguments: dict[str, Any], trial: _Trial, *, unknown: bool
) -> Any:
    (batch, other_batch), (size, other_size) = trial.batches, trial.sizes
    first = _tried(function, arguments, _Fill(batch, size, trial.device))
    try:
        # Other numbers show which sizes depend on them, if the function takes them.
        second = _tried(function, arguments, _Fill(other_batch, other_size, trial.device, counted=True))
    except Exception:
        second = _tried(function, arguments, _Fill(other_batch, other_size, trial.device))
    specs = _compared(first, second)
    if not unknown:
        return specs
    try:
        # Some sizes of a result are known only as long as the unknown one is large: that of x[:2].
        return _compared(first, _tried(function, arguments, _Fill(1, 1, trial.device)), specs)
    except Exception:
        return specs


@dataclass(frozen=True)
class _Fill:
    """Makes tensors in place of symbolic ones: of ones, or of numbers counted up."""

    batch: int
    size: int
    device: str
    counted: bool = False

    def __call__(self, symbolic: KerasTensor) -> torch.Tensor:
        shape = [
            length if length is not None else self.size if axis else self.batch
            for axis, length in enumerate(symbolic.shape)
        ]
        dtype = getattr(torch, symbolic.dtype)
        if self.counted and self.device == "cpu":
            return (torch.arange(math.prod(shape)) % 7).reshape(shape).to(dtype)
        ones = torch.ones(shape, dtype=dtype, device=self.device)
        if dtype.is_floating_point and len(shape) > 1 and shape[-1] == shape[-2]:
            # Square matrices get an inverse and a root.
            ones.diagonal(dim1=-2, dim2=-1).add_(1)
        return ones


def _tried(function: Callable[..., Any], arguments: dict[str, Any], fill: _Fill) -> Any:
    with torch.no_grad():
        return function(**{name: _stand_in(value, fill) for name, value in arguments.items()})


def _stand_in(value: Any, fill: _Fill) -> Any:
    if isinstance(value, KerasTensor):
        return fill(value)
    if isinstance(value, torch.Tensor) and fill.device != "cpu" and value.ndim:
        return value.to(fill.device)
    if isinstance(value, list | tuple) and find_symbolic(value):
        return [_stand_in(item, fill) for item in value]
    if isinstance(value, dict):
        return {key: _stand_in(item, fill) for key, item in value.items()}
    return value


def _compared(one: Any, other: Any, known: Any = None) -> Any:
    """Specs with the sizes that are equal, and known if a spec is given."""
    if isinstance(one, list | tuple):
        specs = known or [None] * len(one)
        found = [_compared(*parts) for parts in zip(one, other, specs, strict=True)]
        return found if isinstance(one, list) else tuple(found)
    if isinstance(one, dict):
        specs = known or dict.fromkeys(one)
        return {key: _compared(one[key], other[key], specs[key]) for key in one}
    if not isinstance(one, torch.Tensor):
        return TensorSpec((), "int32")
    before: Shape = tuple(one.shape) if known is None else known.shape
    sizes = tuple(
        size if size is not None and a == b else None
        for a, b, size in zip(one.shape, other.shape, before, strict=True)
    )
    return TensorSpec(sizes, dtype_name(one.dtype))


def _matched(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments with sizes that are not known taken from other tensors, axes matched from the last on.

    An unknown size beside a known one is taken to be that. None if there is nothing to take.
    """
    shapes: list[Shape] = []

    def collect(value: Any) -> None:
        if isinstance(value, KerasTensor | torch.Tensor):
            shapes.append(tuple(value.shape))
        elif isinstance(value, list | tuple):
            for item in value:
                collect(item)

    def fill(value: Any) -> Any:
        if isinstance(value, KerasTensor):
            sizes = [
                size if size is not None else _known(shapes, axis - value.ndim)
                for axis, size in enumerate(value.shape)
            ]
            return KerasTensor(tuple(sizes), value.dtype)
        return [fill(item) for item in value] if isinstance(value, list | tuple) else value

    collect(list(arguments.values()))
    if len(shapes) < 2:
        return None
    return {name: fill(value) for name, value in arguments.items()}


def _known(shapes: list[Shape], axis: int) -> int | None:
    sizes = (shape[axis] for shape in shapes if len(shape) >= -axis)
    return next((size for size in sizes if size not in (None, 1)), None)
