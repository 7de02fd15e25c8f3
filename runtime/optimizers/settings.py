"""The settings all optimizers share: checked, changed while training goes on, written and read."""

from collections.abc import Callable
from typing import Annotated, Any, Self

from torch import Tensor

from runtime.configurable import Checked, to_json
from runtime.errors import ParameterError, did_you_mean
from runtime.optimizers.schedules import InverseTimeDecay, LearningRateSchedule
from runtime.optimizers.schedules import registry as schedules
from runtime.registries import snake_case
from runtime.types import Range

LearningRate = Annotated[float, Range(min=0, exclusive_min=True)] | LearningRateSchedule | Callable[[], float]
Share = Annotated[float, Range(min=0, max=1)]
Beta = Annotated[float, Range(min=0, max=1, exclusive_max=True)]
Small = Annotated[float, Range(min=0)]
Amount = Annotated[float, Range(min=0)] | None
Count = Annotated[int, Range(min=1)] | None
Accumulated = Annotated[int, Range(min=2)] | None

_KEYS_OF_KERAS_2 = {"jit_compile", "is_legacy_optimizer", "schedule_decay"}


class OptimizerSettings(Checked):
    """The part of an optimizer that is known before there are weights.

    Args:
        learning_rate: How far each step goes. Too large and the loss jumps about, too small and it hardly
            falls. A schedule lets it change from step to step.
        weight_decay: Share of each weight that is taken away at each step, times the learning rate.
        clipnorm: Longest gradient allowed for each weight; longer ones are shortened.
        clipvalue: Largest number allowed in a gradient; larger ones are cut off.
        global_clipnorm: Longest gradient allowed for all weights together.
        use_ema: True to keep a running average of the weights beside them.
        ema_momentum: How slowly that average follows the weights.
        ema_overwrite_frequency: Every how many steps the weights are replaced by their average; None for
            only at the end.
        loss_scale_factor: What the loss is multiplied with, and gradients divided by, to keep float16 in
            range.
        gradient_accumulation_steps: Over how many batches gradients are averaged before one step is made.
        name: Name in files; None for the class's name in snake_case.
    """

    _module = "keras.optimizers"

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
        learning_rate = self._take_old_arguments(learning_rate, kwargs)
        self.name = name or snake_case(type(self).__name__)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_arguments()
        self._step = 0
        self._learning_rate: float | LearningRateSchedule | Callable[[], float] = self._checked_rate(
            learning_rate
        )

    @property
    def iterations(self) -> int:
        """How many times the weights have been changed."""
        return self._step // (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(self._step)
        return float(rate()) if callable(rate) else rate

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        value = self._checked_rate(value)
        if isinstance(self._learning_rate, LearningRateSchedule) and not callable(value):
            raise ParameterError(
                f"The learning rate of {self.name!r} follows a schedule and cannot be set to {value!r}.",
                parameter="learning_rate",
                received=value,
                hint="Make the optimizer with a number as learning_rate to change it later.",
            )
        self._learning_rate = value

    @property
    def loss_scale(self) -> Any:
        """What the loss is multiplied with before its gradients are taken; None for nothing."""
        return self.loss_scale_factor

    def scale_loss(self, loss: Tensor) -> Tensor:
        """The loss as its gradient is to be taken: multiplied with `loss_scale_factor`, if there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values, with the name and the present learning rate."""
        return {**super().get_config(), "name": self.name, "learning_rate": to_json(self._learning_rate)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes an optimizer from what `get_config` returned; reads what Keras 2 wrote too."""
        config = {key: value for key, value in config.items() if key not in _KEYS_OF_KERAS_2}
        if "lr" in config:
            config["learning_rate"] = config.pop("lr")
        if config.get("epsilon", 0) is None:
            del config["epsilon"]
        if isinstance(rate := config.get("learning_rate"), dict):
            config["learning_rate"] = schedules.deserialize(rate, custom_objects)
        return cls(**config)

    def _take_old_arguments(self, learning_rate: LearningRate, old: dict[str, Any]) -> LearningRate:
        """Reads `lr` and `decay` of Keras 2; anything else is unknown."""
        old = dict(old)
        learning_rate = old.pop("lr", learning_rate)
        decay = old.pop("decay", None)
        if old:
            name = next(iter(old))
            close = did_you_mean(
                name, [key for key in type(self).__init__.__annotations__ if key != "return"]
            )
            raise ParameterError(
                f"{type(self).__name__} has no argument {name!r}.",
                parameter=name,
                received=old[name],
                hint=f"Did you mean {close[0]!r}?" if close else "",
            )
        if decay and isinstance(learning_rate, float):
            return InverseTimeDecay(learning_rate, decay_steps=1, decay_rate=decay)
        return learning_rate

    def _checked_rate(self, value: Any) -> Any:
        if callable(value):
            return value
        try:
            rate = float(value)
        except (TypeError, ValueError):
            rate = -1.0
        if rate < 0:
            raise ParameterError(
                f"{type(self).__name__} got learning_rate={value!r}.",
                parameter="learning_rate",
                received=value,
                hint="It is a number above 0, such as 0.001, or a schedule.",
            )
        return rate

    def _check_arguments(self) -> None:
        clips = [
            name for name in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, name) is not None
        ]
        every = self.gradient_accumulation_steps
        problems = {
            "clipnorm": (len(clips) > 1, "Set only one of clipnorm, clipvalue and global_clipnorm."),
            "gradient_accumulation_steps": (
                bool(every) and every < 2,
                "It is a whole number, at least 2.",
            ),
            "ema_momentum": (self.use_ema and not 0 <= self.ema_momentum <= 1, "It is a number from 0 to 1."),
            "ema_overwrite_frequency": (
                self.use_ema
                and bool(often := self.ema_overwrite_frequency)
                and (not isinstance(often, int) or often < 1),
                "It is a whole number, at least 1.",
            ),
        }
        for parameter, (wrong, hint) in problems.items():
            if wrong:
                self.refuse(parameter, getattr(self, parameter), hint)

    def refuse(self, parameter: str, received: Any, hint: str) -> None:
        """Raises the error for an argument that cannot have the value it was given."""
        raise ParameterError(
            f"{type(self).__name__} got {parameter}={received!r}.",
            parameter=parameter,
            received=received,
            hint=hint,
        )
