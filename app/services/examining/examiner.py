"""The examiner: asks trained models questions, each in a process that keeps the model loaded."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.services.datasets.dataset import Array
from app.services.evaluation import MODELS, Which
from app.services.examining.messages import Message, read_message, write_message
from app.services.settings import Settings
from app.services.workers import Worker, Workers
from runtime.errors import LayerloomError

SERVE = "app.services.examining.serving:serve"
MOST_MODELS = 4
"""Models that are kept loaded; the one that was asked longest ago makes room."""

PATIENCE = 30.0
"""Seconds an answer may take. The page waits meanwhile."""

Key = tuple[str, Which]
"""Run, and which of its models."""

GONE = (EOFError, OSError, ValueError)
"""How a process that is gone shows itself, before or while it answers."""


class ExaminerError(LayerloomError):
    """A model could not be asked, or had no answer."""


class Examiner:
    """Asks the models of runs, one process each, so that neither torch nor its trouble comes into the page.

    A process keeps its model loaded, ends when nobody has asked it for a while, and is started anew when it
    has ended, been killed, or the run has kept a newer model.

    Args:
        settings: The data directory.
        workers: Starts the processes.
        patience: Seconds an answer may take.
        idle: Seconds without a question after which a process ends; the worker's own choice when None.
    """

    def __init__(
        self, settings: Settings, workers: Workers, *, patience: float = PATIENCE, idle: float | None = None
    ) -> None:
        self._settings = settings
        self._workers = workers
        self._patience = patience
        self._idle = idle
        self._desks: dict[Key, _Desk] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        run_id: str,
        question: str,
        arrays: Mapping[str, Array] | None = None,
        *,
        which: Which = "last",
        patience: float | None = None,
        **settings: Any,
    ) -> Message:
        """Asks the model that a run has kept.

        Args:
            run_id: The run.
            question: Name of the question; see `serving.QUESTIONS`.
            arrays: What it is asked about.
            which: Which of its models.
            patience: Seconds the answer may take; those of the examiner when None.
            settings: What else the question wants to know, as JSON.

        Returns:
            The answer.

        Raises:
            ExaminerError: The run has kept no model, the question cannot be answered, or answering it takes
                too long or ends the process.
        """
        message = Message({"question": question, "settings": settings}, arrays or {})
        wait = self._patience if patience is None else patience
        # The process may just have ended by itself, been killed, or be of an older model: then once more.
        for attempt in (1, 2):
            desk = self._desk(run_id, which)
            try:
                answer = desk.ask(message, wait)
            except GONE as error:
                self._close((run_id, which), desk)
                if desk.overdue:
                    raise ExaminerError(
                        f"The model has not answered within {wait:.0f} seconds.",
                        hint="Ask about less at once, or when the machine has less to do.",
                    ) from error
                if attempt == 2:
                    raise ExaminerError(
                        "The process that examines this model ended before it answered: it was killed, or "
                        "the machine has no memory left.",
                        hint="Try again when fewer runs are going on.",
                    ) from error
            else:
                if "error" in answer.words:
                    raise ExaminerError(answer.words["error"])
                return answer
        raise AssertionError("the second attempt returns or raises")

    def pid(self, run_id: str, which: Which = "last") -> int | None:
        """The process that keeps a run's model; None when none does."""
        with self._lock:
            desk = self._desks.get((run_id, which))
        return desk.worker.pid if desk else None

    def close(self) -> None:
        """Ends all processes."""
        with self._lock:
            desks = list(self._desks.values())
            self._desks.clear()
        for desk in desks:
            desk.close()

    def _desk(self, run_id: str, which: Which) -> "_Desk":
        key = (run_id, which)
        checkpoint = self._settings.run_dir(run_id) / MODELS[which]
        try:
            kept_at = checkpoint.stat().st_mtime_ns
        except FileNotFoundError:
            raise ExaminerError(
                "This run has kept no model.", hint="Choose another run, or train again."
            ) from None
        with self._lock:
            desk = self._desks.get(key)
            if desk is not None and desk.kept_at != kept_at:
                self._desks.pop(key).close()
                desk = None
            if desk is None:
                desk = _Desk(self._begin(key), kept_at)
                self._desks[key] = desk
                self._make_room(key)
            desk.asked_at = time.monotonic()
            return desk

    def _begin(self, key: Key) -> Worker:
        folder = self._settings.run_dir(key[0])
        try:
            worker = self._workers.start()
        except OSError as error:
            raise ExaminerError(f"No process could be started that examines the model: {error}.") from error
        worker.order(
            {"serve": SERVE, "folder": str(folder), "spec": {"idle": self._idle, "model": MODELS[key[1]]}}
        )
        return worker

    def _make_room(self, newest: Key) -> None:
        others = sorted((desk.asked_at, key) for key, desk in self._desks.items() if key != newest)
        for _, key in others[: max(0, len(self._desks) - MOST_MODELS)]:
            self._desks.pop(key).close()

    def _close(self, key: Key, desk: "_Desk") -> None:
        with self._lock:
            if self._desks.get(key) is desk:
                del self._desks[key]
        desk.close()


class _Desk:
    """One process with one model; it answers one question after the other.

    Args:
        worker: The process.
        kept_at: When the model was kept that it has loaded.
    """

    def __init__(self, worker: Worker, kept_at: int) -> None:
        self.worker = worker
        self.kept_at = kept_at
        self.asked_at = 0.0
        self.overdue = False
        self._turn = threading.Lock()

    def ask(self, message: Message, patience: float) -> Message:
        with self._turn:
            alarm = threading.Timer(patience, self._give_up)
            alarm.daemon = True
            alarm.start()
            try:
                write_message(self.worker.orders, message)
                return read_message(self.worker.reports)
            finally:
                alarm.cancel()

    def close(self) -> None:
        """Ends the process; who is waiting for its answer asks the next one."""
        self.worker.kill()
        with suppress(OSError), self._turn:
            self.worker.release()
        self.worker.wait(0)

    def _give_up(self) -> None:
        self.overdue = True
        self.worker.kill()
