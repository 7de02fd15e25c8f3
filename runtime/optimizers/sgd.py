"""Stochastic gradient descent: straight down the slope, with momentum if you like."""

from typing import Any

from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share
from runtime.optimizers.state import Slots


@registry.register
class SGD(Optimizer):
    """Goes straight down the slope; with momentum it keeps rolling like a ball.

    Args:
        momentum: How much of the last step is kept in the next one, 0 to 1; 0.9 is usual.
        nesterov: True to look ahead: the slope is taken where momentum is about to lead.

    Source: https://keras.io/api/optimizers/sgd/
    """

    largest_rate = 1.0

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: Share = 0.0,
        nesterov: bool = False,
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
        self.momentum = momentum
        self.nesterov = nesterov
        if not 0 <= momentum <= 1:
            self.refuse("momentum", momentum, "It is a number from 0 to 1.")

    def make_slots(self) -> None:
        """The last step of each weight, where there is momentum."""
        if self.momentum:
            self.add_slots("momentum")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Goes down the slope."""
        if not self.momentum:
            kernels._foreach_add_(parameters, gradients, alpha=-rate)
            return
        steps = slots["momentum"]
        if not self.nesterov and self._lies_dense:
            # The kernel keeps momentum * step + (1 - dampening) * gradient and subtracts lr times that. These
            # values make it keep the step itself, which stays right when the learning rate changes.
            kernels._fused_sgd_(
                parameters,
                gradients,
                steps,
                weight_decay=0.0,
                momentum=self.momentum,
                lr=-1.0,
                dampening=1 + rate,
                nesterov=False,
                maximize=False,
                is_first_step=False,
            )
            return
        kernels._foreach_mul_(steps, self.momentum)
        kernels._foreach_add_(steps, gradients, alpha=-rate)
        if self.nesterov:
            kernels._foreach_add_(parameters, gradients, alpha=-rate)
            kernels._foreach_add_(parameters, steps, alpha=self.momentum)
        else:
            kernels._foreach_add_(parameters, steps)
