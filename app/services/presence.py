"""Which designers are running on a data directory: each holds a lock that ends with its process."""

import os
import secrets
from pathlib import Path

from app.services.locks import try_lock


class Presence:
    """Says that this designer is running, for as long as its process lives.

    A number of a process would not do: after a restart of the machine it may belong to another program.

    Args:
        folder: Where the designers of one data directory hold their locks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = secrets.token_hex(6)
        self._descriptor = os.open(self._file(self.name), os.O_RDWR | os.O_CREAT, 0o600)
        try_lock(self._descriptor)

    def is_present(self, name: str) -> bool:
        """Whether the designer of that name is running; the mark of one that is gone is removed."""
        if name == self.name:
            return True
        try:
            descriptor = os.open(self._file(name), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            try_lock(descriptor)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        self._file(name).unlink(missing_ok=True)
        return False

    @property
    def is_alone(self) -> bool:
        """Whether no other designer is running on the data directory."""
        return not any(
            self.is_present(mark.stem) for mark in self._folder.glob("*.lock") if mark.stem != self.name
        )

    def close(self) -> None:
        """Says that this designer has ended."""
        os.close(self._descriptor)
        self._file(self.name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
