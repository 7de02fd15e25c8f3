"""Functions of two tensors, number by number: sums, products, the larger of two, bits.

Source: https://keras.io/api/ops/numpy/
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from runtime.errors import DTypeError
from runtime.ops.conversion import (
    TensorLike,
    dtype_name,
    float_type,
    is_whole,
    kind_of,
    result_type,
    tensor,
    together,
)
from runtime.ops.registration import numpy_op, op_like

Function = Callable[[TensorLike, TensorLike], Tensor]


def _binary(name: str, summary: str, function: Callable[[Any, Any], Tensor]) -> Function:
    def op(x1: TensorLike, x2: TensorLike) -> Tensor:
        return function(tensor(x1), tensor(x2))

    return numpy_op("x1", "x2")(op_like(op, name, summary))


def _of_bits(name: str, summary: str, function: Callable[[Any, Any], Tensor]) -> Function:
    def op(x: TensorLike, y: TensorLike) -> Tensor:
        return function(tensor(x), tensor(y))

    return numpy_op("x", "y")(op_like(op, name, summary))


def _joined(name: str, summary: str, function: Callable[[Any, Any], Tensor], also: Any = None) -> Function:
    """For functions of two tensors of the type that comes of both."""

    def op(x1: TensorLike, x2: TensorLike) -> Tensor:
        (one, other), _ = together(x1, x2, also=also)
        return function(one, other)

    return numpy_op("x1", "x2")(op_like(op, name, summary))


def _bool_as_int(function: Callable[[Any, Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    def computed(x1: Tensor, x2: Tensor) -> Tensor:
        if x1.dtype is torch.bool and x2.dtype is torch.bool:
            return function(x1.to(torch.int32), x2.to(torch.int32))
        return function(x1, x2)

    return computed


def _shift(function: Callable[[Any, Any], Tensor]) -> Callable[[Any, Any], Tensor]:
    """A single number of places does not change the type of what is shifted."""
    return lambda x, y: function(x, y.to(x.dtype) if y.ndim == 0 else y)


def _difference(x1: Tensor, x2: Tensor) -> Tensor:
    # torch has no difference of yes and no.
    if x1.dtype is torch.bool:
        x1 = x1.to(x2.dtype)
    if x2.dtype is torch.bool:
        x2 = x2.to(x1.dtype)
    return torch.subtract(x1, x2)


add = _binary("add", "The sum.", torch.add)
subtract = _binary("subtract", "The difference.", _difference)
multiply = _binary("multiply", "The product.", torch.multiply)
power = _binary("power", "The first to the power of the second.", torch.pow)
mod = _binary(
    "mod", "What a division leaves over, with the sign of the second.", _bool_as_int(torch.remainder)
)
fmod = _binary("fmod", "What a division leaves over, with the sign of the first.", _bool_as_int(torch.fmod))
gcd = _binary("gcd", "The greatest number that divides both.", torch.gcd)
lcm = _binary("lcm", "The smallest number that both divide.", torch.lcm)

maximum = _joined("maximum", "The larger of both; missing if one is missing.", torch.maximum)
minimum = _joined("minimum", "The smaller of both; missing if one is missing.", torch.minimum)
fmax = _joined("fmax", "The larger of both; the other if one is missing.", torch.fmax)
fmin = _joined("fmin", "The smaller of both; the other if one is missing.", torch.fmin)
arctan2 = _joined("arctan2", "The angle of the point (x2, x1), in radians.", torch.arctan2, float)
logaddexp = _joined("logaddexp", "The logarithm of the sum of both exponentials.", torch.logaddexp, float)
logaddexp2 = _joined("logaddexp2", "The same to base 2.", torch.logaddexp2, float)

bitwise_and = _of_bits("bitwise_and", "The bits that both have.", torch.bitwise_and)
bitwise_or = _of_bits("bitwise_or", "The bits that one of both has.", torch.bitwise_or)
bitwise_xor = _of_bits("bitwise_xor", "The bits that just one of both has.", torch.bitwise_xor)
bitwise_left_shift = _of_bits(
    "bitwise_left_shift", "The bits of the first, so many places up.", _shift(torch.bitwise_left_shift)
)
bitwise_right_shift = _of_bits(
    "bitwise_right_shift", "The bits of the first, so many places down.", _shift(torch.bitwise_right_shift)
)
left_shift = _of_bits(
    "left_shift", "The bits of the first, so many places up.", _shift(torch.bitwise_left_shift)
)
right_shift = _of_bits(
    "right_shift", "The bits of the first, so many places down.", _shift(torch.bitwise_right_shift)
)


@numpy_op()
def bitwise_not(x: TensorLike) -> Tensor:
    """All bits turned round."""
    return torch.bitwise_not(tensor(x))


@numpy_op()
def bitwise_invert(x: TensorLike) -> Tensor:
    """All bits turned round."""
    return torch.bitwise_not(tensor(x))


def _plain(x: TensorLike) -> Any:
    """Python's numbers as they are: they do not count in the choice of the type."""
    return x if isinstance(x, int | float) else tensor(x)


@numpy_op("x1", "x2")
def divide(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The quotient."""
    return torch.divide(_plain(x1), _plain(x2))


@numpy_op("x1", "x2")
def true_divide(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The quotient."""
    return torch.divide(_plain(x1), _plain(x2))


@numpy_op("x1", "x2")
def floor_divide(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The quotient rounded down."""
    x1, x2 = _plain(x1), _plain(x2)
    return torch.floor_divide(x1, x2).to(result_type(kind_of(x1), kind_of(x2)))


@numpy_op("x1", "x2")
def divide_no_nan(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The quotient, and 0 where the second is 0."""
    (one, other), _ = together(x1, x2, also=float)
    nothing = other == 0
    return torch.where(nothing, 0, one / torch.where(nothing, 1, other))


def _wide_floats(x1: TensorLike, x2: TensorLike) -> tuple[Tensor, Tensor]:
    """Both as floating numbers of the type that comes of both."""
    (one, other), dtype = together(x1, x2)
    if is_whole(dtype) and dtype is not torch.bool:
        return one.to(float_type()), other.to(float_type())
    return one, other


@numpy_op("x1", "x2")
def hypot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The long side of the triangle with a right angle between both."""
    return torch.hypot(*_wide_floats(x1, x2))


@numpy_op("x1", "x2")
def heaviside(x1: TensorLike, x2: TensorLike) -> Tensor:
    """0 where the first is below 0, 1 where it is above, and the second where it is 0."""
    return torch.heaviside(*_wide_floats(x1, x2))


@numpy_op("x1", "x2")
def nextafter(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The next number after the first towards the second."""
    x1, x2 = tensor(x1), tensor(x2)
    found = torch.nextafter(x1.to(torch.float64), x2.to(torch.float64))
    return found.to(result_type(x1.dtype, x2.dtype, float))


@numpy_op("x1", "x2")
def ldexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The first times 2 to the power of the second, a whole number.

    Raises:
        DTypeError: The second are no whole numbers.
    """
    x1, x2 = tensor(x1), tensor(x2)
    if not is_whole(x2.dtype) or x2.dtype is torch.bool:
        raise DTypeError(
            f"ldexp() got {dtype_name(x2.dtype)} exponents, but they must be whole numbers.",
            port="x2",
            hint="Convert them, for example with ops.cast(x2, 'int32').",
        )
    return torch.ldexp(x1, x2).to(result_type(x1.dtype, x2.dtype, float))
