"""What a job sees of the world around it: where to write, whom to tell, and whether to stop."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from app.services.events import Event, Kind, finite

DESIGNER_GONE = "stopped: the designer ended"


class JobContext:
    """The link between a job and the designer that started it.

    Args:
        reports: Where events go, one line of JSON each.
        folder: The job's own folder; what is written there stays.
    """

    def __init__(self, reports: IO[bytes], folder: Path) -> None:
        self.folder = folder
        self.why_cancelled = ""
        self._reports = reports
        self._seq = 0
        self._stop = threading.Event()
        self._writing = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """Whether the job should save what it has and return."""
        return self._stop.is_set()

    def cancel(self, reason: str) -> None:
        """Asks the job to save what it has and return.

        Args:
            reason: Why, in words.
        """
        if not self._stop.is_set():
            self.why_cancelled = reason
            self._stop.set()

    def emit(self, kind: Kind, **data: Any) -> None:
        """Reports an event; see `Event` for the kinds.

        A job whose designer is gone is cancelled: there is nobody left who could stop it.
        """
        with self._writing:
            self._seq += 1
            event = Event(self._seq, kind, finite(data), time.time())
            line = json.dumps(vars(event), allow_nan=False).encode() + b"\n"
            try:
                self._reports.write(line)
                self._reports.flush()
            except OSError:
                self.cancel(DESIGNER_GONE)

    def save(self, name: str, write: Callable[[Path], None]) -> Path:
        """Writes a file of the job's folder so that it is there whole, old or new, whenever the job dies.

        Args:
            name: The file's name.
            write: Writes the file at a path it is given.

        Returns:
            Where the file is.
        """
        target = self.folder / name
        unfinished = target.with_name(f".{os.getpid()}.{name}")
        try:
            write(unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target


Job = Callable[[JobContext, dict[str, Any]], str]
"""Work for a process of its own: gets a context and a spec, returns why it ended, if that needs saying."""
