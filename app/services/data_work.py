"""Long work on own data sets: reading files in and preparing them, in a process of its own each."""

import json
import secrets
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from app.services.datasets.own.importing import JOB as IMPORT
from app.services.datasets.own.importing import ImportSpec
from app.services.datasets.own.preparing import JOB as PREPARE
from app.services.datasets.own.preparing import PrepareSpec
from app.services.uploads import Uploads
from app.services.workers import Worker, Workers

CANCELLED = "cancelled"
ORDER = "order.json"
"""In the folder of a task that goes on: what was asked for, so that a designer that comes after knows."""

KEPT = 20
"""Ended tasks that are remembered."""

WAIT_SECONDS = 2.0
PATIENCE_SECONDS = 3.0


What = Literal["import", "prepare"]
State = Literal["running", "done", "failed", "cancelled", "interrupted"]
JOBS: Mapping[What, str] = {"import": IMPORT, "prepare": PREPARE}


@dataclass(frozen=True)
class Task:
    """A piece of work as it stands.

    Args:
        id: Stable, unique.
        what: Bringing a file in, or preparing data.
        title: What it is about, in the user's words.
        state: How it stands; interrupted when the designer ended before it did.
        done: How far it is, 0 to 1.
        text: What is being done, or why it failed.
        result: What it made: the id of a source or the name of a version.
        spec: What was asked for.
    """

    id: str
    what: What
    title: str
    state: State = "running"
    done: float = 0.0
    text: str = "Beginning"
    result: str = ""
    spec: Mapping[str, Any] | None = None


