"""Muon: steps that are rotations, for the inner weights of a network."""

import math
import re
from collections.abc import Sequence
from typing import Annotated, Any

import torch
from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.settings import Accumulated, Amount, Beta, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots
from runtime.types import Range


@registry.register
class Muon(Optimizer):
    """Turns each matrix's step into a rotation; weights that are no matrix are trained as by AdamW.

    Args:
        adam_beta_1: Of the AdamW part: how slowly the average of gradients changes.
        adam_beta_2: Of the AdamW part: how slowly the average of squared gradients changes.
        adam_weight_decay: Of the AdamW part: share of each weight that is taken away at each step.
        epsilon: Of the AdamW part: small number that keeps from dividing by 0.
        weight_decay: Share of each matrix that is taken away at each step, times the learning rate.
        exclude_layers: Patterns; weights in whose path one is found are trained as by AdamW.
        exclude_embeddings: True to train embeddings as by AdamW.
        muon_a: First number of the formula that makes rotations.
        muon_b: Second number of that formula.
        muon_c: Third number of that formula.
        adam_lr_ratio: Of the AdamW part: learning rate in proportion to that of the matrices.
        momentum: How much of the last step is kept in the next one.
        ns_steps: How often the formula is applied.
        nesterov: True to look ahead to where momentum is about to lead.
        rms_rate: Size of each step's numbers; None leaves it to the matrix.

    Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        adam_beta_1: Beta = 0.9,
        adam_beta_2: Beta = 0.999,
        adam_weight_decay: Amount = 0.004,
        epsilon: Small = 1e-7,
        weight_decay: Amount = 0.004,
        clipnorm: Amount = None,
        clipvalue: Amount = None,
        global_clipnorm: Amount = None,
        use_ema: bool = False,
        ema_momentum: Share = 0.99,
        ema_overwrite_frequency: Count = None,
        loss_scale_factor: Amount = None,
        gradient_accumulation_steps: Accumulated = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: Small = 1,
        momentum: Share = 0.95,
        ns_steps: Annotated[int, Range(min=1)] = 5,
        nesterov: bool = True,
        rms_rate: Amount = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = exclude_layers
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def make_slots(self) -> None:
        """The last steps, and averages of squared gradients for the AdamW part."""
        self._slots = {**self._slots, "momentum": [], "velocity": []}
        for parameter in self._parameters:
            for slot in ("momentum", "velocity"):
                if slot == "momentum" or self._is_left_to_adam(parameter):
                    self._slots[slot].append(torch.zeros_like(parameter))
                    self._state.append((self.slot_path(parameter, slot), self._slots[slot][-1]))
                else:
                    self._slots[slot].append(parameter.new_empty(0))

    def decay(self, parameters: list[Tensor], rate: float) -> None:
        """Does the weight decay of one step, with one share for matrices and one for the rest."""
        for left_to_adam, share in ((True, self.adam_weight_decay), (False, self.weight_decay)):
            if share is not None:
                part = [one for one in parameters if self._is_left_to_adam(one) == left_to_adam]
                self.shrink(part, share * rate)

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps matrices by rotations, and the rest as AdamW."""
        for parameter, gradient, last, squares in zip(
            parameters, gradients, slots["momentum"], slots["velocity"], strict=True
        ):
            if self._is_left_to_adam(parameter):
                self._adam_step(parameter, gradient, last, squares, rate * self.adam_lr_ratio)
                continue
            last.mul_(self.momentum).add_(gradient)
            step = rate * self._rotation(gradient + self.momentum * last if self.nesterov else last)
            if self.rms_rate is not None:
                step = step * (math.sqrt(max(step.shape)) * self.rms_rate)
            parameter.sub_(step)

    def _is_left_to_adam(self, parameter: Tensor) -> bool:
        path = getattr(parameter, "path", "")
        if parameter.ndim != 2 or (self.exclude_embeddings and "embedding" in path.lower()):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers or ())

    def _adam_step(
        self, parameter: Tensor, gradient: Tensor, average: Tensor, squares: Tensor, rate: float
    ) -> None:
        step = self.iterations + 1
        average.lerp_(gradient, 1 - self.adam_beta_1)
        squares.lerp_(gradient.square(), 1 - self.adam_beta_2)
        alpha = rate * math.sqrt(1 - self.adam_beta_2**step) / (1 - self.adam_beta_1**step)
        parameter.addcdiv_(average, squares.sqrt().add_(self.epsilon), value=-alpha)

    def _rotation(self, matrix: Tensor) -> Tensor:
        """The rotation nearest to a matrix, by the iteration of Newton and Schulz."""
        upright = matrix.shape[0] > matrix.shape[1]
        x = matrix.T if upright else matrix
        x = x / (x.norm() + 1e-7)
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x.T if upright else x
