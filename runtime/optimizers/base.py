"""The optimizer: one step from gradients to new weights, with all that goes before and after the formula."""

import operator
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from runtime.configurable import constructor_parameters
from runtime.errors import NotBuiltError, ParameterError
from runtime.optimizers.gradients import clip_each, clip_together, clip_values, in_order_of
from runtime.optimizers.kernels import kernels
from runtime.optimizers.settings import Accumulated, Amount, Count, LearningRate, Share
from runtime.optimizers.state import OptimizerState, Slots
from runtime.registries import Registry


class Optimizer(OptimizerState):
    """Base of all optimizers: changes the weights a little after each batch, so that the loss falls.

    An optimizer of your own overrides `make_slots` and `update`.
    """

    largest_rate: ClassVar[float] = 0.1
    """No learning rate that is in use is larger."""

    def __init__(
        self,
        learning_rate: LearningRate,
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
        self._undecayed: set[int] = set()
        self._undecayed_names: re.Pattern[str] | None = None
        self._warned = False

    def apply(
        self, gradients: Sequence[Tensor | None], parameters: Sequence[nn.Parameter] | None = None
    ) -> None:
        """Makes one step.

        Args:
            gradients: One for each weight; None where the loss does not depend on it.
            parameters: The weights; None for those the optimizer was built with.

        Raises:
            NotBuiltError: There are no weights yet.
            ParameterError: The gradients do not fit the weights.
        """
        if not self.built:
            if parameters is None:
                raise NotBuiltError(
                    f"The optimizer {self.name!r} was given gradients but no weights.",
                    hint="Call build(parameters) first, or give the weights too.",
                )
            self.build(parameters)
        if not gradients:
            return
        with torch.no_grad():
            values, given, slots = self._matched(gradients, parameters)
            if self._device != values[0].device:
                self.follow_device()
            self._apply(values, in_order_of(values, given), slots)
            for parameter, constraint in self._constrained:
                parameter.copy_(constraint(parameter))
        self._step += 1

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Tensor | None, nn.Parameter]]) -> int:
        """Makes one step with pairs of gradient and weight.

        Returns:
            How many steps have been made.
        """
        gradients, parameters = zip(*grads_and_vars, strict=True)
        self.apply(gradients, parameters)
        return self._step

    def update(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots, rate: float) -> None:
        """Changes the weights and their state in place: the optimizer's own formula.

        Args:
            parameters: The weights.
            gradients: Their gradients, in the same memory order.
            slots: Their state.
            rate: The learning rate of this step.
        """
        raise NotImplementedError(f"The optimizer {type(self).__name__} has no formula: write `update`.")

    def finalize_variable_values(self, parameters: Sequence[nn.Parameter] | None = None) -> None:
        """Replaces the weights by their running average at the end of training, if one was kept."""
        if self.use_ema and self.built:
            chosen = self._parameters if parameters is None else parameters
            with torch.no_grad():
                for parameter in chosen:
                    parameter.copy_(self._slots["average"][self._index[id(parameter)]])

    def swap_averages(self) -> None:
        """Exchanges the weights and their running average, which `use_ema` keeps."""
        with torch.no_grad():
            for parameter, average in zip(self._parameters, self._slots["average"], strict=True):
                weight = parameter.clone()
                parameter.copy_(average)
                average.copy_(weight)

    def average_from_weights(self) -> None:
        """Begins the running average anew at the present weights."""
        with torch.no_grad():
            for parameter, average in zip(self._parameters, self._slots["average"], strict=True):
                average.copy_(parameter)

    def exclude_from_weight_decay(
        self, var_list: Iterable[nn.Parameter] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Keeps some weights out of the decay.

        Args:
            var_list: The weights.
            var_names: Patterns; weights in whose name one is found are kept out too.
        """
        self._undecayed = {id(parameter) for parameter in var_list or ()}
        self._undecayed_names = re.compile("|".join(var_names)) if var_names else None

    def shrink(self, parameters: list[Tensor], share: float) -> None:
        """Takes a share of each weight away, but for those kept out of the decay."""
        decayed = [parameter for parameter in parameters if self._decays(parameter)]
        if decayed:
            kernels._foreach_mul_(decayed, 1 - share)

    def decay(self, parameters: list[Tensor], rate: float) -> None:
        """Does the weight decay of one step.

        Args:
            parameters: The weights.
            rate: The learning rate of this step.
        """
        if self.weight_decay is not None:
            self.shrink(parameters, self.weight_decay * rate)

    def _matched(
        self, gradients: Sequence[Tensor | None], parameters: Sequence[nn.Parameter] | None
    ) -> tuple[list[Tensor], list[Tensor], Slots]:
        """Weights that have a gradient, their gradients and their state."""
        chosen = self._parameters if parameters is None else parameters
        if len(gradients) != len(chosen):
            raise ParameterError(
                f"The optimizer {self.name!r} got {len(gradients)} gradients for {len(chosen)} weights.",
                hint="Give one gradient for each weight, None where there is none.",
            )
        complete = len(chosen) == len(self._parameters) and all(map(operator.is_, chosen, self._parameters))
        if complete and all(gradient is not None for gradient in gradients):
            return cast(list[Tensor], self._parameters), cast(list[Tensor], gradients), self._slots
        pairs = [(p, g) for p, g in zip(chosen, gradients, strict=True) if g is not None]
        self._tell_missing([p for p, g in zip(chosen, gradients, strict=True) if g is None], len(chosen))
        try:
            at = [self._index[id(parameter)] for parameter, _ in pairs]
        except KeyError:
            raise ParameterError(
                f"The optimizer {self.name!r} was given a weight it was not built with.",
                hint="Make a new optimizer for other weights.",
            ) from None
        slots = {name: [tensors[index] for index in at] for name, tensors in self._slots.items()}
        return [parameter for parameter, _ in pairs], [gradient for _, gradient in pairs], slots

    def _tell_missing(self, missing: list[nn.Parameter], count: int) -> None:
        if missing and len(missing) == count:
            raise ParameterError(
                "No weight has a gradient: the loss depends on none of them.",
                hint="Check that the weights are trainable and that the loss comes from the model's outputs.",
            )
        if missing and not self._warned:
            self._warned = True
            names = ", ".join(getattr(one, "path", "") or "without a name" for one in missing)
            warnings.warn(f"The loss does not depend on these weights: {names}.", stacklevel=4)

    def _apply(self, parameters: list[Tensor], gradients: list[Tensor], slots: Slots) -> None:
        if self.loss_scale_factor is not None:
            gradients = list(kernels._foreach_div(gradients, self.loss_scale_factor))
        every = self.gradient_accumulation_steps
        if every and (self._step + 1) % every:
            kernels._foreach_add_(slots["gradient_accumulator"], gradients)
        else:
            if every:
                total = kernels._foreach_add(gradients, slots["gradient_accumulator"])
                gradients = list(kernels._foreach_div(total, every))
            rate = self.learning_rate
            self.decay(parameters, rate)
            self.update(parameters, self._clipped(gradients), slots, rate)
            if every:
                # Those of weights without a gradient in the last batch too, as in Keras.
                kernels._foreach_zero_(self._slots["gradient_accumulator"])
        if self.use_ema:
            self._average()

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        if self.clipnorm:
            return clip_each(gradients, self.clipnorm)
        if self.global_clipnorm:
            return clip_together(gradients, self.global_clipnorm)
        return clip_values(gradients, self.clipvalue) if self.clipvalue else gradients

    @property
    def has_undecayed(self) -> bool:
        """True if some weights are kept out of the decay."""
        return bool(self._undecayed or self._undecayed_names)

    def _decays(self, parameter: Tensor) -> bool:
        if id(parameter) in self._undecayed:
            return False
        return not (
            self._undecayed_names and self._undecayed_names.search(getattr(parameter, "name", "") or "")
        )

    def _average(self) -> None:
        # The first step starts the average at the weights themselves.
        follow = 1 - self.ema_momentum if self.iterations else 1.0
        values = cast(list[Tensor], self._parameters)
        kernels._foreach_lerp_(self._slots["average"], values, follow)
        if self.ema_overwrite_frequency and (self.iterations + 1) % self.ema_overwrite_frequency == 0:
            kernels._foreach_copy_(values, self._slots["average"])


class OptimizerRegistry(Registry[Optimizer]):
    """All optimizers, found by name in any mixture of capital and small letters."""

    def names(self) -> tuple[str, ...]:
        """Own names of those that a name alone makes; one that wraps another is still found."""
        return tuple(
            name for name in super().names() if "learning_rate" in constructor_parameters(self._class(name))
        )

    def _class(self, name: str) -> type:
        return cast(type, self._entries[name])

    def lookup(self, name: str) -> Callable[..., Any]:
        """The class of that name."""
        return super().lookup(next((known for known in self._by_name if known.lower() == name.lower()), name))

    def get(self, identifier: Any) -> Any:
        """Makes the optimizer that a name, class or config stands for; an optimizer stays itself."""
        return identifier if isinstance(identifier, Optimizer) else super().get(identifier)


registry = OptimizerRegistry("optimizer", "keras.optimizers")

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize
