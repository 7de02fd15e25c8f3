"""Schedules: learning rates that change from step to step.

A schedule is called with the number of steps done so far and gives the learning rate of the next one.
Source: https://keras.io/api/optimizers/learning_rate_schedules/
"""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Self

from runtime.configurable import Checked
from runtime.errors import ParameterError
from runtime.registries import Registry
from runtime.types import Range

Rate = Annotated[float, Range(min=0)]
Steps = Annotated[int | float, Range(min=0, exclusive_min=True)]

registry: "Registry[LearningRateSchedule]" = Registry("schedule", "keras.optimizers.schedules")


class LearningRateSchedule(Checked):
    """Base of all schedules; one of your own overrides `__call__`."""

    _module = "keras.optimizers.schedules"

    def __init__(self) -> None:
        """Takes no arguments."""

    def __call__(self, step: Any) -> float:
        """Gives the learning rate.

        Args:
            step: How many training steps have been done.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what the rate is: write `__call__`.")

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training, to begin with in a form.

        Args:
            rate: Learning rate at the start.
            steps: Steps of the whole training.
        """
        raise NotImplementedError(f"{cls.__name__} has no example: write `example`.")


@registry.register
class ExponentialDecay(LearningRateSchedule):
    """Multiplies the rate with the same factor again and again.

    Formula: rate = initial_learning_rate · decay_rate^(step / decay_steps)

    Args:
        initial_learning_rate: Rate at the start.
        decay_steps: How many steps it takes until the factor has been applied once.
        decay_rate: The factor, below 1.
        staircase: True to change the rate only every `decay_steps` steps, instead of a little at each.
        name: Any name.
    """

    def __init__(
        self,
        initial_learning_rate: Rate,
        decay_steps: Steps,
        decay_rate: Rate,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls(rate, max(steps // 3, 1), 0.5)

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        power = float(step) / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (
            math.floor(power) if self.staircase else power
        )


@registry.register
class PiecewiseConstantDecay(LearningRateSchedule):
    """Takes one rate after the other, from a list.

    Args:
        boundaries: The steps up to which each rate but the last one holds.
        values: The rates, one more than boundaries.
        name: Any name.
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ParameterError(
                f"PiecewiseConstantDecay got {len(boundaries)} boundaries and {len(values)} values.",
                parameter="boundaries",
                received=boundaries,
                hint="Between two rates stands one boundary: give one value more than boundaries.",
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls([steps // 2, steps * 3 // 4], [rate, rate / 10, rate / 100])

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        done = float(step)
        for boundary, value in zip(self.boundaries, self.values, strict=False):
            if done <= boundary:
                return float(value)
        return float(self.values[-1])


@registry.register
class PolynomialDecay(LearningRateSchedule):
    """Goes from one rate down to another, in a straight line or a curve.

    Formula: rate = (initial - end) · (1 - step / decay_steps)^power + end

    Args:
        initial_learning_rate: Rate at the start.
        decay_steps: How many steps the way down takes.
        end_learning_rate: Rate at the end.
        power: Form of the way: 1 is a straight line.
        cycle: True to go up and down again with longer and longer ways, instead of staying at the end.
        name: Any name.
    """

    def __init__(
        self,
        initial_learning_rate: Rate,
        decay_steps: Steps,
        end_learning_rate: Rate = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls(rate, steps, rate / 100)

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        done, steps = float(step), float(self.decay_steps)
        if self.cycle:
            steps *= max(1, math.ceil(done / steps))
        left = 1 - min(done, steps) / steps
        return (
            self.initial_learning_rate - self.end_learning_rate
        ) * left**self.power + self.end_learning_rate


@registry.register
class InverseTimeDecay(LearningRateSchedule):
    """Divides the rate by a number that grows with the steps.

    Formula: rate = initial_learning_rate / (1 + decay_rate · step / decay_steps)

    Args:
        initial_learning_rate: Rate at the start.
        decay_steps: How many steps it takes until the divisor has grown by `decay_rate`.
        decay_rate: How much the divisor grows.
        staircase: True to change the rate only every `decay_steps` steps, instead of a little at each.
        name: Any name.
    """

    def __init__(
        self,
        initial_learning_rate: Rate,
        decay_steps: Steps,
        decay_rate: Rate,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls(rate, max(steps // 3, 1), 1.0)

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        times = float(step) / self.decay_steps
        return self.initial_learning_rate / (
            1 + self.decay_rate * (math.floor(times) if self.staircase else times)
        )


@registry.register
class CosineDecay(LearningRateSchedule):
    """Goes down along half a cosine wave, if you like after a straight way up.

    Formula: rate = initial · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha)

    Args:
        initial_learning_rate: Rate at the start.
        decay_steps: How many steps the way down takes.
        alpha: Share of the highest rate that is left at the end.
        name: Any name.
        warmup_target: Rate at the end of the way up; None for no way up.
        warmup_steps: How many steps the way up takes.

    Source: Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983
    """

    def __init__(
        self,
        initial_learning_rate: Rate,
        decay_steps: Steps,
        alpha: Annotated[float, Range(min=0, max=1)] = 0.0,
        name: str = "CosineDecay",
        warmup_target: Rate | None = None,
        warmup_steps: Annotated[int, Range(min=0)] = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls(rate, steps)

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        done = float(step)
        if self.warmup_target is None:
            return self._down(done, self.initial_learning_rate)
        if done < self.warmup_steps:
            way = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + way * done / self.warmup_steps
        return self._down(done - self.warmup_steps, self.warmup_target)

    def _down(self, done: float, highest: float) -> float:
        fraction = min(done, self.decay_steps) / self.decay_steps
        wave = 0.5 * (1 + math.cos(math.pi * fraction))
        return highest * ((1 - self.alpha) * wave + self.alpha)


@registry.register
class CosineDecayRestarts(LearningRateSchedule):
    """Goes down along half a cosine wave again and again, each time from the top.

    Args:
        initial_learning_rate: Rate at the start.
        first_decay_steps: How many steps the first way down takes.
        t_mul: How many times longer each way is than the one before.
        m_mul: How many times higher each start is than the one before.
        alpha: Share of the highest rate that is left at the end of each way.
        name: Any name.

    Source: Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983
    """

    def __init__(
        self,
        initial_learning_rate: Rate,
        first_decay_steps: Steps,
        t_mul: Annotated[float, Range(min=0, exclusive_min=True)] = 2.0,
        m_mul: Rate = 1.0,
        alpha: Annotated[float, Range(min=0, max=1)] = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = _positive("first_decay_steps", first_decay_steps)
        self.t_mul = _positive("t_mul", t_mul, "It is a number above 0, mostly 1 or more.")
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    @classmethod
    def example(cls, rate: float, steps: int) -> Self:
        """Makes a usual one for a training."""
        return cls(rate, max(steps // 7, 1))

    def __call__(self, step: Any) -> float:
        """Gives the learning rate after this many steps."""
        fraction = float(step) / self.first_decay_steps
        if self.t_mul == 1:
            restarts = math.floor(fraction)
            fraction -= restarts
        elif fraction * (1 - self.t_mul) >= 1:
            # Ways that become shorter and shorter come to an end.
            return self.initial_learning_rate * self.alpha
        else:
            # At a restart the logarithm may fall short of a whole number by a rounding error.
            restarts = math.floor(math.log(1 - fraction * (1 - self.t_mul)) / math.log(self.t_mul) + 1e-9)
            before = (1 - self.t_mul**restarts) / (1 - self.t_mul)
            fraction = (fraction - before) / self.t_mul**restarts
        wave = 0.5 * self.m_mul**restarts * (1 + math.cos(math.pi * fraction))
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)


def _positive(parameter: str, value: float, hint: str = "It is a number of steps, at least 1.") -> float:
    if not value > 0:
        raise ParameterError(
            f"A schedule got {parameter}={value!r}.",
            parameter=parameter,
            received=value,
            hint=hint,
        )
    return value


serialize = registry.serialize
deserialize = registry.deserialize
