"""The curves of a run, put together from its event log a little at a time."""

from collections.abc import MutableMapping
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
        learning_rate: The rate in each epoch.
        samples_per_second: Rows learned from a second, in the last epoch.
        checkpoint: The epoch after which the model was last kept; None before the first.
        log: What was said.
    """

    run_id: str
    cursor: int = 0
    epochs: int | None = None
    epochs_done: float = 0.0
    training: dict[str, Curve] = field(default_factory=dict)
    validation: dict[str, Curve] = field(default_factory=dict)
    within: dict[str, Curve] = field(default_factory=dict)
    learning_rate: Curve = field(default_factory=Curve)
    samples_per_second: float | None = None
    checkpoint: int | None = None
    log: list[str] = field(default_factory=list)

    def add(self, event: LoggedEvent) -> None:
        """Takes the next event in."""
        self.cursor = event.cursor
        data = event.data
        match event.kind:
            case "start":
                self.epochs = data.get("epochs")
            case "batch":
                self.epochs_done = data["epoch"]
                for name, value in data["metrics"].items():
                    self.within.setdefault(name, Curve()).add(data["epoch"], value)
            case "epoch":
                self._add_epoch(data)
            case "checkpoint":
                self.checkpoint = data["epoch"]
            case "log":
                self.log.append(data["text"])
            case "step":
                # Said by jobs that have no curves.
                pass
            case "end":
                if data.get("reason"):
                    self.log.append(data["reason"])

    def _add_epoch(self, data: dict[str, Any]) -> None:
        self.epochs_done = data["epoch"]
        for name, value in data["metrics"].items():
            held_back = name.startswith(VALIDATION)
            lines = self.validation if held_back else self.training
            lines.setdefault(name.removeprefix(VALIDATION), Curve()).add(data["epoch"], value)
        if data.get("learning_rate") is not None:
            self.learning_rate.add(data["epoch"], data["learning_rate"])
        self.samples_per_second = data.get("samples_per_second")

    def best_epoch(self, name: str = "loss") -> float | None:
        """The epoch at which a loss was lowest: on the rows held back, where there are some."""
        curve = self.validation.get(name) or self.training.get(name) or Curve()
        points = [
            (value, epoch)
            for epoch, value in zip(curve.epochs, curve.values, strict=True)
            if value is not None
        ]
        return min(points)[1] if points else None


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
    for event in runs.events_after(run_id, curves.cursor):
        curves.add(event)
    return curves
