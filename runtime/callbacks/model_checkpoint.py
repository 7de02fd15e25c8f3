"""`ModelCheckpoint`: saves the model while it is being trained."""

import os
from pathlib import Path
from typing import Any, Literal

from runtime.callbacks.base import Logs
from runtime.callbacks.counting import BatchCount
from runtime.callbacks.monitoring import Mode, MonitorCallback
from runtime.console import say
from runtime.errors import ParameterError


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after every epoch or every so many batches.

    Args:
        filepath: The file, ending in ".keras", ".h5", or ".weights.h5" for weights only. Names in braces
            are filled in: "model-{epoch:02d}-{val_loss:.2f}.h5".
        monitor: Name of the number that says which epoch is best.
        verbose: 1 tells of each file.
        save_best_only: True saves only when the watched number has become better.
        save_weights_only: True saves the weights without the model.
        mode: "min" if small is good, "max" if large is; "auto" asks the metric.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: The value to beat at first.

    Source:
        https://keras.io/api/callbacks/model_checkpoint/
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: Mode = "auto",
        save_freq: Literal["epoch"] | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._epoch = 0
        self._check_arguments()
        self._count = BatchCount(0 if save_freq == "epoch" else save_freq)
        if save_freq != "epoch":
            # Set on the object: only then does the training loop make logs for every batch.
            self.on_train_batch_end = self._count_batches

    def _check_arguments(self) -> None:
        every = self.save_freq
        if every != "epoch" and (not isinstance(every, int) or isinstance(every, bool) or every < 1):
            raise ParameterError(
                f"ModelCheckpoint got save_freq={every!r}.",
                parameter="save_freq",
                received=every,
                hint="Use 'epoch' or a number of batches.",
            )
        endings = (".weights.h5",) if self.save_weights_only else (".keras", ".h5")
        if not self.filepath.endswith(endings):
            kind = "save_weights_only=True" if self.save_weights_only else "a whole model"
            raise ParameterError(
                f"ModelCheckpoint with {kind} got the file name {self.filepath!r}.",
                parameter="filepath",
                received=self.filepath,
                hint=f"It must end in {' or '.join(endings)}.",
            )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Notes the epoch."""
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Saves, if it saves by epochs."""
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def _count_batches(self, batch: int, logs: Logs | None = None) -> None:
        """Saves, if enough batches have gone by."""
        if self._count.is_due(batch):
            self._save(self._epoch, batch, dict(logs or {}))

    def _save(self, epoch: int, batch: int | None, logs: dict[str, Any]) -> None:
        path = self._path(epoch, batch, logs)
        if not self._is_wanted(epoch, logs, path):
            return
        if path.is_dir():
            raise ParameterError(
                f"ModelCheckpoint cannot save to '{path}': it is a directory.",
                parameter="filepath",
                received=self.filepath,
                hint="Give the name of a file.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(str(path), overwrite=True)
        if self.verbose > 0:
            say(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _is_wanted(self, epoch: int, logs: dict[str, Any], path: Path) -> bool:
        if not self.save_best_only:
            if self.verbose > 0:
                say(f"\nEpoch {epoch + 1}: saving model to {path}")
            return True
        current = self.monitored(logs)
        if current is None:
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        better = self.is_improvement(current, self.best)
        if self.verbose > 0:
            change = (
                f"improved from {best} to {current:.5f}, saving model to {path}"
                if better
                else f"did not improve from {best}"
            )
            say(f"\nEpoch {epoch + 1}: {self.monitor} {change}")
        if better:
            self.best = current
        return better

    def _path(self, epoch: int, batch: int | None, logs: dict[str, Any]) -> Path:
        values = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return Path(self.filepath.format(**values))
        except (KeyError, IndexError, ValueError) as error:
            raise ParameterError(
                f"The file name {self.filepath!r} of ModelCheckpoint cannot be filled in: {error}.",
                parameter="filepath",
                received=self.filepath,
                hint=f"It may name {', '.join(sorted(values))}.",
            ) from error
