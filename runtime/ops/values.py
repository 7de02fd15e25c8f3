"""Tensors as such: made, converted, asked for shape and type.

Source: https://keras.io/api/ops/core/
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.ops.conversion import DType, TensorLike, dtype_name, is_whole, tensor, torch_dtype
from runtime.ops.registration import core_op
from runtime.symbolic import KerasTensor


@core_op()
def cast(x: TensorLike, dtype: DType) -> Tensor:
    """The numbers in another element type."""
    return tensor(x, dtype)


@core_op()
def saturate_cast(x: TensorLike, dtype: DType) -> Tensor:
    """The numbers in another element type; those that do not fit become the largest or smallest that do."""
    x, target = tensor(x), torch_dtype(dtype)
    if target.is_complex or x.is_complex():
        return x.to(target)
    lowest, highest = (_bound(x.dtype, target, name) for name in ("min", "max"))
    x = x.to(torch.int32) if x.dtype is torch.bool else x
    return x.clamp(lowest, highest).to(target)


def _bound(given: torch.dtype, target: torch.dtype, name: str) -> Any:
    """The largest or smallest number of one type that the other has, too."""
    ends = [_end(dtype, name) for dtype in (given, target)]
    nearer = min(ends) if name == "max" else max(ends)
    if is_whole(given) or not is_whole(target):
        return nearer
    value = torch.tensor(nearer, dtype=given)
    # Rounded to few digits, the end may lie outside; the next number towards 0 does not.
    outside = value.item() > nearer if name == "max" else value.item() < nearer
    return (torch.nextafter(value, torch.zeros_like(value)) if outside else value).item()


def _end(dtype: torch.dtype, name: str) -> Any:
    if dtype is torch.bool:
        return int(name == "max")
    return getattr(torch.iinfo(dtype) if is_whole(dtype) else torch.finfo(dtype), name)


@core_op()
def convert_to_tensor(
    x: TensorLike, dtype: DType = None, sparse: bool | None = None, ragged: bool | None = None
) -> Tensor:
    """Numbers as a tensor.

    Raises:
        ParameterError: A sparse or ragged tensor is asked for.
    """
    if sparse or ragged:
        raise ParameterError(
            "There are no sparse and no ragged tensors here.",
            parameter="sparse" if sparse else "ragged",
            received=True,
        )
    return tensor(x, dtype)


def convert_to_numpy(x: TensorLike) -> Any:
    """A tensor as an array of numpy."""
    if isinstance(x, KerasTensor):
        return np.array(x)
    if isinstance(x, list | tuple):
        return np.array([convert_to_numpy(item) for item in x])
    x = getattr(x, "value", x)
    if not isinstance(x, Tensor):
        return np.array(x)
    x = x.detach().cpu().resolve_conj()
    # numpy has no bfloat16.
    return np.array(x.float() if x.dtype is torch.bfloat16 else x)


def is_tensor(x: Any) -> bool:
    """True for a tensor."""
    return isinstance(x, Tensor)


def shape(x: TensorLike) -> tuple[int | None, ...]:
    """The sizes of a tensor; None where they are not known yet."""
    return tuple(x.shape) if hasattr(x, "shape") else tuple(tensor(x).shape)


def dtype(x: TensorLike) -> str:
    """The name of a tensor's element type."""
    return dtype_name(x.dtype)


@core_op()
def stop_gradient(variable: TensorLike) -> Tensor:
    """The same numbers, taken for constant when gradients are computed."""
    return tensor(variable).detach()


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for a function that computes its gradient itself.

    Args:
        f: Returns its result, and a function from the gradient at the result (`upstream`) to those at the
            arguments.
    """

    def called(*args: Any, **kwargs: Any) -> Any:
        return _CustomGradient.apply(f, kwargs, *(tensor(item) for item in args))

    return called


class _CustomGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, f: Callable[..., Any], kwargs: dict[str, Any], *args: Tensor) -> Any:
        ctx.save_for_backward(*args)
        result, ctx.gradient = f(*args, **kwargs)
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        gradients = ctx.gradient(*ctx.saved_tensors, upstream=upstream[0])
        return (None, None, *(gradients if isinstance(gradients, tuple) else (gradients,)))
