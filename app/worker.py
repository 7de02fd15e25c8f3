"""The training worker: a process that runs one job and reports on it, started by the designer.

It reads its order from standard input and reports on standard output. Started with a socket's number, it is
a fork server instead: a process that has torch loaded and makes workers by forking, in a fraction of the time
and memory.
"""

import importlib
import json
import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from app.services.fork_server import serve_forks
from app.services.job_context import DESIGNER_GONE, JobContext
from app.services.locks import try_lock
from app.services.settings import work_in
from runtime.errors import LayerloomError
from runtime.switches import disable_traceback_filtering

FOLDER_SECONDS = 30.0
"""So long a run that goes on waits for its earlier process, which saves what it has and ends by itself."""


def main(arguments: list[str] | None = None) -> None:
    """Runs a worker, or a fork server when a socket's number and modules to load are given."""
    words = sys.argv[1:] if arguments is None else arguments
    if words:
        serve_forks(int(words[0]), words[1:], work)
    else:
        # What the job prints must not mix with its reports.
        reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        work(sys.stdin.buffer, reports)
        # At once: the thread that waits for orders cannot be joined.
        os._exit(0)


def work(orders: IO[bytes], reports: IO[bytes]) -> None:
    """Runs the job that is ordered and reports how it ended.

    Args:
        orders: The first line is the job, as JSON: its import path, spec and folder. Each later line is an
            order for the job: "do" with "reason" and "end_state" to stop, else with "value". Their end
            stops it. Instead of a job it may name what to "serve": that has orders and reports for itself.
        reports: Where its events go, one line of JSON each.
    """
    order: dict[str, Any] = json.loads(orders.readline())
    folder = Path(order["folder"])
    _print_to(folder / "worker.log")
    # A job's folder is in a folder of such in the data directory.
    work_in(folder.parents[1])
    if "serve" in order:
        _function(order["serve"])(orders, reports, folder, order["spec"])
        return
    # Whoever reads the log wants to know where in Layerloom it was.
    disable_traceback_filtering()
    context = JobContext(reports, folder)
    threading.Thread(target=_listen, args=(orders, context), daemon=True).start()
    try:
        _wait_for_the_folder(context)
        said = _function(order["job"])(context, order["spec"])
    except LayerloomError as error:
        context.emit("end", state="failed", reason=str(error))
    except MemoryError:
        context.emit("end", state="failed", reason="out of memory: try smaller batches or a smaller network")
    except Exception as error:
        traceback.print_exc()
        reason = (
            f"an error inside Layerloom ({type(error).__name__}: {error}); its log is {folder / 'worker.log'}"
        )
        context.emit("end", state="failed", reason=reason)
    else:
        context.emit("end", state=context.end_state, reason=said or context.why_cancelled)


def _wait_for_the_folder(context: JobContext) -> None:
    """Waits for the process of an earlier attempt, which may still be saving what it has.

    Raises:
        LayerloomError: It does not end.
    """
    # The lock is held until this process ends.
    descriptor = os.open(context.folder / "in_use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + FOLDER_SECONDS
    while True:
        try:
            return try_lock(descriptor)
        except OSError:
            if time.monotonic() > deadline:
                raise LayerloomError(
                    "The process of an earlier attempt is still working on this run.", hint="Try again later."
                ) from None
            time.sleep(0.05)


def _function(path: str) -> Any:
    """What stands at an import path, "module:function"."""
    module, _, function = path.partition(":")
    return getattr(importlib.import_module(module), function)


def _listen(orders: IO[bytes], context: JobContext) -> None:
    # A designer that is killed resets the connection.
    with suppress(ConnectionError):
        for line in orders:
            order: dict[str, Any] = json.loads(line)
            if order["do"] == "stop":
                context.cancel(order["reason"], order["end_state"])
            else:
                context.tell(order["do"], order["value"])
    context.cancel(DESIGNER_GONE, "interrupted")


def _print_to(log: Path) -> None:
    """Sends what the process prints, C libraries too, to a file instead of the designer's terminal."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(descriptor, stream.fileno())
    os.close(descriptor)


if __name__ == "__main__":
    main()
