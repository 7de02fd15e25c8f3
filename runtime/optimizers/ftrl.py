"""Ftrl: follows the regularised leader, for linear models with very many sparse features."""

from typing import Annotated, Any

from torch import Tensor

from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share, Small
from runtime.optimizers.state import Slots
from runtime.types import Range


@registry.register
class Ftrl(Optimizer):
    """Keeps weights of rare features at exactly 0: for linear models with very many features.

    Args:
        learning_rate_power: How step sizes fall with the sum of squared gradients; 0 keeps them.
        initial_accumulator_value: What the sum of squared gradients starts from.
        l1_regularization_strength: Price of the size of weights: pushes them to exactly 0.
        l2_regularization_strength: Price of the squares of weights.
        l2_shrinkage_regularization_strength: Price of the squares of weights, put on the gradient.
        beta: Makes all steps smaller from the start.

    Source: McMahan et al. 2013, https://research.google.com/pubs/archive/41159.pdf
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: Annotated[float, Range(max=0)] = -0.5,
        initial_accumulator_value: Small = 0.1,
        l1_regularization_strength: Small = 0.0,
        l2_regularization_strength: Small = 0.0,
        l2_shrinkage_regularization_strength: Small = 0.0,
        beta: Small = 0.0,
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
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        for parameter in (
            "initial_accumulator_value",
            "l1_regularization_strength",
            "l2_regularization_strength",
        ):
            if getattr(self, parameter) < 0:
                self.refuse(parameter, getattr(self, parameter), "It is a number of at least 0.")
        if l2_shrinkage_regularization_strength < 0:
            self.refuse(
                "l2_shrinkage_regularization_strength",
                l2_shrinkage_regularization_strength,
                "It is a number of at least 0.",
            )
        if learning_rate_power > 0:
            self.refuse("learning_rate_power", learning_rate_power, "It is 0 or below.")

    def make_slots(self) -> None:
        """Sums of squared gradients, and of gradients freed from the weights' part."""
        self.add_slots("accumulator", "linear")
        for accumulator in self._slots["accumulator"]:
            accumulator.fill_(self.initial_accumulator_value)

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Works each weight out anew from the sums."""
        if not rate:
            # A schedule may begin or end with 0: the formula divides by it, and there is nowhere to go.
            return
        l1, power = self.l1_regularization_strength, -self.learning_rate_power
        l2 = self.l2_regularization_strength + self.beta / (2 * rate)
        states = zip(parameters, gradients, slots["accumulator"], slots["linear"], strict=True)
        for parameter, gradient, accumulator, linear in states:
            total = accumulator + gradient.square()
            push = gradient + 2 * self.l2_shrinkage_regularization_strength * parameter
            linear.add_(push - (total**power - accumulator**power) / rate * parameter)
            parameter.copy_((linear.clamp(-l1, l1) - linear) / (total**power / rate + 2 * l2))
            accumulator.copy_(total)
