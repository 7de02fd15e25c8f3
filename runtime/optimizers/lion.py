"""Lion and Lamb: optimizers for large models and large batches."""

from typing import Any

import torch
from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Beta, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class Lion(Optimizer):
    """Steps all weights by the same amount, in the direction of the average gradient: little memory needed.

    Args:
        beta_1: How much the average counts against the newest gradient in the direction.
        beta_2: How slowly the average of gradients changes.

    Source: Chen et al. 2023, https://arxiv.org/abs/2302.06675
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.99,
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
        if not 0 < beta_1 <= 1:
            self.refuse("beta_1", beta_1, "It is a number above 0, and 1 at most.")

    def make_slots(self) -> None:
        """Average gradients."""
        self.add_slots("momentum")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the sign of the average gradient."""
        averages = slots["momentum"]
        directions = kernels._foreach_lerp(averages, gradients, 1 - self.beta_1)
        kernels._foreach_sign_(directions)
        kernels._foreach_add_(parameters, directions, alpha=-rate)
        kernels._foreach_lerp_(averages, gradients, 1 - self.beta_2)


@registry.register
class Lamb(Optimizer):
    """Adam whose steps keep in proportion to the weights of each layer: for very large batches.

    Args:
        beta_1: How slowly the average of gradients changes.
        beta_2: How slowly the average of squared gradients changes.
        epsilon: Small number that keeps from dividing by 0.

    Source: You et al. 2019, https://arxiv.org/abs/1904.00962
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
        """Averages of gradients and of their squares."""
        self.add_slots("momentum", "velocity")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps as Adam, each step scaled to the length of its weight."""
        step = self.iterations + 1
        averages, squares = slots["momentum"], slots["velocity"]
        kernels._foreach_lerp_(averages, gradients, 1 - self.beta_1)
        kernels._foreach_mul_(squares, self.beta_2)
        kernels._foreach_addcmul_(squares, gradients, gradients, 1 - self.beta_2)
        roots = kernels._foreach_div(squares, 1 - self.beta_2**step)
        kernels._foreach_sqrt_(roots)
        kernels._foreach_add_(roots, self.epsilon)
        changes = kernels._foreach_div(averages, 1 - self.beta_1**step)
        kernels._foreach_div_(changes, roots)
        for parameter, change in zip(parameters, changes, strict=True):
            length, change_length = parameter.norm(), change.norm()
            ratio = torch.where((length > 0) & (change_length > 0), length / change_length, 1.0)
            parameter.sub_(change * (ratio * rate))
