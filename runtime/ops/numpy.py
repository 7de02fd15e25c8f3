"""`keras.ops.numpy`: numpy's functions, on tensors."""

# fmt: off
# ruff: noqa: I001, RUF022 (packed: one name a line would be hundreds of lines)

from runtime.ops.arithmetic import (
    add, arctan2, bitwise_and, bitwise_invert, bitwise_left_shift, bitwise_not, bitwise_or,
    bitwise_right_shift, bitwise_xor, divide, divide_no_nan, floor_divide, fmax, fmin, fmod, gcd, heaviside,
    hypot, lcm, ldexp, left_shift, logaddexp, logaddexp2, maximum, minimum, mod, multiply, nextafter, power,
    right_shift, subtract, true_divide,
)
from runtime.ops.comparison import (
    allclose, equal, greater, greater_equal, isclose, isin, less, less_equal, logical_and, logical_or,
    logical_xor, not_equal,
)
from runtime.ops.control import vectorize
from runtime.ops.creation import (
    arange, array, empty, empty_like, eye, full, full_like, geomspace, identity, linspace, logspace, ones,
    ones_like, tri, zeros, zeros_like,
)
from runtime.ops.elementwise import (
    abs, absolute, angle, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, cbrt, ceil, clip, conj,
    conjugate, copy, cos, cosh, deg2rad, exp, exp2, expm1, fabs, floor, i0, imag, isfinite, isinf, isnan,
    isneginf, isposinf, isreal, log, log10, log1p, log2, logical_not, nan_to_num, negative, rad2deg, real,
    reciprocal, round, sign, signbit, sin, sinc, sinh, sqrt, square, tan, tanh, trunc, view,
)
from runtime.ops.indexing import get_item, nonzero, select, take, take_along_axis, unravel_index, where
from runtime.ops.joining import (
    append, array_split, concatenate, dsplit, dstack, hsplit, hstack, meshgrid, split, stack, vsplit,
    vstack,
)
from runtime.ops.matrices import slogdet
from runtime.ops.missing import (
    nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod,
    nanquantile, nanstd, nansum, nanvar,
)
from runtime.ops.products import cross, dot, einsum, inner, kron, matmul, outer, tensordot, vdot
from runtime.ops.reductions import (
    all, amax, amin, any, argmax, argmin, average, count_nonzero, cumprod, cumsum, max, mean, min, prod,
    ptp, std, sum, var,
)
from runtime.ops.shaping import (
    broadcast_to, diag, diagflat, diagonal, expand_dims, flip, fliplr, flipud, moveaxis, ndim, pad, ravel,
    repeat, reshape, roll, rot90, size, squeeze, swapaxes, tile, trace, transpose, tril, triu,
)
from runtime.ops.sorting import argpartition, argsort, digitize, searchsorted, sort, unique
from runtime.ops.statistics import (
    bincount, corrcoef, correlate, diff, histogram, median, percentile, quantile, trapezoid, vander,
)
from runtime.ops.windows import bartlett, blackman, hamming, hanning, kaiser

__all__ = [
    "abs", "absolute", "add", "all", "allclose", "amax", "amin", "angle", "any", "append", "arange",
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin",
    "argpartition", "argsort", "array", "array_split", "average", "bartlett", "bincount", "bitwise_and",
    "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "blackman", "broadcast_to", "cbrt", "ceil", "clip", "concatenate", "conj", "conjugate",
    "copy", "corrcoef", "correlate", "cos", "cosh", "count_nonzero", "cross", "cumprod", "cumsum",
    "deg2rad", "diag", "diagflat", "diagonal", "diff", "digitize", "divide", "divide_no_nan", "dot",
    "dsplit", "dstack", "einsum", "empty", "empty_like", "equal", "exp", "exp2", "expand_dims", "expm1",
    "eye", "fabs", "flip", "fliplr", "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "full",
    "full_like", "gcd", "geomspace", "get_item", "greater", "greater_equal", "hamming", "hanning",
    "heaviside", "histogram", "hsplit", "hstack", "hypot", "i0", "identity", "imag", "inner", "isclose",
    "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal", "kaiser", "kron", "lcm",
    "ldexp", "left_shift", "less", "less_equal", "linspace", "log", "log10", "log1p", "log2", "logaddexp",
    "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "logspace", "matmul", "max",
    "maximum", "mean", "median", "meshgrid", "min", "minimum", "mod", "moveaxis", "multiply", "nan_to_num",
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin",
    "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "ndim", "negative",
    "nextafter", "nonzero", "not_equal", "ones", "ones_like", "outer", "pad", "percentile", "power", "prod",
    "ptp", "quantile", "rad2deg", "ravel", "real", "reciprocal", "repeat", "reshape", "right_shift", "roll",
    "rot90", "round", "searchsorted", "select", "sign", "signbit", "sin", "sinc", "sinh", "size", "slogdet",
    "sort", "split", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "trapezoid", "tri", "tril",
    "triu", "true_divide", "trunc", "unique", "unravel_index", "vander", "var", "vdot", "vectorize", "view",
    "vsplit", "vstack", "where", "zeros", "zeros_like",
]
