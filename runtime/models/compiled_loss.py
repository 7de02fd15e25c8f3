"""The losses of `compile`, matched to the outputs of the model."""

from dataclasses import dataclass
from typing import Any

import torch

from runtime.data import flatten
from runtime.errors import CompileError
from runtime.losses import Loss, as_loss
from runtime.losses import registry as losses
from runtime.models.outputs import Outputs

Shape = tuple[int | None, ...]

_CROSSENTROPY = ("crossentropy", "ce")
"""Names for the kind of crossentropy that fits the shapes."""


@dataclass(frozen=True)
class LossTerm:
    """The loss of one output.

    Args:
        output: Place of the output.
        loss: What compares it with the target.
        weight: Its share in the total; None for 1.
        name: Name of the output, for the logs.
    """

    output: int
    loss: Loss
    weight: float | None
    name: str

    def value(self, y_true: Any, y_pred: torch.Tensor, sample_weight: Any) -> torch.Tensor:
        """The loss as one number, without its share.

        Raises:
            CompileError: The target is missing, or the loss returns more than one number.
        """
        if y_true is None:
            raise CompileError(
                f"The loss of output '{self.name}' needs a target, but y was not given.",
                hint="Give y, or compile the model with a loss for fewer outputs.",
            )
        loss = self.loss(y_true, y_pred, sample_weight, getattr(y_pred, "_keras_mask", None))
        if loss.ndim:
            raise CompileError(
                f"The loss '{self.loss.name}' returns a tensor of shape {tuple(loss.shape)}, not one number.",
                hint="Make it with reduction='sum_over_batch_size'.",
            )
        return loss


class CompiledLoss:
    """All losses of a model.

    Args:
        loss: Name, function or loss; or a list or dict of them, one an output.
        loss_weights: Share of each output's loss in the total.
    """

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        if loss_weights is not None and not isinstance(loss_weights, int | float | list | tuple | dict):
            raise CompileError(
                f"compile(loss_weights=…) got {loss_weights!r}.",
                hint="Give a list of numbers or a dict by output.",
            )
        for name in flatten(loss):
            if isinstance(name, str) and name.lower() not in _CROSSENTROPY:
                losses.lookup(name)
        self.loss = loss
        self.loss_weights = loss_weights
        self.terms: list[LossTerm] | None = None
        self.outputs: Outputs | None = None

    def resolve(self, outputs: Outputs, targets: list[Any]) -> list[LossTerm]:
        """Matches losses and outputs, once.

        Args:
            outputs: The outputs of the model.
            targets: A target for each; "crossentropy" is chosen by their shapes.
        """
        if self.terms is None:
            losses = outputs.spread(self.loss, "loss")
            weights = outputs.spread(self.loss_weights, "loss_weights")
            self.terms = [
                self._term(place, losses[place], weights[place], outputs, targets[place])
                for place in range(len(outputs))
                if losses[place] is not None
            ]
            self.outputs = outputs
        return self.terms

    def _term(self, place: int, identifier: Any, weight: Any, outputs: Outputs, target: Any) -> LossTerm:
        if isinstance(identifier, str) and identifier.lower() in _CROSSENTROPY:
            identifier = _crossentropy(outputs.shapes[place], target)
        loss = as_loss(identifier)
        if loss is None or not callable(loss):
            raise CompileError(
                f"{identifier!r} is no loss.", hint="Give a name such as 'mse', or a function."
            )
        name = outputs.names[place] or (identifier if isinstance(identifier, str) else loss.name)
        return LossTerm(place, loss, None if weight is None else float(weight), name)

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> tuple[torch.Tensor | None, list[torch.Tensor]]:
        """The total of all losses, and each alone (without its share)."""
        found = flatten(y_pred)
        outputs = self.outputs or Outputs.of(y_pred)
        targets = outputs.aligned(y_true, "y")
        weights = (
            outputs.aligned(sample_weight, "sample_weight")
            if sample_weight is not None
            else [None] * len(found)
        )
        terms = self.resolve(outputs, targets)
        values = [
            term.value(targets[term.output], found[term.output], weights[term.output]) for term in terms
        ]
        return weighted_sum(terms, values), values


def weighted_sum(terms: list[LossTerm], values: list[torch.Tensor]) -> torch.Tensor | None:
    """The losses added up, each with its share; None if there are none."""
    total: torch.Tensor | None = None
    for term, value in zip(terms, values, strict=True):
        share = value if term.weight is None else value * term.weight
        total = share if total is None else total + share
    return total


def _crossentropy(predicted: Shape, target: Any) -> str:
    """The kind of crossentropy that fits the shapes."""
    if predicted[-1] == 1:
        return "binary_crossentropy"
    sparse = (
        target is None or target.ndim < len(predicted) or (target.shape[-1] == 1 and (predicted[-1] or 0) > 1)
    )
    return "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"
