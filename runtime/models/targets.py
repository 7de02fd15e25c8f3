"""Targets in the form the losses are quickest with, and what is wrong with them."""

from collections.abc import Callable
from typing import Any

import torch

from runtime.data import check_class_ids, check_shares
from runtime.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from runtime.models.compiled_loss import LossTerm
from runtime.models.outputs import Outputs


def target_preparer(outputs: Outputs, terms: list[LossTerm]) -> Callable[[int, torch.Tensor], torch.Tensor]:
    """Function that gives the target of an output the shape and element type its loss works in.

    Only what losses and metrics would do anyway in every step: a loss of one's own gets what it was given.

    Args:
        outputs: The outputs of the model.
        terms: Their losses.
    """
    losses: dict[int, list[Any]] = {}
    for term in terms:
        losses.setdefault(term.output, []).append(term.loss)

    def prepare(output: int, target: torch.Tensor) -> torch.Tensor:
        used = losses.get(output, [])
        if not used or not all(type(loss).__module__.startswith("runtime.losses") for loss in used):
            return target
        shape = outputs.shapes[output]
        if target.ndim == 1 and len(shape) == 2 and shape[1] == 1:
            target = target.unsqueeze(-1)
        if not target.is_floating_point():
            if all(isinstance(loss, SparseCategoricalCrossentropy) for loss in used):
                return target.to(torch.int64)
            if all(getattr(loss, "compares_same_shapes", False) for loss in used):
                return target.to(torch.float32)
        return target

    return prepare


def check_targets(outputs: Outputs, terms: list[LossTerm], targets: list[Any]) -> None:
    """Fails if a class id is out of range for its output.

    Args:
        outputs: The outputs of the model.
        terms: Their losses.
        targets: The target of each output.

    Raises:
        DataError: One is.
    """
    for term in terms:
        target, classes = targets[term.output], outputs.shapes[term.output][-1]
        if type(term.loss) is BinaryCrossentropy and target is not None:
            check_shares(target, f"y of output '{term.name}'" if len(outputs) > 1 else "y")
        sparse = isinstance(term.loss, SparseCategoricalCrossentropy) and term.loss.axis == -1
        if (
            not sparse
            or target is None
            or classes is None
            or (outputs.measured and classes == 1)
            or getattr(term.loss, "ignore_class", None) is not None
        ):
            continue
        several = target.ndim == len(outputs.shapes[term.output]) and target.shape[-1] != 1
        if not several:
            name = f"y of output '{term.name}'" if len(outputs) > 1 else "y"
            check_class_ids(target, classes, name)
