"""Adafactor: adaptive steps with little memory."""

import math
from typing import Any

import torch
from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class Adafactor(Optimizer):
    """Keeps only row and column averages of squared gradients: adaptive steps for very large weights.

    Args:
        beta_2_decay: How fast the averages become slower; below 0.
        epsilon_1: Small number added to squared gradients.
        epsilon_2: Smallest size of a weight that its steps are in proportion to.
        clip_threshold: Longest step, as a root of the mean square, before the learning rate.
        relative_step: True to let the learning rate fall with the root of the steps.

    Source: Shazeer & Stern 2018, https://arxiv.org/abs/1804.04235
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: Small = 1e-30,
        epsilon_2: Small = 1e-3,
        clip_threshold: Small = 1.0,
        relative_step: bool = True,
        weight_decay: Amount = None,
        clipnorm: Amount = None,
        clipvalue: Amount = None,
        global_clipnorm: Amount = None,
        use_ema: bool = False,
        ema_momentum: Share = 0.99,
        ema_overwrite_frequency: Count = None,
        loss_scale_factor: Amount = None,
        gradient_accumulation_steps: Accumulated = None,
        name: str | None = None,
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
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def make_slots(self) -> None:
        """Averages of rows and columns, and the squares they stand for."""
        self._slots = {**self._slots, "row": [], "column": [], "velocity": []}
        for parameter in self._parameters:
            shape, name = tuple(parameter.shape), getattr(parameter, "name", "") or "variable"
            for slot, sizes in (("row", shape[:-1]), ("column", (*shape[:-2], *shape[-1:]))):
                # Vectors have no rows and columns; Keras saves a 0 in their place.
                matrix = len(shape) > 1
                average = parameter.new_zeros(sizes) if matrix else parameter.new_zeros((), dtype=torch.int32)
                self._slots[slot].append(average)
                self._state.append((f"{self.name}/{name}_{slot}", average))
            self._slots["velocity"].append(torch.zeros_like(parameter))
            self._state.append((self.slot_path(parameter, "velocity"), self._slots["velocity"][-1]))

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the gradient, divided by the root of the averages, in proportion to the weight."""
        step = self.iterations + 1
        if self.relative_step and not callable(self._learning_rate):
            rate = min(rate, 1 / math.sqrt(step))
        fraction = min(rate, 1 / math.sqrt(step))
        keep = 1 - step**self.beta_2_decay
        states = zip(parameters, gradients, slots["row"], slots["column"], slots["velocity"], strict=True)
        for parameter, gradient, row, column, squares in states:
            newest = gradient.square() + self.epsilon_1
            if parameter.ndim > 1:
                row.mul_(keep).add_(newest.mean(-1), alpha=1 - keep)
                column.mul_(keep).add_(newest.mean(-2), alpha=1 - keep)
                squares.copy_((row / row.mean(-1, keepdim=True)).unsqueeze(-1) * column.unsqueeze(-2))
            else:
                squares.mul_(keep).add_(newest, alpha=1 - keep)
            change = gradient / squares.sqrt()
            change = change / (_root_mean_square(change) / self.clip_threshold).clamp(min=1)
            parameter.sub_(change * (_root_mean_square(parameter).clamp(min=self.epsilon_2) * fraction))


def _root_mean_square(values: Tensor) -> Tensor:
    return values.square().mean().sqrt()
