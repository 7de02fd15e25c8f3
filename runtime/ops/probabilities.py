"""Labels and how surprised predictions are by them; the formulas are those of `runtime.losses`.

Source: https://keras.io/api/ops/nn/
"""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime import losses
from runtime.errors import DataError, ParameterError
from runtime.ops.conversion import DType, TensorLike, result_type, tensor, torch_dtype
from runtime.ops.registration import nn_op


def _refuse_sparse(name: str, sparse: bool) -> None:
    if sparse:
        raise ParameterError(f"{name}() makes no sparse tensors.", parameter="sparse", received=sparse)


@nn_op(meant={"dtype": "float32"})
def one_hot(
    x: TensorLike, num_classes: int, axis: int = -1, dtype: DType = None, sparse: bool = False
) -> Tensor:
    """A row for each class id, with 1 at the place of the class; all 0 for ids below 0."""
    _refuse_sparse("one_hot", sparse)
    ids = tensor(x).long()
    found = torch.where(ids[..., None] >= 0, F.one_hot(ids.clamp(min=0), num_classes), 0).to(
        torch_dtype(dtype)
    )
    return found if axis == -1 else found.movedim(-1, axis)


@nn_op(meant={"dtype": "float32"})
def multi_hot(
    inputs: TensorLike,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: DType = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Tensor:
    """One row for several class ids, with 1 at the place of each.

    Raises:
        ParameterError: The number of classes is not given.
    """
    _refuse_sparse("multi_hot", sparse)
    classes = kwargs.get("num_tokens") if num_classes is None else num_classes
    if classes is None:
        raise ParameterError(
            "multi_hot() needs the number of classes.", parameter="num_classes", hint="Give num_classes=…."
        )
    ids = tensor(inputs)
    return one_hot(ids, classes, axis, dtype).amax(1 if ids.ndim > 1 else 0)


def _same_shape(name: str, target: Tensor, output: Tensor) -> None:
    if target.shape != output.shape:
        raise DataError(
            f"{name}() wants targets and outputs of one shape, but got {tuple(target.shape)} and "
            f"{tuple(output.shape)}.",
            hint="Reshape one of them.",
        )


@nn_op("target", "output")
def binary_crossentropy(target: TensorLike, output: TensorLike, from_logits: bool = False) -> Tensor:
    """Surprise at each yes-or-no label."""
    target, output = tensor(target), tensor(output)
    _same_shape("binary_crossentropy", target, output)
    # The loss takes a mean over an axis: over one of length 1, it is the value itself.
    return losses.binary_crossentropy(target[..., None], output[..., None], from_logits)


@nn_op("target", "output")
def categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Surprise at one-hot labels."""
    target, output = tensor(target), tensor(output)
    _same_shape("categorical_crossentropy", target, output)
    return losses.categorical_crossentropy(target, output, from_logits, axis=axis)


@nn_op("target", "output")
def sparse_categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Surprise at labels that are class ids."""
    return losses.sparse_categorical_crossentropy(tensor(target), tensor(output), from_logits, axis=axis)


@nn_op("target", "output", "target_length", "output_length", named="CTCLoss")
def ctc_loss(
    target: TensorLike,
    output: TensorLike,
    target_length: TensorLike,
    output_length: TensorLike,
    mask_index: int = 0,
) -> Tensor:
    """Surprise at labels of which it is not known when in the sequence they come.

    Args:
        target: Labels, (batch, labels).
        output: Scores, (batch, steps, classes).
        target_length: How many labels of each row count.
        output_length: How many steps of each row count.
        mask_index: The class that means "nothing".

    Source: Graves et al. 2006, https://doi.org/10.1145/1143844.1143891
    """
    target, output = tensor(target), tensor(output)
    lengths = tensor(output_length), tensor(target_length)
    scores = output.to(result_type(output.dtype, torch.float32)).transpose(1, 0)
    return F.ctc_loss(F.log_softmax(scores, dim=-1), target, *lengths, blank=mask_index, reduction="none")
