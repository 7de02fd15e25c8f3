"""Tensors from shapes and ranges: zeros, steps, matrices with ones on the diagonal.

Source: https://keras.io/api/ops/numpy/
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from runtime.device import get_device
from runtime.errors import DTypeError, ParameterError
from runtime.ops.conversion import (
    DType,
    TensorLike,
    float_type,
    is_whole,
    kind_of,
    result_type,
    tensor,
    torch_dtype,
)
from runtime.ops.registration import numpy_op
from runtime.symbolic import KerasTensor

Size = int | tuple[int, ...] | list[int]


def _sizes(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)


def zeros(shape: Size, dtype: DType = None) -> Tensor:
    """A tensor of zeros."""
    return torch.zeros(_sizes(shape), dtype=torch_dtype(dtype), device=get_device())


def ones(shape: Size, dtype: DType = None) -> Tensor:
    """A tensor of ones."""
    return torch.ones(_sizes(shape), dtype=torch_dtype(dtype), device=get_device())


def empty(shape: Size, dtype: DType = None) -> Tensor:
    """A tensor whose numbers are still to be written."""
    return torch.empty(_sizes(shape), dtype=torch_dtype(dtype), device=get_device())


@numpy_op("fill_value")
def full(shape: Size, fill_value: TensorLike, dtype: DType = None) -> Tensor:
    """A tensor of one number, or of one row over and over."""
    value = tensor(fill_value, dtype if dtype is not None else float_type())
    sizes = _sizes(shape)
    if value.ndim == 0:
        return value.expand(sizes).clone()
    return value.tile((*sizes[: len(sizes) - value.ndim], *[1] * value.ndim))


@numpy_op()
def zeros_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """Zeros in the shape of another tensor."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@numpy_op()
def ones_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """Ones in the shape of another tensor."""
    return torch.ones_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@numpy_op()
def empty_like(x: TensorLike, dtype: DType = None) -> Tensor:
    """A tensor in the shape of another, whose numbers are still to be written."""
    return torch.empty_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@numpy_op("x", "fill_value")
def full_like(x: TensorLike, fill_value: TensorLike, dtype: DType = None) -> Tensor:
    """One number in the shape of another tensor."""
    x = tensor(x)
    value = tensor(fill_value, x.dtype if dtype is None else dtype)
    return value.expand(x.shape).clone()


@numpy_op()
def array(x: TensorLike, dtype: DType = None) -> Tensor:
    """Numbers as a tensor."""
    return tensor(x, dtype)


@numpy_op("start", "stop", "step")
def arange(
    start: TensorLike, stop: TensorLike | None = None, step: TensorLike | None = None, dtype: DType = None
) -> Tensor:
    """Numbers from `start` up to, but without, `stop`; a single one is the stop."""
    given = [value for value in (start, stop, step) if value is not None]
    found = result_type(*map(kind_of, given)) if dtype is None else torch_dtype(dtype)
    first, last = (0, start) if stop is None else (start, stop)
    ends: list[Any] = [value.item() if isinstance(value, Tensor) else value for value in (first, last, step)]
    return torch.arange(ends[0], ends[1], 1 if ends[2] is None else ends[2], dtype=found, device=get_device())


def eye(N: int, M: int | None = None, k: int = 0, dtype: DType = None) -> Tensor:  # noqa: N803
    """Ones on a diagonal, zeros elsewhere.

    Raises:
        DTypeError: A size is no whole number.
    """
    for size in (N, M):
        if isinstance(size, float) or (isinstance(size, Tensor) and not is_whole(size.dtype)):
            raise DTypeError(f"eye() got the size {size}, but it must be a whole number.", hint="Use int().")
    rows, columns = int(N), int(N if M is None else M)
    places = torch.arange(columns, device=get_device()) - torch.arange(rows, device=get_device())[:, None]
    return (places == (k or 0)).to(torch_dtype(dtype))


def identity(n: int, dtype: DType = None) -> Tensor:
    """A square matrix with ones on its diagonal."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: DType = None) -> Tensor:  # noqa: N803
    """Ones on and below a diagonal, zeros above."""
    return torch.tril(ones((N, M or N), dtype=dtype), k)


def _spaced(
    start: TensorLike,
    stop: TensorLike,
    num: int,
    endpoint: bool,
    dtype: torch.dtype,
    between: Callable[[Any, Any, int], Tensor],
) -> Tensor:
    """Steps from start to stop: by torch's function for single numbers, else along a new first axis."""
    if not endpoint:
        stop = stop - (stop - start) / num
    if all(not isinstance(end, list | tuple) and getattr(end, "ndim", 0) == 0 for end in (start, stop)):
        return between(_number(start), _number(stop), num)
    first, last = tensor(start, dtype), tensor(stop, dtype)
    parts = torch.arange(num, dtype=dtype, device=first.device) / (num - 1)
    return first[None] + parts.reshape(-1, *[1] * max(first.ndim, last.ndim)) * (last - first)[None]


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _float_result(start: TensorLike, stop: TensorLike, dtype: DType) -> torch.dtype:
    return result_type(kind_of(start), kind_of(stop), float) if dtype is None else torch_dtype(dtype)


def _first_axis_only(name: str, axis: int) -> None:
    if axis != 0:
        raise ParameterError(
            f"{name}() puts the steps on the first axis; axis={axis} is not there.",
            parameter="axis",
            received=axis,
            hint="Move the axis afterwards, with ops.moveaxis.",
        )


def _array_of_list(value: TensorLike) -> TensorLike:
    return tensor(value) if isinstance(value, list | tuple | KerasTensor) else value


@numpy_op("start", "stop")
def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DType = None,
    axis: int = 0,
) -> Any:
    """So many numbers at equal distances, with or without the last; `retstep` gives the distance, too."""
    _first_axis_only("linspace", axis)
    start, stop = _array_of_list(start), _array_of_list(stop)
    found = _float_result(start, stop, dtype)
    steps = _spaced(
        start,
        stop,
        num,
        endpoint,
        found,
        lambda a, b, n: torch.linspace(a, b, n, dtype=found, device=get_device()),
    )
    if not retstep:
        return steps
    parts = num - 1 if endpoint else num
    return steps, (stop - start) / parts if parts > 0 else tensor(torch.nan)


@numpy_op("start", "stop")
def logspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: DType = None,
    axis: int = 0,
) -> Tensor:
    """So many powers of `base`, whose exponents have equal distances."""
    _first_axis_only("logspace", axis)
    start, stop = _array_of_list(start), _array_of_list(stop)
    found = _float_result(start, stop, dtype)
    exponents = _spaced(
        start,
        stop,
        num,
        endpoint,
        found if found.is_floating_point else float_type(),
        lambda a, b, n: torch.linspace(a, b, n, dtype=torch.float64, device=get_device()),
    )
    return (base**exponents).to(found)


@numpy_op("start", "stop")
def geomspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    dtype: DType = None,
    axis: int = 0,
) -> Tensor:
    """So many numbers, each the same multiple of the one before."""
    _first_axis_only("geomspace", axis)
    found = _float_result(start, stop, dtype)
    first, last = tensor(start, found), tensor(stop, found)
    powers = logspace(first.abs().log10(), last.abs().log10(), num, endpoint, 10, found)
    return powers * first.sign()
