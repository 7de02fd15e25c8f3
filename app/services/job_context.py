"""What a job sees of the world around it: where to write, whom to tell, and what it is told meanwhile."""

import json
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

from app.services.events import EndState, Event, Kind, finite

QUICK = 0.03
"""An epoch after which the next one is over sooner than anybody can look."""

TOGETHER = 0.1
"""Seconds of quick epochs that are sent at once."""

DESIGNER_GONE = "the designer ended while it was training"

Order = Literal["pause", "resume", "learning_rate"]
"""What a running job may be told, besides to stop."""


class JobContext:
    """The link between a job and the designer that started it.

    Args:
        reports: Where events go, one line of JSON each.
        folder: The job's own folder; what is written there stays.
    """

    def __init__(self, reports: IO[bytes], folder: Path) -> None:
        self.folder = folder
        self.why_cancelled = ""
        self.end_state: EndState = "finished"
        self._reports = reports
        self._seq = 0
        self._stop = threading.Event()
        self._orders: queue.SimpleQueue[tuple[Order | None, Any]] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._unsent: list[bytes] = []
        self._sent = self._reported = 0.0

    @property
    def cancelled(self) -> bool:
        """Whether the job should save what it has and return."""
        return self._stop.is_set()

    @property
    def has_orders(self) -> bool:
        """Whether the job was told something that it has not yet looked at; asking costs next to nothing."""
        return not self._orders.empty()

    def cancel(self, reason: str, end_state: EndState = "stopped") -> None:
        """Asks the job to save what it has and return.

        Args:
            reason: Why, in words.
            end_state: How it then has ended.
        """
        if not self._stop.is_set():
            self.why_cancelled = reason
            self.end_state = end_state
            self._stop.set()
            # It may be waiting for an order.
            self._orders.put((None, None))

    def tell(self, order: Order, value: Any = None) -> None:
        """Leaves an order for the job, which looks when it has the time.

        Args:
            order: What to do.
            value: What more has to be known for that.
        """
        self._orders.put((order, value))

    def next_order(self, *, wait: bool = False) -> tuple[Order | None, Any]:
        """The oldest order that the job has not seen, with its value; (None, None) when there is none.

        Args:
            wait: True waits until there is one, or the job is cancelled.
        """
        if wait and self.cancelled:
            return None, None
        try:
            return self._orders.get(block=wait)
        except queue.Empty:
            return None, None

    def emit(self, kind: Kind, **data: Any) -> None:
        """Reports an event; see `Event` for the kinds.

        A job whose designer is gone is cancelled: there is nobody left who could stop it.
        """
        with self._writing:
            self._seq += 1
            event = Event(self._seq, kind, finite(data), time.time())
            self._unsent.append(json.dumps(vars(event), allow_nan=False).encode() + b"\n")
            if kind != "epoch" or self._is_time(event.at):
                self._send()

    def _is_time(self, now: float) -> bool:
        """Whether to send what there is; epochs that are over in a moment are sent several at a time."""
        quick = now - self._reported < QUICK
        self._reported = now
        return not quick or now - self._sent > TOGETHER

    def _send(self) -> None:
        self._sent = time.time()
        lines, self._unsent = b"".join(self._unsent), []
        try:
            self._reports.write(lines)
            self._reports.flush()
        except OSError:
            self.cancel(DESIGNER_GONE, "interrupted")

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
