"""`LearningRateScheduler`: the learning rate as a function of the epoch."""

from collections.abc import Callable
from inspect import Parameter, signature
from numbers import Real
from typing import Any

from runtime.callbacks.base import Callback, Logs
from runtime.callbacks.rates import log_rates, optimizers_of
from runtime.console import say
from runtime.errors import ParameterError


class LearningRateScheduler(Callback):
    """Sets the learning rate before every epoch.

    Args:
        schedule: Function of the epoch (from 0) and the present learning rate that returns the new one.
        verbose: 1 tells of each setting.

    Source:
        https://keras.io/api/callbacks/learning_rate_scheduler/
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _positional_count(schedule) != 1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Asks for the rate and sets it."""
        for suffix, optimizer in optimizers_of(self.model):
            present = float(optimizer.learning_rate)
            rate: Any = self.schedule(epoch, present) if self._takes_rate else self.schedule(epoch)
            if not isinstance(rate, Real) or isinstance(rate, bool):
                raise ParameterError(
                    f"The schedule of LearningRateScheduler returned {rate!r} for epoch {epoch}.",
                    parameter="schedule",
                    received=rate,
                    hint="It must return a number, the learning rate.",
                )
            optimizer.learning_rate = rate = float(rate)
            if self.verbose > 0:
                which = f"{optimizer.name} " if suffix else ""
                say(f"\nEpoch {epoch + 1}: LearningRateScheduler setting {which}learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Adds the learning rate to the logs."""
        if logs is not None:
            log_rates(self.model, logs)


def _positional_count(function: Callable[..., Any]) -> int:
    """How many arguments a function takes by place; 0 if it cannot be told."""
    try:
        parameters = list(signature(function).parameters.values())
    except (TypeError, ValueError):
        return 0
    if any(one.kind is Parameter.VAR_POSITIONAL for one in parameters):
        return 0
    return sum(one.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD) for one in parameters)
