"""Starts worker processes, by the quickest way this system has, and holds the designer's end of each."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from app.services.events import EndState
from app.services.fork_server import ForkServer
from app.services.job_context import Order

TRAINING_MODULES = ("torch", "sklearn.datasets", "app.services.train_job")
START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from app.worker import main; main()"


class Worker:
    """A worker process, seen from the designer.

    Args:
        pid: Number of its process.
        orders: Where it listens; after its order, in the language of what it serves.
        reports: What it says, one line of JSON an event; ends when the process does.
        wait: Gives its exit status (negative for a signal); None when it is not known within some seconds.
        kill: Ends the process at once.
    """

    def __init__(
        self,
        pid: int,
        orders: IO[bytes],
        reports: IO[bytes],
        wait: Callable[[float], int | None],
        kill: Callable[[], None],
    ) -> None:
        self.pid = pid
        self.reports = reports
        self.wait = wait
        self.kill = kill
        self.orders = orders

    def order(self, order: dict[str, Any]) -> None:
        """Tells the worker what to do."""
        self._send(json.dumps(order))

    def stop(self, reason: str, end_state: EndState = "stopped") -> None:
        """Asks the worker to save what it has and end, for a reason it gives at its end."""
        self._send(json.dumps({"do": "stop", "reason": reason, "end_state": end_state}))

    def tell(self, order: Order, value: Any = None) -> None:
        """Gives the worker an order while it works."""
        self._send(json.dumps({"do": order, "value": value}))

    def release(self) -> None:
        """Closes the designer's end of a worker that has ended."""
        for end in (self.orders, self.reports):
            with suppress(OSError):
                end.close()

    def _send(self, line: str) -> None:
        # One that has just died says so at the end of its reports.
        with suppress(OSError):
            self.orders.write(line.encode() + b"\n")
            self.orders.flush()


class Workers:
    """Starts workers: by forking a process that has torch loaded on Linux, as new processes elsewhere.

    Args:
        forking: Whether to fork; elsewhere than on Linux system libraries do not survive it.
        preload: Modules that are imported once, before the first fork.
    """

    def __init__(
        self, *, forking: bool = sys.platform == "linux", preload: Sequence[str] = TRAINING_MODULES
    ) -> None:
        self._forking = forking
        self._preload = preload
        self._server: ForkServer | None = None
        self._starting = threading.Lock()

    def start(self) -> Worker:
        """A new worker, waiting for its order."""
        server = self.prepare()
        return _spawn() if server is None else _fork(server)

    def prepare(self) -> ForkServer | None:
        """Begins to load what workers need, so that the first run begins quickly too."""
        with self._starting:
            if self._server is not None and not self._server.is_running:
                self._server.close()
                self._server = None
            if self._forking and self._server is None:
                self._server = ForkServer(_command(), self._preload)
            return self._server

    def close(self) -> None:
        """Ends what makes workers."""
        if self._server is not None:
            self._server.close()


def _fork(server: ForkServer) -> Worker:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = server.fork(theirs)
        orders, reports = ours.makefile("wb"), ours.makefile("rb")
    return Worker(pid, orders, reports, lambda timeout: server.wait(pid, timeout), lambda: server.kill(pid))


def _spawn() -> Worker:
    process = subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=os.name == "posix"
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError("the pipes that were asked for are there")

    def wait(timeout: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout)
        return None

    return Worker(process.pid, process.stdin, process.stdout, wait, process.kill)


def _command() -> list[str]:
    """Starts Python with the designer's module path, so that a checkout works from any folder."""
    # An editable install has entries that are no folders.
    paths = [str(Path(entry).resolve()) if Path(entry).exists() else entry for entry in sys.path]
    return [sys.executable, "-P", "-c", START, json.dumps(paths)]
