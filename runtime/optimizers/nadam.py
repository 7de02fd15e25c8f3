"""Nadam and Adamax: two variations of Adam."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Beta, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class Nadam(Optimizer):
    """Adam that looks ahead to where momentum is about to lead.

    Args:
        beta_1: How slowly the average of gradients changes.
        beta_2: How slowly the average of squared gradients changes.
        epsilon: Small number that keeps from dividing by 0.

    Source: Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.999,
        epsilon: Small = 1e-7,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        # It stays in memory, wherever the weights are: each step reads it.
        self._momentum_product = torch.ones(())

    def make_slots(self) -> None:
        """Averages of gradients and of their squares, and the product of all momenta so far."""
        self.add_slots("momentum", "velocity")
        self._state.append((f"{self.name}/momentum_product", self._momentum_product))

    def implied_state(self, steps: int) -> list[Any]:
        """The product of all momenta, which Keras 2 does not save."""
        return [np.float32(np.prod([self._momentum_at(step) for step in range(1, steps + 1)]))]

    def _momentum_at(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * 0.96**step)

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the average gradient of the next step, divided by the root of the average square."""
        step = self.iterations + 1
        now, later = self._momentum_at(step), self._momentum_at(step + 1)
        product = self._momentum_product.mul_(now).item()
        averages, squares = slots["momentum"], slots["velocity"]
        kernels._foreach_lerp_(averages, gradients, 1 - self.beta_1)
        kernels._foreach_mul_(squares, self.beta_2)
        kernels._foreach_addcmul_(squares, gradients, gradients, 1 - self.beta_2)
        ahead = kernels._foreach_mul(averages, later / (1 - product * later))
        kernels._foreach_add_(ahead, gradients, alpha=(1 - now) / (1 - product))
        roots = kernels._foreach_div(squares, 1 - self.beta_2**step)
        kernels._foreach_sqrt_(roots)
        kernels._foreach_add_(roots, self.epsilon)
        kernels._foreach_addcdiv_(parameters, ahead, roots, -rate)


@registry.register
class Adamax(Optimizer):
    """Adam that divides by the largest gradient of late instead of the average square.

    Args:
        beta_1: How slowly the average of gradients changes.
        beta_2: How slowly the largest gradient is forgotten.
        epsilon: Small number that keeps from dividing by 0.

    Source: Kingma & Ba 2014, https://arxiv.org/abs/1412.6980
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.999,
        epsilon: Small = 1e-7,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def make_slots(self) -> None:
        """Average gradients, and the largest ones of late."""
        self.add_slots("momentum", "norm")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the average gradient, divided by the largest."""
        averages, largest = slots["momentum"], slots["norm"]
        kernels._foreach_lerp_(averages, gradients, 1 - self.beta_1)
        kernels._foreach_mul_(largest, self.beta_2)
        kernels._foreach_maximum_(largest, kernels._foreach_abs(gradients))
        divisors = kernels._foreach_add(largest, self.epsilon)
        step = self.iterations + 1
        kernels._foreach_addcdiv_(parameters, averages, divisors, -rate / (1 - self.beta_1**step))
