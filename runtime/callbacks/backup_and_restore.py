"""`BackupAndRestore`: lets a training that was interrupted go on where it stood."""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Literal

from runtime.callbacks.base import Callback, Logs
from runtime.callbacks.counting import BatchCount
from runtime.errors import FileFormatError, NotBuiltError, ParameterError


class BackupAndRestore(Callback):
    """Keeps the state of a training in a folder, so that it goes on there after an interruption.

    Weights, the optimizer's state and the epoch are kept. Run the same program again, and `fit` begins with
    the epoch that was not finished. Nothing but this callback should write to the folder.

    Args:
        backup_dir: The folder.
        save_freq: "epoch", or a number of batches; False never saves by itself.
        double_checkpoint: True keeps the state before the last one too, should the last one be broken.
        delete_checkpoint: True removes the folder when training has come to its end.

    Source:
        https://keras.io/api/callbacks/backup_and_restore/
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: Literal["epoch", False] | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not backup_dir:
            raise ParameterError(
                "BackupAndRestore got an empty backup_dir.",
                parameter="backup_dir",
                received=backup_dir,
                hint="Name a folder of its own, such as 'backup'.",
            )
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 0):
            raise ParameterError(
                f"BackupAndRestore got save_freq={save_freq!r}.",
                parameter="save_freq",
                received=save_freq,
                hint="Use 'epoch' or a number of batches.",
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        folder = Path(self.backup_dir)
        self._files = (folder / "latest.weights.h5", folder / "training_metadata.json")
        self._epoch = 0
        self._count = BatchCount(save_freq if isinstance(save_freq, int) else 0)
        if save_freq not in ("epoch", False):
            # Set on the object: only then does the training loop call it at every batch.
            self.on_train_batch_end = self._count_batches

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Takes up the state that is kept.

        Raises:
            NotBuiltError: The model has no weights yet.
            FileFormatError: The state is broken, and there is none before it.
        """
        if not self.model.built:
            raise NotBuiltError(
                f"BackupAndRestore needs a model with weights, but {self.model.name!r} has none yet.",
                hint="Give it an Input, or call it on a batch of data before fit().",
            )
        try:
            self._restore()
        except (FileFormatError, OSError):
            before = [_before(file) for file in self._files]
            if not before[0].exists():
                raise
            for kept, file in zip(before, self._files, strict=True):
                if kept.exists():
                    shutil.copy(kept, file)
                else:
                    file.unlink(missing_ok=True)
            self._restore()

    def _restore(self) -> None:
        weights, notes = self._files
        if weights.exists():
            self.model.load_weights(weights)
        if notes.exists():
            try:
                self._epoch = int(json.loads(notes.read_text(encoding="utf-8"))["epoch"])
            except (ValueError, KeyError, TypeError) as error:
                raise FileFormatError(
                    f"'{notes}' does not say with which epoch to go on.",
                    hint="Remove the folder to begin anew.",
                ) from error
            self.model._initial_epoch = self._epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Saves, if it saves by epochs."""
        self._epoch = epoch + 1
        self._count.new_epoch()
        if self.save_freq == "epoch":
            self._save()

    def _count_batches(self, batch: int, logs: Logs | None = None) -> None:
        """Saves, if enough batches have gone by."""
        if self._count.is_due(batch):
            self._save()

    def _save(self) -> None:
        weights, notes = self._files
        if self.double_checkpoint:
            for file in self._files:
                if file.exists():
                    shutil.copy(file, _before(file))
        self.model.save_weights(weights, overwrite=True)
        state: dict[str, Any] = {"epoch": self._epoch, "batch": self._count.last_batch}
        notes.write_text(json.dumps(state), encoding="utf-8")

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Removes the folder: there is nothing left to go on with."""
        if self.delete_checkpoint:
            shutil.rmtree(self.backup_dir, ignore_errors=True)


def _before(file: Path) -> Path:
    """The state before the last one."""
    return file.with_name(f"{file.name}.bkp")
