"""The curves of a run, put together from its event log a little at a time."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from app.services.run_store import LoggedEvent, RunStore

VALIDATION = "val_"


@dataclass
class Curve:
    """One line of a chart.

    Args:
        epochs: Where along the training, in epochs; 1.5 is the middle of the second.
        values: What was measured there; None where it was no number.
    """

    epochs: list[float] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)

    def add(self, epoch: float, value: float | None) -> None:
        """Adds a point at the end."""
        self.epochs.append(epoch)
        self.values.append(value)

    def cut(self, epoch: float) -> None:
        """Forgets what came after an epoch."""
        keep = bisect_right(self.epochs, epoch)
        del self.epochs[keep:], self.values[keep:]


@dataclass
class Curves:
    """What a run has reported so far.

    Args:
        run_id: The run.
        cursor: The last event that is in here.
        epochs: How many epochs it is to take; None before it begins.
        epochs_done: How many it has taken, as a fraction.
        training: Loss and metrics at the end of each epoch, by name.
        validation: The same on the rows that are held back.
        within: The same as `training`, now and then within an epoch.
        best: The best value of each number so far and the epoch it was reached in; `val_` stands before the
            names of those on rows that are held back.
        learning_rate: The rate, in each epoch and now and then within one.
        speed: Rows learned from a second, likewise.
        memory: Bytes that the training holds.
        gradients: Length of the gradient of each layer, by its name.
        ratios: Length of the update of each layer over that of its weights.
        samples_per_second: Rows learned from a second, in the last epoch.
        checkpoint: The epoch after which the model was last kept; None before the first.
        trained: Seconds of all epochs, without pauses.
        log: What was said.
        attempt: How often it was begun.
    """

    run_id: str
    cursor: int = 0
    epochs: int | None = None
    epochs_done: float = 0.0
    training: dict[str, Curve] = field(default_factory=dict)
    validation: dict[str, Curve] = field(default_factory=dict)
    within: dict[str, Curve] = field(default_factory=dict)
    best: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    learning_rate: Curve = field(default_factory=Curve)
    speed: Curve = field(default_factory=Curve)
    memory: Curve = field(default_factory=Curve)
    gradients: dict[str, Curve] = field(default_factory=dict[str, Curve])
    ratios: dict[str, Curve] = field(default_factory=dict[str, Curve])
    samples_per_second: float | None = None
    checkpoint: int | None = None
    trained: float = 0.0
    attempt: int = 1
    log: list[str] = field(default_factory=list)
    _since: tuple[float, float] = (0.0, 0.0)
    _look: tuple[float, float] | None = None
    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=5))

    def add(self, event: LoggedEvent) -> None:
        """Takes the next event in."""
        self.cursor = event.cursor
        data = event.data
        if event.attempt < self.attempt:
            # An earlier process, late: what it says was forgotten when the run went on.
            return
        match event.kind:
            case "start":
                self._begin(event)
            case "batch":
                self._add_look(event)
            case "layers":
                for lines, values in ((self.gradients, data["gradients"]), (self.ratios, data["ratios"])):
                    for curve, value in zip(lines.values(), values, strict=True):
                        curve.add(data["epoch"], value)
            case "epoch":
                self._add_epoch(data)
            case "checkpoint":
                self.checkpoint = data["epoch"]
            case "pause" | "resume":
                self._since = (event.at, data["epoch"])
            case _:
                # What has no place in a chart may have one in the log.
                pass
        if words := _in_words(event):
            self.log.append(words)

    def _begin(self, event: LoggedEvent) -> None:
        """A first or further attempt: what was reached after the epoch it goes on from does not count."""
        data = event.data
        self.attempt = event.attempt
        self.epochs = data.get("epochs")
        self.epochs_done = data.get("epoch", 0)
        for curve in self._all():
            curve.cut(self.epochs_done)
        names = data.get("layers", ())
        for lines in (self.gradients, self.ratios):
            kept = {name: lines.get(name, Curve()) for name in names}
            lines.clear()
            lines.update(kept)
        self._since = (event.at, self.epochs_done)

    def _all(self) -> Iterator[Curve]:
        yield from (self.learning_rate, self.speed, self.memory)
        for lines in (self.training, self.validation, self.within, self.gradients, self.ratios):
            yield from lines.values()

    def _add_look(self, event: LoggedEvent) -> None:
        data = event.data
        self.epochs_done = data["epoch"]
        self._look = (event.at, data["epoch"])
        for name, value in data["metrics"].items():
            self.within.setdefault(name, Curve()).add(data["epoch"], value)
        looks = (
            (self.learning_rate, "learning_rate"),
            (self.speed, "samples_per_second"),
            (self.memory, "memory"),
        )
        for curve, name in looks:
            if data.get(name) is not None:
                curve.add(data["epoch"], data[name])

    @property
    def seconds_left(self) -> float | None:
        """How long it will take yet, at the speed of the last epochs; None while that cannot be told."""
        if not self.epochs:
            return None
        left = self.epochs - self.epochs_done
        if self._seconds:
            return left * sum(self._seconds) / len(self._seconds)
        if self._look is None:
            return None
        taken, done = (now - since for now, since in zip(self._look, self._since, strict=True))
        return left * taken / done if done > 0 else None

    def _add_epoch(self, data: dict[str, Any]) -> None:
        self.epochs_done = data["epoch"]
        self.best = data.get("best") or self.best
        self.trained = data.get("trained") or self.trained + (data.get("seconds") or 0.0)
        if data.get("seconds") is not None:
            self._seconds.append(data["seconds"])
        for name, value in data["metrics"].items():
            held_back = name.startswith(VALIDATION)
            lines = self.validation if held_back else self.training
            lines.setdefault(name.removeprefix(VALIDATION), Curve()).add(data["epoch"], value)
        if data.get("learning_rate") is not None:
            self.learning_rate.add(data["epoch"], data["learning_rate"])
        self.samples_per_second = data.get("samples_per_second")

    def best_epoch(self, name: str = "loss") -> float | None:
        """The epoch at which a number was best: on the rows held back, where there are some."""
        for known in (f"{VALIDATION}{name}", name):
            if known in self.best:
                return self.best[known][1]
        if name != "loss":
            return None
        curve = self.validation.get(name) or self.training.get(name) or Curve()
        points = [
            (value, epoch)
            for epoch, value in zip(curve.epochs, curve.values, strict=True)
            if value is not None
        ]
        return min(points)[1] if points else None


def _in_words(event: LoggedEvent) -> str:
    """The line of an event in the log; empty for one that has none."""
    data = event.data
    match event.kind:
        case "log":
            return data["text"]
        case "end":
            return data.get("reason") or ""
        case "pause" | "resume":
            return f"{event.kind.capitalize()}d in epoch {data['epoch']:.4g}."
        case "rate":
            return f"The learning rate was set to {data['learning_rate']:g} in epoch {data['epoch']:.4g}."
        case _:
            return ""


def read_curves(runs: RunStore, run_id: str, memory: MutableMapping[Any, Any]) -> Curves:
    """The curves of a run; only what is new is read from the store.

    Args:
        runs: The run store.
        run_id: The run.
        memory: Keeps the curves of the last run looked at between two calls, such as a tab's session state.
    """
    curves = memory.get("curves")
    if not isinstance(curves, Curves) or curves.run_id != run_id:
        curves = memory["curves"] = Curves(run_id)
    # The store gives a long log in parts.
    while events := runs.events_after(run_id, curves.cursor):
        for event in events:
            curves.add(event)
    return curves
