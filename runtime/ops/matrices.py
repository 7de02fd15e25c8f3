"""Linear algebra: matrices taken apart, turned round, and equations solved.

Source: https://keras.io/api/ops/linalg/
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from runtime.errors import DataError, ParameterError, ShapeError
from runtime.ops.conversion import Axis, TensorLike, axes, float_type, result_type, tensor
from runtime.ops.registration import linalg_op, numpy_op

_MATRIX = 2


def _matrix(x: TensorLike, name: str, *, square: bool = True) -> Tensor:
    x = tensor(x)
    if x.ndim < _MATRIX or (square and x.shape[-1] != x.shape[-2]):
        kind = "square matrices" if square else "matrices"
        raise ShapeError(f"{name}() takes {kind}, but got the shape {tuple(x.shape)}.", port="x")
    return x


@linalg_op()
def cholesky(x: TensorLike, upper: bool = False) -> Tensor:
    """The triangular matrix that, times its own mirror image, gives the matrix.

    Raises:
        DataError: There is none, since the matrix is not positive definite.
    """
    x = _matrix(x, "cholesky")
    try:
        return torch.linalg.cholesky(x, upper=upper)
    except RuntimeError as error:
        raise DataError(
            "cholesky() wants matrices that are symmetric and positive definite.",
            hint="A small number added to the diagonal often mends it.",
        ) from error


@linalg_op()
def cholesky_inverse(x: TensorLike, upper: bool = False) -> Tensor:
    """The inverse of the matrix whose Cholesky factor is given."""
    return torch.cholesky_inverse(_matrix(x, "cholesky_inverse"), upper=upper)


@linalg_op()
def det(x: TensorLike) -> Tensor:
    """The determinant of each matrix."""
    return torch.linalg.det(_matrix(x, "det"))


@numpy_op()
def slogdet(x: TensorLike) -> tuple[Tensor, Tensor]:
    """The sign of the determinant of each matrix, and the logarithm of its size."""
    return tuple(torch.linalg.slogdet(tensor(x)))


@linalg_op()
def inv(x: TensorLike) -> Tensor:
    """The inverse of each matrix."""
    return torch.linalg.inv(_matrix(x, "inv"))


@linalg_op()
def eig(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Eigenvalues and eigenvectors of each matrix, complex numbers."""
    return tuple(torch.linalg.eig(_matrix(x, "eig")))


@linalg_op()
def eigh(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Eigenvalues and eigenvectors of each symmetric matrix."""
    return tuple(torch.linalg.eigh(_matrix(x, "eigh")))


@linalg_op()
def lu_factor(x: TensorLike) -> tuple[Tensor, Tensor]:
    """The two triangles whose product each matrix is, in one; and which rows were exchanged."""
    factors, pivots = torch.linalg.lu_factor(_matrix(x, "lu_factor", square=False))
    return factors, pivots - 1


@linalg_op()
def qr(x: TensorLike, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """A rotation and an upper triangle whose product each matrix is.

    Raises:
        ParameterError: Another mode.
    """
    if mode not in ("reduced", "complete"):
        raise ParameterError(
            f"qr(mode=…) got {mode!r}.", parameter="mode", received=mode, hint="'reduced' or 'complete'."
        )
    return tuple(torch.linalg.qr(tensor(x), mode))


@linalg_op(named="SVD")
def svd(x: TensorLike, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Two rotations and the stretching between them, whose product each matrix is."""
    x = _matrix(x, "svd", square=False)
    return tuple(torch.linalg.svd(x, full_matrices)) if compute_uv else torch.linalg.svdvals(x)


@linalg_op()
def pinv(x: TensorLike, rcond: float | None = None) -> Tensor:
    """What comes nearest to an inverse, for matrices that have none."""
    return torch.linalg.pinv(tensor(x), rtol=rcond)


@linalg_op()
def matrix_rank(x: TensorLike, tol: float | None = None) -> Tensor:
    """How many rows of each matrix do not follow from the others."""
    return torch.linalg.matrix_rank(tensor(x), atol=tol).to(torch.int32)


@linalg_op()
def norm(x: TensorLike, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The length of vectors, or the size of matrices."""
    x = tensor(x)
    x = x.to(float_type() if x.dtype is torch.int64 else result_type(x.dtype, float))
    return torch.linalg.norm(x, ord, axes(axis), keepdims)


@linalg_op("a", "b")
def solve(a: TensorLike, b: TensorLike) -> Tensor:
    """The x for which a @ x is b."""
    return torch.linalg.solve(_matrix(a, "solve"), tensor(b))


@linalg_op("a", "b")
def solve_triangular(a: TensorLike, b: TensorLike, lower: bool = False) -> Tensor:
    """The x for which a @ x is b, for a triangular a."""
    a, b = _matrix(a, "solve_triangular"), tensor(b)
    if b.ndim == a.ndim - 1:
        return torch.linalg.solve_triangular(a, b.unsqueeze(-1), upper=not lower).squeeze(-1)
    return torch.linalg.solve_triangular(a, b, upper=not lower)


@linalg_op("a", "b")
def lstsq(a: TensorLike, b: TensorLike, rcond: float | None = None) -> Tensor:
    """The x for which a @ x comes nearest to b."""
    a, b = tensor(a), tensor(b)
    if rcond is None:
        return torch.linalg.lstsq(a, b).solution
    if a.device.type != "cpu":
        # Only torch's functions for the CPU take a bound below which a direction counts as none.
        return torch.linalg.pinv(a, rtol=rcond) @ b
    return torch.linalg.lstsq(a, b, rcond, driver="gelsd").solution


def jvp(fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """What a function gives, and how that changes when its arguments change in a direction.

    Args:
        fun: A function of tensors.
        primals: Its arguments.
        tangents: How each of them changes.
        has_aux: True if the function gives something else, too, in a pair.
    """
    return torch.func.jvp(fun, tuple(primals), tuple(tangents), has_aux=has_aux)
