"""AdamW without a schedule: an average of the weights takes its place."""

from typing import Annotated, Any

from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Beta, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots
from runtime.types import Range


@registry.register
class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its own weights, so that no schedule of learning rates is needed.

    Args:
        beta_1: How much the average counts against the newest weights.
        beta_2: How slowly the average of squared gradients changes.
        epsilon: Small number that keeps from dividing by 0.
        warmup_steps: Over how many steps the learning rate rises to its full height.

    Source: Defazio et al. 2024, https://arxiv.org/abs/2405.15682
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.0025,
        beta_1: Beta = 0.9,
        beta_2: Beta = 0.999,
        epsilon: Small = 1e-8,
        warmup_steps: Annotated[int, Range(min=0)] = 0,
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
        self.warmup_steps = warmup_steps

    def make_slots(self) -> None:
        """Weights without average, and averages of squared gradients."""
        self.add_slots("momentum", "velocity")
        kernels._foreach_copy_(self._slots["momentum"], [one.detach() for one in self._parameters])

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Steps the plain weights as Adam, and moves the averaged ones after them."""
        step = self.iterations + 1
        if self.warmup_steps:
            rate = rate * min(step / self.warmup_steps, 1.0)
        plain, squares = slots["momentum"], slots["velocity"]
        before = [weight.clone() for weight in plain]
        kernels._foreach_mul_(squares, self.beta_2)
        kernels._foreach_addcmul_(squares, gradients, gradients, 1 - self.beta_2)
        roots = kernels._foreach_div(squares, 1 - self.beta_2**step)
        kernels._foreach_sqrt_(roots)
        kernels._foreach_add_(roots, self.epsilon)
        kernels._foreach_addcdiv_(plain, gradients, roots, -rate)
        for parameter, old, new in zip(parameters, before, plain, strict=True):
            average = (parameter - (1 - self.beta_1) * old) / self.beta_1
            average = average.lerp(new, 1 / step)
            parameter.copy_((1 - self.beta_1) * new + self.beta_1 * average)
