"""`keras.ops`: functions of tensors, real and symbolic."""

# fmt: off
# ruff: noqa: I001, RUF022 (packed: one name a line would be hundreds of lines)

from runtime.ops import image, linalg, nn, numpy
from runtime.ops.activations import (
    celu, elu, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_swish, hard_tanh, leaky_relu,
    log_sigmoid, log_softmax, relu, relu6, selu, sigmoid, silu, soft_shrink, softmax, softplus, softsign,
    sparse_plus, sparse_sigmoid, sparsemax, squareplus, swish, tanh_shrink, threshold,
)
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
from runtime.ops.control import (
    associative_scan, cond, fori_loop, map, scan, switch, vectorize, vectorized_map, while_loop,
)
from runtime.ops.convolutions import (
    adaptive_average_pool, adaptive_max_pool, average_pool, conv, conv_transpose, depth_to_space,
    depthwise_conv, fold, max_pool, separable_conv, space_to_depth, unfold,
)
from runtime.ops.creation import (
    arange, array, empty, empty_like, eye, full, full_like, geomspace, identity, linspace, logspace, ones,
    ones_like, tri, zeros, zeros_like,
)
from runtime.ops.ctc import ctc_decode
from runtime.ops.elementwise import (
    abs, absolute, angle, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, cbrt, ceil, clip, conj,
    conjugate, copy, cos, cosh, deg2rad, exp, exp2, expm1, fabs, floor, i0, imag, isfinite, isinf, isnan,
    isneginf, isposinf, isreal, log, log10, log1p, log2, logical_not, nan_to_num, negative, rad2deg, real,
    reciprocal, round, sign, signbit, sin, sinc, sinh, sqrt, square, tan, tanh, trunc, view,
)
from runtime.ops.indexing import (
    get_item, nonzero, scatter, scatter_update, select, slice, slice_update, take, take_along_axis,
    unravel_index, where,
)
from runtime.ops.joining import (
    append, array_split, concatenate, dsplit, dstack, hsplit, hstack, meshgrid, split, stack, vsplit,
    vstack,
)
from runtime.ops.matrices import (
    cholesky, cholesky_inverse, det, eig, eigh, inv, jvp, lstsq, lu_factor, matrix_rank, norm, pinv, qr,
    slogdet, solve, solve_triangular, svd,
)
from runtime.ops.missing import (
    nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmedian, nanmin, nanpercentile, nanprod,
    nanquantile, nanstd, nansum, nanvar,
)
from runtime.ops.normalizing import (
    batch_normalization, dot_product_attention, layer_normalization, moments, normalize, polar, psnr,
    rms_normalization,
)
from runtime.ops.probabilities import (
    binary_crossentropy, categorical_crossentropy, ctc_loss, multi_hot, one_hot,
    sparse_categorical_crossentropy,
)
from runtime.ops.products import cross, dot, einsum, inner, kron, matmul, outer, rearrange, tensordot, vdot
from runtime.ops.reductions import (
    all, amax, amin, any, argmax, argmin, average, count_nonzero, cumprod, cumsum, max, mean, min, prod,
    ptp, std, sum, var,
)
from runtime.ops.shaping import (
    broadcast_to, diag, diagflat, diagonal, expand_dims, flip, fliplr, flipud, moveaxis, ndim, pad, ravel,
    repeat, reshape, roll, rot90, size, squeeze, swapaxes, tile, trace, transpose, tril, triu, unstack,
)
from runtime.ops.signals import extract_sequences, fft, fft2, ifft2, irfft, istft, rfft, stft
from runtime.ops.sorting import argpartition, argsort, digitize, in_top_k, searchsorted, sort, top_k, unique
from runtime.ops.special import (
    cdist, erf, erfc, erfinv, logdet, logsumexp, rsqrt, segment_max, segment_min, segment_prod, segment_sum,
    view_as_complex, view_as_real,
)
from runtime.ops.statistics import (
    bincount, corrcoef, correlate, diff, histogram, median, percentile, quantile, trapezoid, vander,
)
from runtime.ops.values import (
    cast, convert_to_numpy, convert_to_tensor, custom_gradient, dtype, is_tensor, saturate_cast, shape,
    stop_gradient,
)
from runtime.ops.windows import bartlett, blackman, hamming, hanning, kaiser

