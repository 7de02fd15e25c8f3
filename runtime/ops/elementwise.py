"""Functions of each number of one tensor: roots, logarithms, angles, rounding, signs.

Source: https://keras.io/api/ops/numpy/
"""

from collections.abc import Callable

import torch
from torch import Tensor

from runtime.errors import DTypeError
from runtime.ops.conversion import (
    DType,
    TensorLike,
    dtype_name,
    float_type,
    floating,
    is_whole,
    result_type,
    tensor,
    torch_dtype,
)
from runtime.ops.registration import numpy_op, op_like

Function = Callable[[TensorLike], Tensor]


def _unary(name: str, summary: str, function: Callable[[Tensor], Tensor]) -> Function:
    def op(x: TensorLike) -> Tensor:
        return function(tensor(x))

    return numpy_op()(op_like(op, name, summary))


def _of_floats(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda x: function(floating(x))


def _keeping_yes_or_no(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda x: x if x.dtype is torch.bool else function(x)


def _wide(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """For int64, Keras computes with as many bits."""
    return lambda x: function(x).to(torch.float64) if x.dtype is torch.int64 else function(x)


def _rounded(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda x: function(x.to(float_type() if x.dtype is torch.int64 else result_type(x.dtype, float)))


def _cube_root(x: Tensor) -> Tensor:
    if x.dtype is torch.bool:
        x = x.to(torch.int32)
    elif x.dtype is torch.int64:
        x = x.to(torch.float64)
    return x.sign() * x.abs() ** (1 / 3)


def _bessel(x: Tensor) -> Tensor:
    if x.dtype in (torch.int64, torch.float64):
        return torch.i0(x.to(torch.float64))
    return torch.i0(x if x.dtype in (torch.bfloat16, torch.float16) else x.to(float_type()))


def _root(x: Tensor) -> Tensor:
    return torch.sqrt(x.to(float_type()) if x.dtype is torch.int64 else x)


absolute = _unary("absolute", "Each number without its sign.", _keeping_yes_or_no(torch.abs))
negative = _unary("negative", "Each number with the other sign.", torch.negative)
sign = _unary("sign", "-1, 0 or 1: which sign each number has.", torch.sign)
signbit = _unary("signbit", "Where a number is below zero (or minus zero).", torch.signbit)
reciprocal = _unary("reciprocal", "One divided by each number.", torch.reciprocal)

exp = _unary("exp", "e to the power of each number.", _of_floats(torch.exp))
exp2 = _unary("exp2", "2 to the power of each number.", _of_floats(torch.exp2))
expm1 = _unary("expm1", "e to the power of each number, less 1, exact near 0.", _of_floats(torch.expm1))
log = _unary("log", "The natural logarithm.", torch.log)
log10 = _unary("log10", "The logarithm to base 10.", torch.log10)
log1p = _unary("log1p", "The natural logarithm of 1 + x, exact near 0.", torch.log1p)
log2 = _unary("log2", "The logarithm to base 2.", torch.log2)
sqrt = _unary("sqrt", "The square root.", _root)
cbrt = _unary("cbrt", "The cube root.", _cube_root)
i0 = _unary("i0", "The Bessel function of the first kind and order 0.", _bessel)

sin = _unary("sin", "The sine of each angle, in radians.", torch.sin)
cos = _unary("cos", "The cosine of each angle, in radians.", torch.cos)
tan = _unary("tan", "The tangent of each angle, in radians.", torch.tan)
arcsin = _unary("arcsin", "The angle whose sine each number is.", torch.arcsin)
arccos = _unary("arccos", "The angle whose cosine each number is.", torch.arccos)
arctan = _unary("arctan", "The angle whose tangent each number is.", torch.arctan)
sinh = _unary("sinh", "The hyperbolic sine.", torch.sinh)
cosh = _unary("cosh", "The hyperbolic cosine.", torch.cosh)
tanh = _unary("tanh", "The hyperbolic tangent.", torch.tanh)
arcsinh = _unary("arcsinh", "The inverse of the hyperbolic sine.", torch.arcsinh)
arccosh = _unary("arccosh", "The inverse of the hyperbolic cosine.", torch.arccosh)
arctanh = _unary("arctanh", "The inverse of the hyperbolic tangent.", torch.arctanh)
sinc = _unary("sinc", "sin(πx) / πx, which is 1 at 0.", torch.sinc)
deg2rad = _unary("deg2rad", "Degrees as radians.", _wide(torch.deg2rad))
rad2deg = _unary("rad2deg", "Radians as degrees.", _wide(torch.rad2deg))

floor = _unary("floor", "The next whole number below.", _rounded(torch.floor))
ceil = _unary("ceil", "The next whole number above.", _rounded(torch.ceil))
trunc = _unary("trunc", "The whole number towards zero.", _keeping_yes_or_no(torch.trunc))

isfinite = _unary("isfinite", "Where a number is neither infinite nor missing.", torch.isfinite)
isinf = _unary("isinf", "Where a number is infinite.", torch.isinf)
isnan = _unary("isnan", "Where a number is missing (NaN).", torch.isnan)
isneginf = _unary("isneginf", "Where a number is minus infinity.", torch.isneginf)
isposinf = _unary("isposinf", "Where a number is plus infinity.", torch.isposinf)
isreal = _unary("isreal", "Where a number has no imaginary part.", torch.isreal)
logical_not = _unary("logical_not", "Yes where there was no, and no where there was yes.", torch.logical_not)

angle = _unary("angle", "The angle of each complex number.", torch.angle)
real = _unary("real", "The real part of each complex number.", torch.real)
imag = _unary("imag", "The imaginary part of each complex number.", torch.imag)
conjugate = _unary(
    "conjugate", "Each complex number mirrored at the real axis.", lambda x: torch.conj(x).resolve_conj()
)
copy = _unary("copy", "The same numbers in a tensor of their own.", torch.clone)


def abs(x: TensorLike) -> Tensor:
    """Each number without its sign."""
    return absolute(x)


def conj(x: TensorLike) -> Tensor:
    """Each complex number mirrored at the real axis."""
    return conjugate(x)


@numpy_op()
def fabs(x: TensorLike) -> Tensor:
    """Each number without its sign, as a floating one.

    Raises:
        DTypeError: The numbers are complex.
    """
    x = floating(x)
    if x.is_complex():
        raise DTypeError(
            f"fabs() got {dtype_name(x.dtype)} numbers, but it takes none that are complex.",
            hint="abs() takes them.",
        )
    return x.abs()


@numpy_op()
def square(x: TensorLike) -> Tensor:
    """Each number times itself."""
    x = tensor(x)
    return torch.square(x.to(torch.int32) if x.dtype is torch.bool else x)


@numpy_op()
def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """The next number of so many decimals; halves go to the even one."""
    x = tensor(x)
    if is_whole(x.dtype) and x.dtype is not torch.bool:
        return torch.round(x.to(float_type()), decimals=decimals).to(x.dtype)
    return torch.round(x, decimals=decimals)


@numpy_op()
def clip(x: TensorLike, x_min: TensorLike, x_max: TensorLike) -> Tensor:
    """Numbers below `x_min` become that, those above `x_max` become that."""
    x = tensor(x)
    if x.dtype is torch.bool:
        x = x.to(torch.int32)
    return torch.clip(x, tensor(x_min), tensor(x_max))


@numpy_op()
def nan_to_num(
    x: TensorLike, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Numbers in place of those that are missing or infinite; None takes the largest there are."""
    return torch.nan_to_num(tensor(x), nan, posinf, neginf)


@numpy_op()
def view(x: TensorLike, dtype: DType = None) -> Tensor:
    """The same bits read as numbers of another type."""
    return tensor(x).view(torch_dtype(dtype))
