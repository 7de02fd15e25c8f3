"""Questions about two tensors, number by number: larger, equal, close, both yes.

Source: https://keras.io/api/ops/numpy/
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from runtime.ops.conversion import TensorLike, is_whole, tensor, together
from runtime.ops.registration import numpy_op, op_like

Function = Callable[[TensorLike, TensorLike], Tensor]


def _question(name: str, summary: str, function: Callable[[Any, Any], Tensor]) -> Function:
    def op(x1: TensorLike, x2: TensorLike) -> Tensor:
        return function(tensor(x1), tensor(x2))

    return numpy_op("x1", "x2")(op_like(op, name, summary))


equal = _question("equal", "Where both are equal.", torch.eq)
not_equal = _question("not_equal", "Where both differ.", torch.ne)
greater = _question("greater", "Where the first is larger.", torch.gt)
greater_equal = _question("greater_equal", "Where the first is as large or larger.", torch.ge)
less = _question("less", "Where the first is smaller.", torch.lt)
less_equal = _question("less_equal", "Where the first is as small or smaller.", torch.le)
logical_and = _question("logical_and", "Where both are true.", torch.logical_and)
logical_or = _question("logical_or", "Where one of both is true.", torch.logical_or)
logical_xor = _question("logical_xor", "Where just one of both is true.", torch.logical_xor)


@numpy_op("x1", "x2", "rtol", "atol")
def isclose(
    x1: TensorLike, x2: TensorLike, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where both differ by no more than `atol` and the share `rtol` of the second."""
    (one, other), dtype = together(tensor(x1), tensor(x2))
    if is_whole(dtype):
        return one == other
    return torch.isclose(one, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


@numpy_op("x1", "x2", named="AllClose")
def allclose(
    x1: TensorLike, x2: TensorLike, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """True if both differ nowhere by more than `atol` and the share `rtol` of the second."""
    return isclose(tensor(x1), tensor(x2), rtol, atol, equal_nan).all()


@numpy_op("x1", "x2", named="IsIn")
def isin(x1: TensorLike, x2: TensorLike, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Where a number of the first is anywhere in the second."""
    (one, other), _ = together(tensor(x1), tensor(x2), also=int)
    return torch.isin(one, other, assume_unique=assume_unique, invert=invert)
