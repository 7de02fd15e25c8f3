"""`ProgbarLogger`: shows how training gets on."""

from typing import Any

from runtime.callbacks.base import Callback, Logs
from runtime.callbacks.progbar import Progbar
from runtime.console import say


class ProgbarLogger(Callback):
    """Prints a progress bar with loss and metrics; `fit` adds it unless `verbose=0`.

    Source:
        https://keras.io/api/callbacks/
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.target: int | None = None
        self.verbose: Any = 1
        self.epochs = 1
        self.progbar: Progbar | None = None
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Reads how much to show and how many steps there are."""
        self.params = params
        verbose = params.get("verbose", 1)
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Validation within a training is silent."""
        self._in_fit = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """A new bar, under the epoch's number."""
        self._new_bar()
        if self.verbose and self.epochs > 1:
            say(f"Epoch {epoch + 1}/{self.epochs}")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """A new bar, unless it is validation."""
        if not self._in_fit:
            self._new_bar()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """A new bar."""
        self._new_bar()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Moves the bar."""
        self._move(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Moves the bar, unless it is validation."""
        if not self._in_fit:
            self._move(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Moves the bar; predictions are not shown."""
        self._move(batch, None)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """The bar is complete; the results of validation stand behind it."""
        self._finish(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """The bar is complete, unless it is validation."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """The bar is complete."""
        self._finish(None)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """A later `evaluate` has a bar of its own again."""
        self._in_fit = False

    def _new_bar(self) -> None:
        self.seen = 0
        self.progbar = Progbar(target=self.target, verbose=self.verbose, stateless_metrics=())

    def _move(self, batch: int, logs: Logs | None) -> None:
        self.seen = batch + 1
        bar = self.progbar
        if bar is None or self.verbose != 1:
            return
        # The first step is noted even if nothing is drawn: the time a step takes is counted from it.
        if bar.is_due:
            bar.update(self.seen, list((logs or {}).items()), finalize=False)
        elif batch == 0:
            bar.update(1, (), finalize=False)

    def _finish(self, logs: Logs | None) -> None:
        if self.progbar is None:
            return
        if self.target is None:
            self.target = self.progbar.target = self.seen
        self.progbar.update(self.target, list((logs or {}).items()), finalize=True)