__all__ = [
    "abs", "absolute", "adaptive_average_pool", "adaptive_max_pool", "add", "all", "allclose", "amax",
    "amin", "angle", "any", "append", "arange", "arccos", "arccosh", "arcsin", "arcsinh", "arctan",
    "arctan2", "arctanh", "argmax", "argmin", "argpartition", "argsort", "array", "array_split",
    "associative_scan", "average", "average_pool", "bartlett", "batch_normalization", "binary_crossentropy",
    "bincount", "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "blackman", "broadcast_to", "cast", "categorical_crossentropy",
    "cbrt", "cdist", "ceil", "celu", "cholesky", "cholesky_inverse", "clip", "concatenate", "cond", "conj",
    "conjugate", "conv", "conv_transpose", "convert_to_numpy", "convert_to_tensor", "copy", "corrcoef",
    "correlate", "cos", "cosh", "count_nonzero", "cross", "ctc_decode", "ctc_loss", "cumprod", "cumsum",
    "custom_gradient", "deg2rad", "depth_to_space", "depthwise_conv", "det", "diag", "diagflat", "diagonal",
    "diff", "digitize", "divide", "divide_no_nan", "dot", "dot_product_attention", "dsplit", "dstack",
    "dtype", "eig", "eigh", "einsum", "elu", "empty", "empty_like", "equal", "erf", "erfc", "erfinv", "exp",
    "exp2", "expand_dims", "expm1", "extract_sequences", "eye", "fabs", "fft", "fft2", "flip", "fliplr",
    "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "fold", "fori_loop", "full", "full_like",
    "gcd", "gelu", "geomspace", "get_item", "glu", "greater", "greater_equal", "hamming", "hanning",
    "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "heaviside", "histogram",
    "hsplit", "hstack", "hypot", "i0", "identity", "ifft2", "imag", "image", "in_top_k", "inner", "inv",
    "irfft", "is_tensor", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "istft", "jvp", "kaiser", "kron", "layer_normalization", "lcm", "ldexp", "leaky_relu", "left_shift",
    "less", "less_equal", "linalg", "linspace", "log", "log10", "log1p", "log2", "log_sigmoid",
    "log_softmax", "logaddexp", "logaddexp2", "logdet", "logical_and", "logical_not", "logical_or",
    "logical_xor", "logspace", "logsumexp", "lstsq", "lu_factor", "map", "matmul", "matrix_rank", "max",
    "max_pool", "maximum", "mean", "median", "meshgrid", "min", "minimum", "mod", "moments", "moveaxis",
    "multi_hot", "multiply", "nan_to_num", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax",
    "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum",
    "nanvar", "ndim", "negative", "nextafter", "nn", "nonzero", "norm", "normalize", "not_equal", "numpy",
    "one_hot", "ones", "ones_like", "outer", "pad", "percentile", "pinv", "polar", "power", "prod", "psnr",
    "ptp", "qr", "quantile", "rad2deg", "ravel", "real", "rearrange", "reciprocal", "relu", "relu6",
    "repeat", "reshape", "rfft", "right_shift", "rms_normalization", "roll", "rot90", "round", "rsqrt",
    "saturate_cast", "scan", "scatter", "scatter_update", "searchsorted", "segment_max", "segment_min",
    "segment_prod", "segment_sum", "select", "selu", "separable_conv", "shape", "sigmoid", "sign",
    "signbit", "silu", "sin", "sinc", "sinh", "size", "slice", "slice_update", "slogdet", "soft_shrink",
    "softmax", "softplus", "softsign", "solve", "solve_triangular", "sort", "space_to_depth",
    "sparse_categorical_crossentropy", "sparse_plus", "sparse_sigmoid", "sparsemax", "split", "sqrt",
    "square", "squareplus", "squeeze", "stack", "std", "stft", "stop_gradient", "subtract", "sum", "svd",
    "swapaxes", "swish", "switch", "take", "take_along_axis", "tan", "tanh", "tanh_shrink", "tensordot",
    "threshold", "tile", "top_k", "trace", "transpose", "trapezoid", "tri", "tril", "triu", "true_divide",
    "trunc", "unfold", "unique", "unravel_index", "unstack", "vander", "var", "vdot", "vectorize",
    "vectorized_map", "view", "view_as_complex", "view_as_real", "vsplit", "vstack", "where", "while_loop",
    "zeros", "zeros_like",
]
