"""`LossScaleOptimizer`: keeps the small gradients of float16 from vanishing."""

from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import numpy as np
import torch
from torch import Tensor, nn

from runtime.configurable import object_config
from runtime.errors import ParameterError, ShapeError
from runtime.optimizers.base import Optimizer, registry
from runtime.optimizers.kernels import kernels

_OF_THE_INNER = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}
"""Settings that files of older versions hold here with these values; only the optimizer inside has them."""


@registry.register
class LossScaleOptimizer(Optimizer):
    """Multiplies the loss with a large number, and lets another optimizer step with gradients divided by it.

    Numbers of float16 below 6e-8 are 0, which most gradients would be. The factor finds its size by itself:
    it is halved, and the step left out, when a gradient becomes infinite, and doubled after many good steps.
    `compile` puts it around the optimizer of a model whose policy is "mixed_float16".

    Args:
        inner_optimizer: The optimizer that makes the steps.
        initial_scale: What the loss is multiplied with at first.
        dynamic_growth_steps: After how many good steps in a row the factor is doubled.
        name: Name in files; None for "loss_scale_optimizer".

    Source: https://keras.io/api/optimizers/loss_scale_optimizer/
    """

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._refuse_settings(kwargs)
        super().__init__(0.0, name=name)
        inner = registry.get(inner_optimizer)
        if not isinstance(inner, Optimizer):
            self.refuse("inner_optimizer", inner_optimizer, "Give an optimizer, such as optimizers.Adam().")
        self.inner_optimizer = cast(Optimizer, inner)
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        # The gradients would be divided twice.
        self.inner_optimizer.loss_scale_factor = None
        self._good_steps = 0
        self.dynamic_scale = torch.tensor(float(initial_scale))

    def _refuse_settings(self, given: dict[str, Any]) -> None:
        if not given.pop("dynamic", True):
            self.refuse("dynamic", False, "Set loss_scale_factor on the optimizer itself.")
        for name, value in given.items():
            if name not in _OF_THE_INNER or value != _OF_THE_INNER[name]:
                raise ParameterError(
                    f"LossScaleOptimizer has no argument {name!r}.",
                    parameter=name,
                    received=value,
                    hint="Set it on the optimizer inside.",
                )

    def build(self, parameters: Iterable[nn.Parameter]) -> None:
        """Makes the state for the weights that are to be trained."""
        if self.built:
            return
        parameters = list(parameters)
        self.inner_optimizer.build(parameters)
        super().build(parameters)
        if parameters:
            self.dynamic_scale = self.dynamic_scale.to(parameters[0].device)

    @property
    def step_counter(self) -> int:
        """Good steps since the factor was changed."""
        return self._good_steps

    @property
    def learning_rate(self) -> float:
        """The learning rate of the optimizer inside."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> int:
        """How many times the weights have been changed; steps that were left out do not count."""
        return self.inner_optimizer.iterations

    @property
    def loss_scale(self) -> Tensor:
        """What the loss is multiplied with: a tensor that changes in place."""
        return self.dynamic_scale

    def scale_loss(self, loss: Tensor) -> Tensor:
        """The loss as its gradient is to be taken."""
        return loss * self.dynamic_scale.to(loss.dtype)

    def check_finite(self, gradients: Sequence[Tensor | None]) -> bool:
        """True if no gradient holds an infinite or missing number."""
        found = [gradient.isfinite().all() for gradient in gradients if gradient is not None]
        return not found or bool(torch.stack(found).all())

    def apply(
        self, gradients: Sequence[Tensor | None], parameters: Sequence[nn.Parameter] | None = None
    ) -> None:
        """Makes one step, or none if the gradients are not finite, and fits the factor.

        Args:
            gradients: One for each weight, of the loss that was multiplied; None where there is none.
            parameters: The weights; None for those the optimizer was built with.
        """
        if not self.built and parameters is not None:
            self.build(parameters)
        if not self.check_finite(gradients):
            self._good_steps = 0
            self.dynamic_scale *= 0.5
            return
        factor = 1 / self.dynamic_scale
        given = [gradient for gradient in gradients if gradient is not None]
        smaller = iter(kernels._foreach_mul(given, factor) if given else ())
        unscaled = [None if gradient is None else next(smaller) for gradient in gradients]
        self.inner_optimizer.apply(unscaled, parameters)
        self._good_steps += 1
        if self._good_steps == self.dynamic_growth_steps:
            self._good_steps = 0
            self.dynamic_scale *= 2.0

    def finalize_variable_values(self, parameters: Sequence[nn.Parameter] | None = None) -> None:
        """Replaces the weights by their running average, if the optimizer inside kept one."""
        self.inner_optimizer.finalize_variable_values(parameters)

    @property
    def variables(self) -> list[tuple[str, Tensor]]:
        """The state as it is saved: its own first, then that of the optimizer inside."""
        counter = torch.tensor(self._good_steps, dtype=torch.int32)
        own = [(f"{self.name}/step_counter", counter), (f"{self.name}/dynamic_scale", self.dynamic_scale)]
        rate = (f"{self.name}/learning_rate", torch.tensor(0.0))
        return [super().variables[0], rate, *own, *self.inner_optimizer.variables]

    def load_variables(self, values: Sequence[Any]) -> None:
        """Replaces the state.

        Args:
            values: One array for each entry of `variables`.

        Raises:
            ShapeError: There are more or fewer, or one has another shape; nothing is changed then.
        """
        own = len(self.variables) - len(self.inner_optimizer.variables)
        if len(values) != len(self.variables) or any(np.asarray(value).ndim for value in values[:own]):
            raise ShapeError(
                f"The optimizer {self.name!r} has {len(self.variables)} variables, but {len(values)} that do "
                "not fit were given.",
                hint="The state belongs to another optimizer or to a model with other weights.",
            )
        self.inner_optimizer.load_variables(values[own:])
        self._good_steps = int(values[own - 2])
        self.dynamic_scale.fill_(float(values[own - 1]))

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values."""
        return {
            "name": self.name,
            "inner_optimizer": object_config(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes an optimizer from what `get_config` returned."""
        inner = registry.deserialize(config.get("inner_optimizer"), custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
