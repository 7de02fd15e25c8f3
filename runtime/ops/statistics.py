"""What lies between the numbers: medians, quantiles, counts, correlations.

Source: https://keras.io/api/ops/numpy/
"""

from typing import Any

import torch
from torch import Tensor

from runtime.errors import ParameterError, ShapeError
from runtime.ops.conversion import Axis, TensorLike, float_type, optional, result_type, tensor
from runtime.ops.registration import numpy_op


def quantiles(function: Any, x: TensorLike, q: TensorLike, axis: Axis, method: str, keepdims: bool) -> Tensor:
    """The numbers below which the fractions `q` of all numbers over axes lie.

    Args:
        function: torch's function for one axis.
        x: The numbers.
        q: One fraction, or a list of them, which makes a new first axis.
        axis: One axis, several, or None for all.
        method: What to take between two numbers: "linear", "lower", "higher", "nearest" or "midpoint".
        keepdims: True keeps the axes, with length 1.
    """
    x = tensor(x)
    fractions = tensor(q)
    wide = x.to(result_type(x.dtype, torch.float32))
    listed = range(x.ndim) if axis is None else axis if isinstance(axis, list | tuple) else [axis]
    places = sorted(place % x.ndim for place in listed)
    others = [place for place in range(x.ndim) if place not in places]
    flat = wide.permute(*others, *places).flatten(len(others)) if x.ndim else wide.reshape(1)
    found = function(flat, fractions.to(wide.dtype), dim=-1, interpolation=method)
    if keepdims:
        for place in places:
            found = found.unsqueeze(place + fractions.ndim)
    return found.to(result_type(x.dtype, float))


@numpy_op("x", "q")
def quantile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The number below which the fraction `q` of all numbers lies."""
    return quantiles(torch.quantile, tensor(x), q, axis, method, keepdims)


@numpy_op("x", "q")
def percentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The number below which `q` percent of all numbers lie."""
    return quantiles(torch.quantile, tensor(x), tensor(q, float_type()) / 100, axis, method, keepdims)


@numpy_op()
def median(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The number in the middle, or the mean of the two in the middle."""
    return quantiles(torch.quantile, tensor(x), 0.5, axis, "linear", keepdims)


@numpy_op()
def bincount(
    x: TensorLike, weights: TensorLike | None = None, minlength: int = 0, sparse: bool = False
) -> Tensor:
    """How often 0, 1, 2 and so on occur, for one row or for each of many.

    Raises:
        ParameterError: `sparse` is asked for.
    """
    if sparse:
        raise ParameterError("bincount() makes no sparse tensors.", parameter="sparse", received=sparse)
    x = tensor(x)
    weight = optional(weights)
    dtype = torch.int32 if weight is None else result_type(x.dtype, weight.dtype)
    if x.ndim < 2:
        return torch.bincount(x, weight, minlength).to(dtype)
    rows = [
        torch.bincount(row, None if weight is None else weight[place], minlength)
        for place, row in enumerate(x)
    ]
    return torch.stack(rows).to(dtype)


@numpy_op()
def histogram(
    x: TensorLike, bins: int = 10, range: tuple[float, float] | None = None
) -> tuple[Tensor, Tensor]:
    """How many numbers fall into each of `bins` equal parts, and where the parts begin and end.

    Raises:
        ParameterError: The bins or the range are none.
        ShapeError: The tensor has more than one axis.
    """
    if not isinstance(bins, int) or bins < 0:
        raise ParameterError(f"histogram(bins=…) got {bins!r}.", parameter="bins", received=bins)
    if range and (len(range) != 2 or range[1] < range[0]):
        raise ParameterError(
            f"histogram(range=…) got {range!r}, but it wants (smallest, largest).",
            parameter="range",
            received=range,
        )
    x = tensor(x)
    if x.ndim > 1:
        raise ShapeError(f"histogram() takes one axis, but got {tuple(x.shape)}.", hint="Use ops.ravel(x).")
    found = torch.histogram(x, bins, range=None if range is None else tuple(map(float, range)))
    return found.hist, found.bin_edges


@numpy_op()
def corrcoef(x: TensorLike) -> Tensor:
    """How each row goes along with each other row, from -1 to 1."""
    x = tensor(x)
    if x.dtype is torch.bool:
        x = x.to(float_type())
    return torch.corrcoef(x.to(torch.float64) if x.dtype is torch.int64 else x)


@numpy_op()
def diff(a: TensorLike, n: int = 1, axis: int = -1) -> Tensor:
    """The difference of each number and the one before, `n` times over."""
    return torch.diff(tensor(a), n, axis)


@numpy_op("y")
def trapezoid(y: TensorLike, x: TensorLike | None = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    """The area below a line through points at the places `x`, or at distances `dx`."""
    y = tensor(y)
    if y.dtype is torch.bool:
        y = y.to(float_type())
    places = optional(x)
    if places is None:
        return torch.trapezoid(y, dx=dx, dim=axis)
    return torch.trapezoid(y, places, dim=axis)


@numpy_op()
def vander(x: TensorLike, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803
    """The powers of each number, side by side.

    Raises:
        ShapeError: The tensor has more than one axis.
        ParameterError: `N` is no number of powers.
    """
    x = tensor(x)
    if x.ndim != 1:
        raise ShapeError(f"vander() takes one axis, but got {tuple(x.shape)}.", hint="Use ops.ravel(x).")
    if N is not None and (not isinstance(N, int) or N < 0):
        raise ParameterError(f"vander(N=…) got {N!r}.", parameter="N", received=N, hint="At least 0.")
    return torch.vander(x, N, increasing).to(result_type(x.dtype))


@numpy_op("x1", "x2")
def correlate(x1: TensorLike, x2: TensorLike, mode: str = "valid") -> Tensor:
    """The sums of products of two rows, one of them moved along the other.

    Args:
        x1: One row, or many.
        x2: The same.
        mode: "valid" only where both cover each other, "same" as many as in the first, "full" all.
    """
    one, other = tensor(x1), tensor(x2)
    dtype = result_type(one.dtype, other.dtype)
    if dtype is not torch.bfloat16 and dtype is not torch.float16:
        dtype = torch.float32
    lengths = one.shape[0], other.shape[0]
    lead = torch.broadcast_shapes(one.shape[:-1], other.shape[:-1])
    one = one.to(dtype).expand(*lead, one.shape[-1]).reshape(-1, one.shape[-1])
    other = other.to(dtype).expand(*lead, other.shape[-1]).reshape(-1, other.shape[-1])
    found = torch.nn.functional.conv1d(
        one, other.unsqueeze(1), groups=one.shape[0], padding=other.shape[-1] - 1
    )
    if mode != "full":
        kept = abs(lengths[0] - lengths[1]) + 1 if mode == "valid" else lengths[0]
        start = (found.shape[-1] - kept) // 2
        found = found[..., start : start + kept]
    return found.squeeze()
