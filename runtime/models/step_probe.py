"""`StepProbe`: how large the gradients of a training step are, and how far it moves the weights."""

import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from runtime.models.step import TrainStep
from runtime.optimizers.kernels import kernels

_NOTHING = torch.zeros(())


@dataclass(frozen=True)
class StepMeasures:
    """One step, layer by layer.

    Args:
        gradients: The length of each layer's gradient: the root of the sum of squares of all its weights.
        ratios: The length of each layer's update over that of its weights; None where these are all 0. About
            0.001 is usual; much less means that the layer hardly learns, much more that it is thrown about.
        seconds: What the measuring took.
    """

    gradients: list[float]
    ratios: list[float | None]
    seconds: float


class StepProbe:
    """Measures single steps of a training that is under way; all other steps run as if it were not there.

    Args:
        model: A compiled model that `fit` has prepared. One with a training step of its own cannot be
            measured, and has no layers here.
    """

    def __init__(self, model: Any) -> None:
        plan = model._plans.get(True)
        step = getattr(getattr(plan, "runner", None), "run", None)
        self._step = step if isinstance(step, TrainStep) and step.parameters else None
        self._measured: StepMeasures | None = None
        owners = {id(weight): layer for layer in model.layers for weight in layer.weights}
        parameters = self._step.parameters if self._step else []
        names = [getattr(owners.get(id(one)), "name", "") for one in parameters]
        self.layers = tuple(dict.fromkeys(names))
        places = [self.layers.index(name) for name in names]
        self._place = torch.tensor(places, dtype=torch.int64)

    def arm(self) -> None:
        """Has the next step measured."""
        if self._step is None:
            return
        step, apply = self._step, self._step.apply

        def measured(gradients: Any, parameters: Any) -> None:
            step.apply = apply
            self._measure(gradients, apply)
            del parameters

        step.apply = measured

    def take(self) -> StepMeasures | None:
        """What was measured since it was armed; None when there was no step yet."""
        measured, self._measured = self._measured, None
        return measured

    def _measure(self, gradients: Any, apply: Any) -> None:
        assert self._step is not None, "only a step that is known is armed"
        began = time.perf_counter()
        weights = [weight.detach() for weight in self._step.parameters]
        with torch.no_grad():
            before = [weight.clone() for weight in weights]
            # A weight on which the loss does not depend has no gradient.
            lengths = self._by_layer([_NOTHING if gradient is None else gradient for gradient in gradients])
            # The loss may have been made larger for the sake of half precision, and its gradients with it.
            lengths = lengths / (float(self._step.scale) if self._step.scale is not None else 1.0)
        paused = time.perf_counter()
        apply(gradients, None)
        went_on = time.perf_counter()
        with torch.no_grad():
            updates = self._by_layer(list(kernels._foreach_sub(weights, before)))
            sizes = self._by_layer(before)
        ratios = [
            update / size if size > 0 else None
            for update, size in zip(updates.tolist(), sizes.tolist(), strict=True)
        ]
        seconds = time.perf_counter() - went_on + paused - began
        self._measured = StepMeasures(lengths.tolist(), ratios, seconds)

    def _by_layer(self, tensors: list[Tensor]) -> Tensor:
        """The length of all tensors of each layer, taken as one."""
        norms = torch.stack([norm.double().cpu() for norm in kernels._foreach_norm(tensors)])
        sums = torch.zeros(len(self.layers), dtype=torch.float64)
        return sums.index_add_(0, self._place, norms**2).sqrt_()
