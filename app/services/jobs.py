"""Jobs: training runs in processes of their own, as many at once as the machine has room for."""

import json
import logging
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.services.events import Event
from app.services.run_store import EXPORT_JOB, Run, RunStore
from app.services.settings import Settings
from app.services.workers import Worker, Workers

BATCH_SECONDS = 0.1
"""The log is written this often while runs report: a thousand events cost one transaction."""

AGAIN_SECONDS = 5.0
"""So long it waits when the database takes nothing: a disk is full, or a backup holds the file."""

STATUS_SECONDS = 2.0
STOPPED = "stopped as you asked"
KILLED = "ended at once, as you asked"
CLOSED = "the designer was closed"
NEVER_BEGAN = "taken out of the queue"

_log = logging.getLogger(__name__)

Report = tuple[str, int, Event]


class JobPool:
    """Runs jobs in worker processes and writes what they report to the run store.

    One thread, the collector, is the only one to write events. A run that finds no room waits in line.

    Args:
        settings: The data directory.
        runs: The run store.
        limit: Jobs at once; one less than the machine has cores when None.
        workers: Starts the processes, and is left open by `close`; the pool makes its own when None.
    """

    def __init__(
        self, settings: Settings, runs: RunStore, *, limit: int | None = None, workers: Workers | None = None
    ) -> None:
        self.limit = limit or max(1, _cores() - 1)
        self._settings = settings
        self._runs = runs
        self._workers = workers or Workers()
        self._owns_workers = workers is None
        self._waiting: deque[Run] = deque()
        self._busy: dict[str, Worker] = {}
        self._killed: set[str] = set()
        self._paused: set[str] = set()
        self._readers: dict[str, threading.Thread] = {}
        self._lock = threading.RLock()
        self._begins_later = False
        self._closing = threading.Event()
        self._reports: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        self._collector = threading.Thread(target=self._collect, name="collector", daemon=True)
        self._collector.start()
        self._workers.prepare()

    def submit(self, project_id: str, job: str, spec: Mapping[str, Any]) -> Run:
        """Enters a run; it begins now, or when its turn comes.

        Args:
            project_id: The project it trains.
            job: Import path of a `Job`, "module:function".
            spec: The job's argument, as JSON.
        """
        run = self._runs.create(project_id, job, spec)
        self.enqueue(run)
        return run

    def enqueue(self, run: Run) -> None:
        """Puts a run that is in the store at the end of the line."""
        with self._lock:
            self._waiting.append(run)
            self._begin_what_fits()

    def place_in_line(self, run_id: str) -> int | None:
        """How many runs have to end before this one begins, at least 1; None when it does not wait."""
        with self._lock:
            ids = [run.id for run in self._waiting]
        return ids.index(run_id) + 1 if run_id in ids else None

    def pid(self, run_id: str) -> int | None:
        """The process that works on a run; None when none does."""
        with self._lock:
            worker = self._busy.get(run_id)
        return worker.pid if worker else None

    def pause(self, run_id: str) -> None:
        """Has a run wait after its step; its process stays, but its place goes to the next in line."""
        with self._lock:
            if run_id in self._busy and self._runs.change_state(run_id, "paused"):
                self._busy[run_id].tell("pause")
                self._paused.add(run_id)
                self._begin_what_fits()

    def resume(self, run_id: str) -> None:
        """Lets a paused run go on, at once: who resumes it is looking at it."""
        with self._lock:
            if run_id in self._paused and self._runs.change_state(run_id, "running"):
                self._paused.discard(run_id)
                self._busy[run_id].tell("resume")

    def set_learning_rate(self, run_id: str, rate: float) -> None:
        """Changes the learning rate of a run from its next step on; one that does not train is left alone."""
        with self._lock:
            if run_id in self._busy:
                self._busy[run_id].tell("learning_rate", rate)

    def go_on(self, run_id: str, **changes: Any) -> Run:
        """Puts a run that has ended in line once more; what it reported and its files stay.

        Args:
            run_id: Which run.
            **changes: What is different in its spec now.

        Raises:
            RunError: It does not exist, or has not ended.
        """
        run = self._runs.reopen(run_id, changes)
        self.enqueue(run)
        return run

    def stop(self, run_id: str) -> None:
        """Asks a run to save what it has and end after its step; one that waits leaves the line."""
        with self._lock:
            if self.place_in_line(run_id):
                self._runs.change_state(run_id, "stopped", NEVER_BEGAN)
                self._waiting = deque(run for run in self._waiting if run.id != run_id)
            elif run_id not in self._busy:
                self._end_if_lost(run_id)
            elif self._runs.change_state(run_id, "stopping"):
                self._busy[run_id].stop(STOPPED)

    def kill(self, run_id: str) -> None:
        """Ends a run at once; its curves and last checkpoint stay."""
        with self._lock:
            if run_id in self._busy:
                self._killed.add(run_id)
                self._busy[run_id].kill()
            else:
                self.stop(run_id)

    def close(self, grace: float = 5.0) -> None:
        """Ends all runs and the pool; runs that wait stay in line for the next designer.

        Args:
            grace: Seconds that runs have to save what they have.
        """
        with self._lock:
            self._closing.set()
            workers, readers = list(self._busy.values()), list(self._readers.values())
        deadline = time.monotonic() + grace
        for worker in workers:
            worker.stop(CLOSED, "interrupted")
        for reader in readers:
            reader.join(max(0.0, deadline - time.monotonic()))
        for worker in workers:
            worker.kill()
        for reader in readers:
            reader.join()
        self._reports.put(None)
        self._collector.join()
        if self._owns_workers:
            self._workers.close()

    def _end_if_lost(self, run_id: str) -> None:
        """Ends an open run of this designer that no process works on: the end it had was not written."""
        run = self._runs.own_open(run_id)
        if run is not None:
            # Behind what the collector has yet to write: it may have ended a moment ago.
            end = Event(0, "end", {"state": "stopped", "reason": STOPPED}, time.time())
            self._reports.put((run_id, run.attempt, end))

    @property
    def _has_room(self) -> bool:
        return len(self._busy) - len(self._paused) < self.limit and not self._closing.is_set()

    def _begin_what_fits(self) -> None:
        while self._waiting and self._has_room:
            run = self._waiting.popleft()
            try:
                self._begin(run)
            except SQLAlchemyError:
                _log.exception("run %s could not be begun", run.id)
                self._waiting.appendleft(run)
                self._begin_later()
                return

    def _begin(self, run: Run) -> None:
        folder = self._settings.run_dir(run.id)
        # First, since the database may not take it: there is no process yet that would wait for its order.
        self._runs.change_state(run.id, "running")
        try:
            folder.mkdir(exist_ok=True)
            worker = self._workers.start()
        except OSError as error:
            self._runs.change_state(run.id, "failed", f"no process could be started: {error}")
            return
        worker.order({"job": run.job, "spec": dict(run.spec), "folder": str(folder)})
        self._busy[run.id] = worker
        reader = threading.Thread(target=self._read, args=(run, worker), name=run.id, daemon=True)
        self._readers[run.id] = reader
        reader.start()

    def _begin_later(self) -> None:
        def begin() -> None:
            with self._lock:
                self._begins_later = False
                self._begin_what_fits()

        if not self._begins_later:
            self._begins_later = True
            timer = threading.Timer(AGAIN_SECONDS, begin)
            timer.daemon = True
            timer.start()

    def _read(self, run: Run, worker: Worker) -> None:
        """Passes a worker's reports on until it ends, and says so if it does not."""
        last: Event | None = None
        for last in _events(worker):
            self._reports.put((run.id, run.attempt, last))
        status = worker.wait(STATUS_SECONDS)
        if last is None or last.kind != "end":
            seq = last.seq + 1 if last else 1
            end = Event(seq, "end", self._unsaid_end(run, status), time.time())
            self._reports.put((run.id, run.attempt, end))
        worker.release()
        with self._lock:
            # Somebody may have begun it once more between its last word and the end of its process.
            if self._busy.get(run.id) is worker:
                del self._busy[run.id], self._readers[run.id]
                self._killed.discard(run.id)
                self._paused.discard(run.id)
            self._begin_what_fits()

    def _unsaid_end(self, run: Run, status: int | None) -> dict[str, Any]:
        """How a run has ended whose process did not say it."""
        if run.id in self._killed:
            return {"state": "stopped", "reason": KILLED}
        if self._closing.is_set():
            # It was busy for longer than `close` waits. Exports do not go on, they are asked for once more.
            return {"state": "failed" if run.job == EXPORT_JOB else "interrupted", "reason": CLOSED}
        return {"state": "failed", "reason": _how_it_died(status)}

    def _collect(self) -> None:
        """Writes reports to the log, many at a time, until None comes."""
        report = self._reports.get()
        while report is not None:
            batch = [report]
            until = time.monotonic() + BATCH_SECONDS
            while report is not None and (left := until - time.monotonic()) > 0:
                try:
                    report = self._reports.get(timeout=left)
                except queue.Empty:
                    break
                if report is not None:
                    batch.append(report)
            self._write(batch)
            if report is not None:
                report = self._reports.get()

    def _write(self, batch: list[Report]) -> None:
        """Writes reports, however long that takes: without its end a run would never be over."""
        while True:
            try:
                return self._runs.append(batch)
            except IntegrityError:
                # Of a run that is not there any more: they will never be taken, and others wait.
                return _log.exception("%d events of runs belong nowhere", len(batch))
            except SQLAlchemyError:
                _log.exception("%d events of runs could not be written", len(batch))
            if self._closing.is_set():
                return None
            self._closing.wait(AGAIN_SECONDS)


def _events(worker: Worker) -> Iterator[Event]:
    # Of a process that died there may be half a line, and a connection that is reset.
    with suppress(ConnectionError):
        for line in worker.reports:
            if line.endswith(b"\n"):
                yield Event(**json.loads(line))


def _how_it_died(status: int | None) -> str:
    if status == -9:
        return "its process was killed, by somebody or because the machine had no memory left"
    if status is not None and status < 0:
        return f"its process was ended by signal {-status}"
    return "its process ended without a word"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
