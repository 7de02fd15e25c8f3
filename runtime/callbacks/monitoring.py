"""Callbacks that watch one number and ask whether it has become better."""

import warnings
from typing import Any, Literal

from runtime.callbacks.base import Callback, Logs
from runtime.errors import CompileError, ParameterError, did_you_mean

Mode = Literal["auto", "min", "max"]


class MonitorCallback(Callback):
    """Base of the callbacks that watch one number of the logs.

    Args:
        monitor: Name of the number, such as "val_loss".
        mode: "min" if small is good, "max" if large is; "auto" asks the metric.
        baseline: The value to beat at first; None accepts any.
        min_delta: A change smaller than this counts as none.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: Mode = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ParameterError(
                f"{type(self).__name__} got mode={mode!r}.",
                parameter="mode",
                received=mode,
                hint="Use 'min', 'max' or 'auto'.",
            )
        self.monitor = monitor
        self.mode: Mode = mode
        self.best: float | None = baseline
        self.min_delta = abs(min_delta)
        self._smaller_is_better: bool | None = None

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """True if a value is better than another one by more than `min_delta`."""
        if self._smaller_is_better is None:
            self._smaller_is_better = self._find_direction()
        if reference is None:
            return True
        if self._smaller_is_better:
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def monitored(self, logs: Logs | None) -> Any:
        """The watched number, or None with a warning if the logs do not have it."""
        logs = logs or {}
        if self._smaller_is_better is None:
            self._smaller_is_better = self._find_direction()
        value = logs.get(self.monitor)
        if value is None:
            close = did_you_mean(self.monitor, logs)
            hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(logs))}."
            if self.monitor.startswith("val_") and not any(name.startswith("val_") for name in logs):
                hint = "Give fit() validation_data or validation_split."
            warnings.warn(
                f"{type(self).__name__} watches '{self.monitor}', which is not available. {hint}",
                stacklevel=2,
            )
        return value

    def _find_direction(self) -> bool:
        """True if small values are good."""
        if self.mode != "auto":
            return self.mode == "min"
        small = is_small_good(self.model, self.monitor)
        if small is None:
            name = self.monitor.removeprefix("val_")
            metrics: dict[str, Any] = self.model._metrics_by_name()
            close = did_you_mean(name, ["loss", *metrics])
            raise CompileError(
                f"{type(self).__name__} cannot tell whether '{self.monitor}' should become large or small.",
                hint=f"Did you mean {close[0]!r}? Otherwise say mode='min' or mode='max'."
                if close and name not in metrics
                else "Say mode='min' or mode='max'.",
            )
        return small


def is_small_good(model: Any, name: str) -> bool | None:
    """Whether a number of the logs should become small; None when that is not known.

    Args:
        model: A compiled model.
        name: Name of the number, such as "val_loss" or "accuracy".
    """
    name = name.removeprefix("val_")
    if name == "loss" or name.endswith("_loss"):
        return True
    direction = getattr(model._metrics_by_name().get(name), "_direction", None)
    return None if direction is None else direction != "up"
