"""Adagrad and Adadelta: steps that get smaller where much has been learnt already."""

from typing import Any

from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots


@registry.register
class Adagrad(Optimizer):
    """Makes steps smaller for weights that have moved much: good for rare features.

    Args:
        initial_accumulator_value: What the sum of squared gradients starts from.
        epsilon: Small number that keeps from dividing by 0.

    Source: Duchi et al. 2011, https://www.jmlr.org/papers/v12/duchi11a.html
    """

    largest_rate = 1.0

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: Small = 0.1,
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
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def make_slots(self) -> None:
        """Sums of squared gradients."""
        self.add_slots("accumulator", start=self.initial_accumulator_value)

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the gradient, divided by the root of the sum of squares."""
        kernels._foreach_addcmul_(slots["accumulator"], gradients, gradients)
        roots = kernels._foreach_add(slots["accumulator"], self.epsilon)
        kernels._foreach_sqrt_(roots)
        kernels._foreach_addcdiv_(parameters, gradients, roots, -rate)


@registry.register
class Adadelta(Optimizer):
    """Finds its step sizes from how far weights have moved lately; set the learning rate to 1 for that.

    Args:
        rho: How slowly the averages of squares change.
        epsilon: Small number that keeps from dividing by 0.

    Source: Zeiler 2012, https://arxiv.org/abs/1212.5701
    """

    largest_rate = 1.0

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: Share = 0.95,
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
        self.rho = rho
        self.epsilon = epsilon

    def make_slots(self) -> None:
        """Average squares of gradients and of steps."""
        self.add_slots("accumulated_grad", "accumulated_delta_var")

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps by the gradient, times the usual step, divided by the usual gradient."""
        gradient_squares, step_squares = slots["accumulated_grad"], slots["accumulated_delta_var"]
        kernels._foreach_mul_(gradient_squares, self.rho)
        kernels._foreach_addcmul_(gradient_squares, gradients, gradients, 1 - self.rho)
        steps = self._roots(step_squares)
        kernels._foreach_mul_(steps, gradients)
        kernels._foreach_div_(steps, self._roots(gradient_squares))
        kernels._foreach_mul_(step_squares, self.rho)
        kernels._foreach_addcmul_(step_squares, steps, steps, 1 - self.rho)
        kernels._foreach_add_(parameters, steps, alpha=-rate)

    def _roots(self, squares: list[Tensor]) -> list[Tensor]:
        roots = kernels._foreach_add(squares, self.epsilon)
        kernels._foreach_sqrt_(roots)
        return roots
