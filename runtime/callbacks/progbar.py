"""`Progbar`: a bar that grows, with numbers behind it."""

import math
import time
from collections.abc import Iterable
from typing import Any, Literal

from runtime.console import is_dynamic, say
from runtime.errors import ParameterError

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """A line that shows how far something is.

    In a terminal or notebook it is drawn over and over; elsewhere (a file, a log) only when it is complete.

    Args:
        target: How many steps there will be; None if that is not known.
        width: Length of the bar in characters.
        verbose: 0 for silence, 1 for the bar, 2 for one line at the end.
        interval: Shortest time between two drawings, in seconds.
        stateful_metrics: Names of numbers shown as they are; those of all others are averaged.
        stateless_metrics: Names of numbers that are averaged; those of all others are shown as they are.
        unit_name: What a step is called.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: Literal[0, 1, 2] = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ParameterError(
                "Progbar got both stateful_metrics and stateless_metrics.",
                parameter="stateful_metrics",
                received=stateful_metrics,
                hint="Give one of them: all other numbers are of the other kind.",
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._shown_as_is = set(stateful_metrics or ())
        self._dynamic = is_dynamic()
        self._values: dict[str, tuple[Any, int]] = {}
        self._seen = 0
        self._start = time.time()
        self._after_first_step: float | None = None
        self._last_drawing = 0.0
        self._last_width = 0

    @property
    def is_due(self) -> bool:
        """True if enough time has gone by that a drawing would be seen."""
        return self._dynamic and self.verbose == 1 and time.time() - self._last_drawing >= self.interval

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Moves the bar.

        Args:
            current: Steps done.
            values: Names and numbers to show.
            finalize: True if this is the end; by default it is when the target is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._take(name, value, current, finalize)
        self._seen = current
        now = time.time()
        duration = self._step_duration(current, now)
        if self.verbose == 1 and (finalize or (self._dynamic and now - self._last_drawing >= self.interval)):
            self._draw(current, duration, now, finalize)
            self._last_drawing = now
        elif self.verbose == 2 and finalize and self.target:
            say(self._line(current, duration, now))

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Moves the bar on by `n` steps."""
        self.update(self._seen + n, values)

    def _take(self, name: str, value: Any, current: int, finalize: bool) -> None:
        averaged = name not in self._shown_as_is if self._averaged is None else name in self._averaged
        if averaged and not finalize:
            steps = max(current - self._seen, 1)
            total, count = self._values.get(name, (0.0, 0))
            self._values[name] = (total + value * steps, count + steps)
        else:
            self._values[name] = (value, 1)

    def _draw(self, current: int, duration: float, now: float, finalize: bool) -> None:
        bar, bar_width = self._bar(current)
        left = duration * (self.target - current) if self.target and not finalize else None
        clock = _countdown(left) if left is not None else f"{now - self._start:.0f}s"
        rest = f"{_per_step(duration, self.unit_name)}{self._numbers()}"
        width = bar_width + 1 + len(clock) + len(rest)
        if not self._dynamic:
            say(f"{bar} {clock}{rest}")
            return
        padding = " " * max(0, self._last_width - width)
        again = "\b" * self._last_width + "\r"
        say(f"{again}{bar} {_BOLD}{clock}{_PLAIN}{rest}{padding}", end="\n" if finalize else "")
        self._last_width = width

    def _bar(self, current: int) -> tuple[str, int]:
        """The bar as text, and how many characters of it are seen."""
        if not self.target:
            text = f"{current:7d}/Unknown"
            return text, len(text)
        count = self._count(current)
        done = int(self.width * current / self.target)
        parts = (f"{count} ", "━" * done, "━" * (self.width - done))
        if self._dynamic:
            green = f"{_GREEN}{parts[1]}{_PLAIN}" if done else ""
            return f"{_BOLD}{count}{_PLAIN} {green}{_WHITE}{parts[2]}{_PLAIN}", sum(map(len, parts))
        return "".join(parts), sum(map(len, parts))

    def _count(self, current: int) -> str:
        digits = int(math.log10(self.target or 1)) + 1
        return f"{current:{digits}d}/{self.target}"

    def _line(self, current: int, duration: float, now: float) -> str:
        rest = f"{_per_step(duration, self.unit_name)}{self._numbers()}"
        return f"{self._count(current)} - {now - self._start:.0f}s -{rest}"

    def _numbers(self) -> str:
        return "".join(f" - {name}: {_number(total, count)}" for name, (total, count) in self._values.items())

    def _step_duration(self, current: int, now: float) -> float:
        """Seconds a step takes, the first one left out: it warms up."""
        if not current:
            return 0.0
        if self._after_first_step is not None and current > 1:
            duration = (now - self._after_first_step) / (current - 1)
        else:
            duration = (now - self._start) / current
        if current == 1:
            self._after_first_step = now
        return duration


def _number(total: Any, count: int) -> str:
    if isinstance(total, str):
        return f" {total}".strip()
    average = float(total) / max(1, count)
    return f"{average:.4f}" if abs(average) > 1e-3 else f"{average:.4e}"


def _countdown(seconds: float) -> str:
    if seconds > 3600:
        return f"{seconds // 3600:.0f}:{seconds % 3600 // 60:02.0f}:{int(seconds % 60):02d}"
    if seconds > 60:
        return f"{seconds // 60:.0f}:{int(seconds % 60):02d}"
    return f"{int(seconds)}s"


def _per_step(seconds: float, unit: str) -> str:
    if seconds >= 1 or seconds == 0:
        return f" {seconds:.0f}s/{unit}"
    if seconds >= 1e-3:
        return f" {seconds * 1e3:.0f}ms/{unit}"
    return f" {seconds * 1e6:.0f}us/{unit}"
