"""`CSVLogger`: writes every epoch's results to a table."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from runtime.callbacks.base import Callback, Logs


class CSVLogger(Callback):
    """Writes loss and metrics of every epoch to a CSV file, one line an epoch.

    Args:
        filename: The file.
        separator: What stands between two values.
        append: True goes on with a file that exists; False begins it anew.

    Source:
        https://keras.io/api/callbacks/csv_logger/
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.append_header = True
        self.keys: list[str] | None = None
        self.csv_file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Opens the file."""
        path = Path(self.filename)
        if self.append and path.exists():
            self.append_header = path.stat().st_size == 0
        if self.csv_file is not None:
            self.csv_file.close()
        self.csv_file = path.open("a" if self.append else "w", newline="", encoding="utf-8")
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Writes a line; the first epoch's names become the columns."""
        if self.csv_file is None:
            return
        logs = logs or {}
        writer = csv.writer(self.csv_file, delimiter=self.sep)
        if self.keys is None:
            self.keys = sorted(logs)
            # Validation may begin in a later epoch: its columns are there from the start.
            if not any(name.startswith("val_") for name in self.keys):
                self.keys += [f"val_{name}" for name in self.keys]
            if self.append_header:
                writer.writerow(["epoch", *self.keys])
        writer.writerow([epoch, *(_cell(logs.get(name, "NA")) for name in self.keys)])
        self.csv_file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Closes the file."""
        if self.csv_file is not None:
            self.csv_file.close()
            self.csv_file = None


def _cell(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, Iterable) or getattr(value, "ndim", 1) == 0:
        return value
    return f'"[{", ".join(map(str, value))}]"'
