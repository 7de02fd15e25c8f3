"""`EarlyStopping`: ends training when it no longer helps."""

from typing import Annotated, Any, ClassVar

from runtime.callbacks.base import Logs, registry
from runtime.callbacks.monitoring import Mode, MonitorCallback
from runtime.console import say
from runtime.types import Range

_WEIGHTS = "best_weights"


@registry.register
class EarlyStopping(MonitorCallback):
    """Ends training when the watched number has not become better for some epochs.

    Args:
        monitor: Name of the number, such as "val_loss" or "accuracy".
        min_delta: A change smaller than this counts as none.
        patience: How many epochs without improvement are put up with.
        verbose: 1 tells when it stops.
        mode: "min" if small is good, "max" if large is; "auto" asks the metric.
        baseline: Only values better than this reset the patience.
        restore_best_weights: True gives the model back its weights of the best epoch.
        start_from_epoch: The epochs before this one are not looked at.

    Source:
        https://keras.io/api/callbacks/early_stopping/
    """

    _kept: ClassVar = ("wait", "best", "best_epoch")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: Annotated[float, Range(min=0)] = 0,
        patience: Annotated[int, Range(min=0)] = 0,
        verbose: int = 0,
        mode: Mode = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: Annotated[int, Range(min=0)] = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.best_weights: list[Any] | None = None
        self.best_epoch = 0
        self.stopped_epoch = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forgets an earlier training."""
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights = None
        self.stopped_because = ""

    def get_state(self) -> dict[str, Any]:
        """What it remembers, with the arrays of the best weights if it is to give them back."""
        return super().get_state() | {_WEIGHTS: self.best_weights or []}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on with what it remembered."""
        super().set_state(state)
        self.best_weights = state.get(_WEIGHTS) or None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compares the epoch with the best one so far."""
        current = self.monitored(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.best_weights is None:
            self._remember(epoch)
        self.wait += 1
        if self.is_improvement(current, self.best):
            self.best = current
            self._remember(epoch)
            if self.baseline is None or self.is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.stopped_because = (
                f"{self.monitor} had not become better since epoch {self.best_epoch + 1}, "
                f"where it was {self.best:.4g}"
            )
            self.model.stop_training = True

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Gives the best weights back."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            say(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose > 0:
                say(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
