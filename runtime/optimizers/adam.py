"""Adam and its relative with weight decay: a step size for each weight."""

import math
from typing import Any

import torch
from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Beta, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class Adam(Optimizer):
    """Gives each weight a step size of its own, from running averages of gradients. A good first choice.

    Args:
        beta_1: How slowly the average of gradients changes.
        beta_2: How slowly the average of squared gradients changes.
        epsilon: Small number that keeps from dividing by 0.
        amsgrad: True to divide by the largest average so far, so that steps only get smaller.

    Source: Kingma & Ba 2014, https://arxiv.org/abs/1412.6980
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.999,
        epsilon: Small = 1e-7,
        amsgrad: bool = False,
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
        self.amsgrad = amsgrad
        self._clock = torch.zeros(())

    def make_slots(self) -> None:
        """Averages of gradients and of their squares."""
        self.add_slots("momentum", "velocity")
        if self.amsgrad:
            self.add_slots("velocity_hat")

    def decay(self, parameters: list[Tensor], rate: float) -> None:
        """Does the weight decay of one step, where the kernel does not."""
        if not self._decays_in_kernel:
            super().decay(parameters, rate)

    @property
    def _decays_in_kernel(self) -> bool:
        return self._lies_dense and not self.has_undecayed

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the average gradient, divided by the root of the average square."""
        step = self.iterations + 1
        correction = math.sqrt(1 - self.beta_2**step)
        if self._lies_dense:
            if self._clock.device != parameters[0].device:
                self._clock = self._clock.to(parameters[0].device)
            kernels._fused_adamw_(
                parameters,
                gradients,
                slots["momentum"],
                slots["velocity"],
                slots.get("velocity_hat", []),
                [self._clock.fill_(step)] * len(parameters),
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                weight_decay=(self.weight_decay or 0.0) if self._decays_in_kernel else 0.0,
                # The kernel adds epsilon to the corrected root, Keras to the plain one.
                eps=self.epsilon / correction,
                amsgrad=self.amsgrad,
                maximize=False,
            )
            return
        kernels._foreach_lerp_(slots["momentum"], gradients, 1 - self.beta_1)
        squares = slots["velocity"]
        kernels._foreach_mul_(squares, self.beta_2)
        kernels._foreach_addcmul_(squares, gradients, gradients, 1 - self.beta_2)
        if self.amsgrad:
            kernels._foreach_maximum_(slots["velocity_hat"], squares)
            squares = slots["velocity_hat"]
        roots = kernels._foreach_sqrt(squares)
        kernels._foreach_add_(roots, self.epsilon)
        kernels._foreach_addcdiv_(
            parameters, slots["momentum"], roots, -rate * correction / (1 - self.beta_1**step)
        )


@registry.register
class AdamW(Adam):
    """Adam that also takes a small share of each weight away at each step, so that weights stay small.

    Args:
        weight_decay: Share of each weight that is taken away at each step, times the learning rate.
        beta_1: How slowly the average of gradients changes.
        beta_2: How slowly the average of squared gradients changes.
        epsilon: Small number that keeps from dividing by 0.
        amsgrad: True to divide by the largest average so far, so that steps only get smaller.

    Source: Loshchilov & Hutter 2017, https://arxiv.org/abs/1711.05101
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: Small = 0.004,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.999,
        epsilon: Small = 1e-7,
        amsgrad: bool = False,
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
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            amsgrad=amsgrad,
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
