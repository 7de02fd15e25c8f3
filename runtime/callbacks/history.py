"""`History`: keeps the results of every epoch."""

from typing import Any

from runtime.callbacks.base import Callback, Logs


class History(Callback):
    """Keeps loss and metrics of every epoch; `fit` returns it.

    `history` maps each name to a list with one value an epoch, `epoch` lists the epochs' numbers.

    Source:
        https://keras.io/api/callbacks/
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """The epochs are numbered anew; what was recorded is kept."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Adds the epoch's results."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self
