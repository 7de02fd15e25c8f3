"""`ReduceLROnPlateau`: smaller steps when learning no longer gets on."""

from typing import Annotated, Any, ClassVar

from runtime.callbacks.base import Logs, registry
from runtime.callbacks.monitoring import Mode, MonitorCallback
from runtime.callbacks.rates import log_rates, optimizers_of
from runtime.console import say
from runtime.errors import ParameterError
from runtime.types import Range


@registry.register
class ReduceLROnPlateau(MonitorCallback):
    """Makes the learning rate smaller when the watched number has not become better for some epochs.

    Args:
        monitor: Name of the number.
        factor: The learning rate is multiplied with this, less than 1.
        patience: How many epochs without improvement are put up with.
        verbose: 1 tells of each change.
        mode: "min" if small is good, "max" if large is; "auto" asks the metric.
        min_delta: A change smaller than this counts as none.
        cooldown: How many epochs after a change are not counted.
        min_lr: The learning rate does not go below this.
        **kwargs: Not used; taken for Keras's sake.

    Source:
        https://keras.io/api/callbacks/reduce_lr_on_plateau/
    """

    _kept: ClassVar = ("wait", "best", "cooldown_counter")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: Annotated[float, Range(min=0, max=1, exclusive_max=True)] = 0.1,
        patience: Annotated[int, Range(min=0)] = 10,
        verbose: int = 0,
        mode: Mode = "auto",
        min_delta: Annotated[float, Range(min=0)] = 1e-4,
        cooldown: Annotated[int, Range(min=0)] = 0,
        min_lr: Annotated[float, Range(min=0)] = 0.0,
        **kwargs: Any,
    ) -> None:
        del kwargs
        super().__init__(monitor, mode, min_delta=min_delta)
        if not 0 <= factor < 1:
            raise ParameterError(
                f"ReduceLROnPlateau got factor={factor!r}.",
                parameter="factor",
                received=factor,
                hint="Use a number from 0 to less than 1, such as 0.1.",
            )
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forgets an earlier training."""
        self.best = None
        self.cooldown_counter = self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compares the epoch with the best one so far, and adds the learning rate to the logs."""
        logs = {} if logs is None else logs
        log_rates(self.model, logs)
        current = self.monitored(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        reduced = False
        for suffix, optimizer in optimizers_of(self.model):
            rate = float(optimizer.learning_rate)
            # The rate may be kept in single precision: 0.1 there is a little more than 0.1 here.
            if rate <= self.min_lr * (1 + 1e-6):
                continue
            reduced = True
            optimizer.learning_rate = new_rate = max(rate * self.factor, self.min_lr)
            if self.verbose > 0:
                which = f" {optimizer.name}" if suffix else ""
                say(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing{which} learning rate to {new_rate}.")
        if reduced:
            self.cooldown_counter = self.cooldown
            self.wait = 0

    def in_cooldown(self) -> bool:
        """True while epochs after a change are not counted."""
        return self.cooldown_counter > 0