class DataWork:
    """The long work on own data sets of one designer.

    What a designer that ends leaves unfinished is swept away by the next one, which offers to begin it again.

    Args:
        data_dir: The data directory.
        workers: Starts the processes; left open.
    """

    def __init__(self, data_dir: Path, workers: Workers) -> None:
        self._folder = data_dir / "data-work"
        self.uploads = Uploads(self._folder / "uploads")
        self._workers = workers
        self._tasks: dict[str, Task] = {}
        self._busy: dict[str, Worker] = {}
        self._readers: dict[str, threading.Thread] = {}
        self._lock = threading.RLock()
        self._closing = False

    def bring_in(self, spec: ImportSpec) -> Task:
        """Begins to read a file in."""
        return self._begin("import", spec.title or spec.file_name, spec.model_dump())

    def prepare(self, spec: PrepareSpec) -> Task:
        """Begins to prepare data."""
        return self._begin("prepare", spec.title, spec.model_dump(mode="json"))

    def task(self, task_id: str) -> Task | None:
        """A task as it stands; None when it is not known any more."""
        with self._lock:
            return self._tasks.get(task_id)

    def running(self) -> list[Task]:
        """The tasks that go on, in the order they were begun."""
        return self._all("running")

    def interrupted(self) -> list[Task]:
        """The tasks that an earlier designer has not ended, and nobody has begun again or let go of."""
        return self._all("interrupted")

    def again(self, task_id: str) -> Task:
        """Begins an interrupted task anew, from its beginning."""
        with self._lock:
            task = self._tasks.pop(task_id)
        begun = self._begin(task.what, task.title, dict(task.spec or {}))
        shutil.rmtree(self._folder / task_id, ignore_errors=True)
        return begun

    def let_go(self, task_id: str) -> None:
        """Forgets an interrupted task, and removes what was sent for it."""
        with self._lock:
            task = self._tasks.pop(task_id)
        self._clear(task_id, task.spec or {})

    def cancel(self, task_id: str) -> None:
        """Ends a task; nothing of it is kept."""
        with self._lock:
            worker = self._busy.get(task_id)
        if worker is not None:
            worker.stop(CANCELLED)
            # Within one long step it does not listen.
            timer = threading.Timer(PATIENCE_SECONDS, self._kill, (task_id,))
            timer.daemon = True
            timer.start()

    def take_over(self) -> None:
        """Sweeps away what an earlier designer has half made, and remembers what it was about."""
        needed: set[Path] = set()
        for folder in sorted(self._folder.glob("d_*"), key=lambda each: each.stat().st_mtime):
            try:
                order = json.loads((folder / ORDER).read_text(encoding="utf-8"))
                task = Task(folder.name, order["what"], order["title"], "interrupted", spec=order["spec"])
            except (OSError, ValueError, KeyError):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for each in folder.iterdir():
                if each.is_dir():
                    shutil.rmtree(each, ignore_errors=True)
                elif each.name != ORDER:
                    each.unlink(missing_ok=True)
            self._tasks[task.id] = task
            if task.spec and "path" in task.spec:
                needed.add(Path(task.spec["path"]))
        self.uploads.keep_only(needed)

    def close(self) -> None:
        """Ends all tasks."""
        self._closing = True
        with self._lock:
            workers, readers = list(self._busy.values()), list(self._readers.values())
        for worker in workers:
            worker.kill()
        for reader in readers:
            reader.join(WAIT_SECONDS)

    def _all(self, state: State) -> list[Task]:
        with self._lock:
            return [task for task in self._tasks.values() if task.state == state]

    def _begin(self, what: What, title: str, spec: dict[str, Any]) -> Task:
        # Called alike wherever it shows: a worker finds the data directory two folders above its own.
        task = Task(f"d_{secrets.token_hex(6)}", what, title, spec=spec)
        folder = self._folder / task.id
        folder.mkdir(parents=True)
        order = {"what": what, "title": title, "spec": spec}
        (folder / ORDER).write_text(json.dumps(order), encoding="utf-8")
        worker = self._workers.start()
        worker.order({"job": JOBS[what], "spec": spec, "folder": str(folder)})
        reader = threading.Thread(target=self._read, args=(task.id, worker, spec), daemon=True)
        with self._lock:
            open_ones = {"running", "interrupted"}
            ended = [key for key, each in self._tasks.items() if each.state not in open_ones]
            for key in ended[: max(0, len(ended) - KEPT)]:
                del self._tasks[key]
            self._tasks[task.id] = task
            self._busy[task.id] = worker
            self._readers[task.id] = reader
        reader.start()
        return task

    def _read(self, task_id: str, worker: Worker, spec: dict[str, Any]) -> None:
        """Follows a worker's reports until it ends."""
        with suppress(ConnectionError):
            for line in worker.reports:
                if line.endswith(b"\n"):
                    event = json.loads(line)
                    self._take(task_id, event["kind"], event["data"])
        worker.wait(WAIT_SECONDS)
        worker.release()
        with self._lock:
            cut_short = self._tasks[task_id].state == "running"
            if cut_short:
                text = "Its process ended without a word, perhaps for want of memory."
                self._change(task_id, state="failed", text=text)
            del self._busy[task_id], self._readers[task_id]
        # The next designer is to know of what this one has ended before it was done.
        if not (cut_short and self._closing):
            self._clear(task_id, spec)

    def _clear(self, task_id: str, spec: Mapping[str, Any]) -> None:
        shutil.rmtree(self._folder / task_id, ignore_errors=True)
        if spec.get("remove"):
            Path(spec["path"]).unlink(missing_ok=True)

    def _kill(self, task_id: str) -> None:
        with self._lock:
            if task_id in self._busy:
                self._change(task_id, state="cancelled", text=CANCELLED)
                self._busy[task_id].kill()

    def _take(self, task_id: str, kind: str, data: dict[str, Any]) -> None:
        if kind == "step":
            self._change(task_id, done=float(data["done"]), text=str(data["text"]))
        elif kind == "end" and data["state"] == "finished":
            self._change(task_id, state="done", done=1.0, result=str(data["reason"]))
        elif kind == "end":
            state = "cancelled" if data["state"] == "stopped" else "failed"
            self._change(task_id, state=state, text=str(data["reason"]))

    def _change(self, task_id: str, **changes: Any) -> None:
        with self._lock:
            self._tasks[task_id] = replace(self._tasks[task_id], **changes)
