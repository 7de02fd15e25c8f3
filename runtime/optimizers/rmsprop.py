"""RMSprop: steps divided by how large gradients usually are."""

from typing import Any

from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class RMSprop(Optimizer):
    """Divides each weight's gradient by how large it usually is, so that all weights learn at one pace.

    Args:
        rho: How slowly the average of squared gradients changes.
        momentum: How much of the last step is kept in the next one.
        epsilon: Small number that keeps from dividing by 0.
        centered: True to divide by the spread around the average gradient instead of the average square.

    Source: https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: Share = 0.9,
        momentum: Share = 0.0,
        epsilon: Small = 1e-7,
        centered: bool = False,
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
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def make_slots(self) -> None:
        """Average squares, and steps and average gradients where they are needed."""
        self.add_slots("velocity")
        if self.momentum > 0:
            self.add_slots("momentum")
        if self.centered:
            self.add_slots("average_gradient")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the gradient, divided by the root of its average square."""
        squares = slots["velocity"]
        kernels._foreach_mul_(squares, self.rho)
        kernels._foreach_addcmul_(squares, gradients, gradients, 1 - self.rho)
        roots = kernels._foreach_add(squares, self.epsilon)
        if self.centered:
            averages = slots["average_gradient"]
            kernels._foreach_lerp_(averages, gradients, 1 - self.rho)
            kernels._foreach_addcmul_(roots, averages, averages, -1)
        kernels._foreach_sqrt_(roots)
        if self.momentum > 0:
            steps = slots["momentum"]
            kernels._foreach_mul_(steps, self.momentum)
            kernels._foreach_addcdiv_(steps, gradients, roots, rate)
            kernels._foreach_sub_(parameters, steps)
        else:
            kernels._foreach_addcdiv_(parameters, gradients, roots, -rate)
