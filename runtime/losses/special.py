"""Losses for special tasks: embeddings in which likes lie together, and text without known timing."""

from typing import Annotated

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DataError
from runtime.losses.base import LossFunctionWrapper, registry
from runtime.losses.reduction import Reduction, TensorLike
from runtime.types import Range


@registry.register
def circle(
    y_true: TensorLike,
    y_pred: TensorLike,
    ref_labels: TensorLike | None = None,
    ref_embeddings: TensorLike | None = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """How badly the embeddings of one class lie together and apart from those of others.

    Args:
        y_true: Class ids.
        y_pred: Embeddings, vectors of length 1.
        ref_labels: Class ids of what is compared with; None for the batch itself.
        ref_embeddings: Embeddings of what is compared with; None for the batch itself.
        remove_diagonal: True to leave out the comparison of each sample with itself.
        gamma: How sharply badly placed pairs are preferred.
        margin: How clearly likes and unlikes are to be told apart.

    Source: Sun et al. 2020, https://arxiv.org/abs/2002.10857
    """
    y_pred = torch.as_tensor(y_pred)
    labels = torch.as_tensor(y_true, device=y_pred.device).to(torch.int64).reshape(-1, 1)
    others = y_pred if ref_embeddings is None else torch.as_tensor(ref_embeddings).to(y_pred)
    other_labels = labels if ref_labels is None else torch.as_tensor(ref_labels).to(labels).reshape(-1, 1)
    distances = (1 - y_pred @ others.T).clamp(min=0)
    alike = labels == other_labels.T
    unlike = ~alike
    if remove_diagonal:
        alike = alike & ~torch.eye(*alike.shape, dtype=torch.bool, device=alike.device)
    pulls = -gamma * ((margin + distances) * alike).clamp(min=0) * (margin - distances)
    pushes = gamma * ((1 + margin - distances) * unlike).clamp(min=0) * (1 - margin - distances)
    pull = pulls.masked_fill(~alike, -torch.inf).logsumexp(1)
    push = pushes.masked_fill(~unlike, -torch.inf).logsumexp(1)
    return F.softplus(pull + push)


@registry.register
def ctc(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """Surprise at a sequence of which only the order is known, not when each part of it comes.

    Args:
        y_true: Symbols as class ids from 1, shape (batch, longest); 0 fills up the end.
        y_pred: Scores of each class at each step, shape (batch, steps, classes); class 0 is "nothing".

    Raises:
        DataError: One of the shapes is another.

    Source: Graves et al. 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf
    """
    y_pred = torch.as_tensor(y_pred)
    symbols = torch.as_tensor(y_true, device=y_pred.device).to(torch.int64)
    if symbols.ndim != 2 or y_pred.ndim != 3:
        raise DataError(
            f"ctc got labels of the shape {tuple(symbols.shape)} and predictions of {tuple(y_pred.shape)}.",
            hint="Labels are (batch, longest), predictions (batch, steps, classes).",
        )
    scores = F.log_softmax(y_pred.movedim(1, 0), -1)
    steps = torch.full((len(y_pred),), y_pred.shape[1], dtype=torch.int64)
    return F.ctc_loss(scores, symbols, steps, (symbols != 0).sum(-1), blank=0, reduction="none")


@registry.register
class Circle(LossFunctionWrapper):
    """Makes embeddings in which samples of a class lie together and apart from others; labels are class ids.

    Args:
        gamma: How sharply badly placed pairs are preferred.
        margin: How clearly likes and unlikes are to be told apart.
        remove_diagonal: True to leave out the comparison of each sample with itself.
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        gamma: Annotated[float, Range(min=0)] = 80.0,
        margin: Annotated[float, Range(min=0, max=1)] = 0.4,
        remove_diagonal: bool = True,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "circle",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            circle, reduction, name, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal
        )

    def value_mask(self, y_true: Tensor, values: Tensor) -> Tensor | None:
        """True for the samples that have a like and an unlike in the batch."""
        return values > 0


@registry.register
class CTC(LossFunctionWrapper):
    """For sequences of which only the order is known, such as what is said in a recording.

    Args:
        reduction: How the values of the samples become one number.
        name: Name shown in logs.
        dtype: Element type the loss is computed in.
    """

    def __init__(
        self,
        reduction: Reduction = "sum_over_batch_size",
        name: str = "ctc",
        dtype: str | None = None,
    ) -> None:
        super().__init__(ctc, reduction, name, dtype)
