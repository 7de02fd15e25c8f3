"""One step of training or evaluation, with nothing in it that could be done before."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Variable

from runtime.errors import CompileError
from runtime.layers.context import context
from runtime.losses import Loss
from runtime.models.compiled_loss import LossTerm, weighted_sum
from runtime.models.meter import Meter

Forward = Callable[..., list[Tensor]]
LossValues = Callable[[list[Any], list[Tensor], list[Any] | None], tuple[Tensor | None, list[Tensor]]]

MEANS = ("sum_over_batch_size", "mean")
_run_backward = Variable._execution_engine.run_backward


class Step:
    """Computes predictions and loss of a batch and puts them aside for the meter.

    Args:
        model: The model; its layers' added losses are looked at.
        forward: Function of the inputs, one by one, to a list of outputs.
        loss_values: Function of targets, outputs and weights to the total and the single losses.
        meter: Takes the results.
        penalties: Pairs of regularizer and weight.
        flag: The training flag of the layers; None for a model that hands on none.
    """

    def __init__(
        self,
        model: Any,
        forward: Forward,
        loss_values: LossValues,
        meter: Meter,
        penalties: list[tuple[Callable[[Tensor], Tensor], Tensor]],
        flag: bool | None,
    ) -> None:
        self.model = model
        self.flag = flag
        self.forward = forward
        self.loss_values = loss_values
        self.meter = meter
        self.penalties = penalties

    def losses(
        self, x: Any, targets: list[Any], weights: list[Any] | None
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """The total loss, the losses of the outputs, and the outputs."""
        outputs, added = self._computed(x)
        total, values = self.loss_values(targets, outputs, weights)
        for regularizer, weight in self.penalties:
            penalty = regularizer(weight)
            total = penalty if total is None else total + penalty
        for layer in dict.fromkeys(added) if added else ():
            for loss in layer._losses:
                total = loss.sum() if total is None else total + loss.sum()
        if total is None:
            raise CompileError(
                f"Model '{self.model.name}' has no loss to compute.",
                hint="Give compile() a loss, or call add_loss() in a layer.",
            )
        return total, values, outputs

    def _computed(self, x: Any) -> tuple[list[Tensor], list[Any]]:
        """The outputs, and the layers that added losses. What `calling` does, at less cost."""
        state = vars(self.model)
        for layer in state["_layers_with_losses"]:
            layer._losses = []
        added: list[Any] = []
        context.layers_with_losses = added
        state["_layers_with_losses"] = added
        before, context.training = context.training, self.flag
        context.depth += 1
        try:
            return self.forward(*x), added
        finally:
            context.depth -= 1
            context.training = before

    def __call__(self, x: Any, targets: list[Any], weights: list[Any] | None) -> None:
        """Evaluates one batch."""
        total, values, outputs = self.losses(x, targets, weights)
        self.meter.add(total, values, len(outputs[0]), targets, outputs, weights)


class TrainStep(Step):
    """A step that also changes the weights.

    Args:
        apply: The optimizer's function of the gradients.
        scale: What the loss is multiplied with before the gradients are computed: a number, or a tensor that
            changes in place; None for nothing.
        parameters: The weights that are trained.
        **parts: As for `Step`.
    """

    def __init__(
        self,
        apply: Callable[[Any, Any], None],
        scale: float | Tensor | None,
        parameters: list[nn.Parameter],
        **parts: Any,
    ) -> None:
        super().__init__(**parts)
        self.apply = apply
        self.scale = scale
        self.parameters = parameters
        self._inputs = tuple(parameters)
        self._one: Tensor | None = None

    def __call__(self, x: Any, targets: list[Any], weights: list[Any] | None) -> None:
        """Trains on one batch."""
        total, values, outputs = self.losses(x, targets, weights)
        if self._inputs:
            # The engine itself, as torch.autograd.grad calls it, without its checks of every argument.
            one = self._one
            if one is None:
                if not total.requires_grad:
                    raise CompileError(
                        f"The loss of model '{self.model.name}' depends on none of its weights.",
                        hint="Was it computed with numpy, or cut off with detach()?",
                    )
                scale = self.scale
                fixed = scale if isinstance(scale, Tensor) else torch.ones_like(total) * (scale or 1.0)
                self._one = one = fixed
            gradients = _run_backward(
                (total,), (one,), False, False, self._inputs, allow_unreachable=True, accumulate_grad=False
            )
            self.apply(gradients, None)
        self.meter.add(total, values, len(outputs[0]), targets, outputs, weights)


def make_loss_values(terms: list[LossTerm], *, masked: bool) -> LossValues:
    """The function that computes all losses; short for one loss without a share, which most models have.

    Args:
        terms: The losses.
        masked: True if outputs may carry masks.
    """
    if len(terms) == 1 and terms[0].weight is None:
        return _single(terms[0], masked=masked)

    def all_values(
        targets: list[Any], outputs: list[Tensor], weights: list[Any] | None
    ) -> tuple[Tensor | None, list[Tensor]]:
        values = [
            term.value(targets[term.output], outputs[term.output], weights and weights[term.output])
            for term in terms
        ]
        return weighted_sum(terms, values), values

    return all_values


def _single(term: LossTerm, *, masked: bool) -> LossValues:
    loss, place = term.loss, term.output
    plain = (
        not masked
        and type(loss).__call__ is Loss.__call__
        and loss.reduction in MEANS
        and loss.dtype == "float32"
    )
    quick = loss.batch_mean

    def value(
        targets: list[Any], outputs: list[Tensor], weights: list[Any] | None
    ) -> tuple[Tensor | None, list[Tensor]]:
        y_true, y_pred = targets[place], outputs[place]
        if plain and weights is None and y_true is not None:
            mean = quick(y_true, y_pred)
            if mean is not None:
                return mean, [mean]
        found = term.value(y_true, y_pred, weights and weights[place])
        return found, [found]

    return value
