"""Training runs: what each was asked, the log of what it reported, and how it ended."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from app.services.events import Event, Kind
from app.services.store import EventRow, RunRow, Store
from graph_compiler.document import GraphDocument, load_document
from runtime.errors import LayerloomError

RunState = Literal["queued", "running", "paused", "stopping", "finished", "stopped", "interrupted", "failed"]
OPEN_STATES: tuple[RunState, ...] = ("queued", "running", "paused", "stopping")
ENDS = ("finished", "stopped", "interrupted", "failed")

NEXT_STATES: dict[str, tuple[str, ...]] = {
    "queued": ("running", "stopped", "failed"),
    "running": ("paused", "stopping", *ENDS),
    "paused": ("running", "stopping", *ENDS),
    "stopping": ENDS,
}
"""Which state may follow which; what has ended stays as it ended, until it is begun once more."""

INTERRUPTED = "the designer ended while it was training"
EXPORT_JOB = "app.services.exporting.export_job:export"
"""Runs of this job write files to take away; they stand in no list of trainings."""
IMPORT_JOB = "app.services.train_job:imported"
"""Job of the runs that hold the weights a model file brought along; they are finished when they are made."""


MAX_NOTE = 500
"""Characters of a note about a run."""


class RunError(LayerloomError, LookupError):
    """A run is asked for that does not exist."""


@dataclass(frozen=True)
class Run:
    """A training run as it stands.

    Args:
        id: Stable, unique in the data directory; also the name of its folder.
        project_id: The project it trains.
        number: Counts the project's trainings, or its exports, from 1; it stays when others are deleted.
        note: What its owner wrote about it.
        state: Where it stands.
        reason: Why it ended as it did, in words; empty while it goes well.
        attempt: Counts how often it was begun.
        job: Import path of the function that does the work, "module:function".
        spec: That function's argument.
        progress: epoch, epochs, metrics, best (values with their epochs) and trained (seconds) as of the last
            epoch that ended, or done and text of the last step, as far as they are known.
        created_at: Seconds since 1970, UTC.
        started_at: The same; None while it waits.
        ended_at: The same; None while it goes on.
    """

    id: str
    project_id: str
    number: int
    note: str
    state: RunState
    reason: str
    attempt: int
    job: str
    spec: Mapping[str, Any]
    progress: Mapping[str, Any]
    created_at: float
    started_at: float | None
    ended_at: float | None

    @property
    def is_open(self) -> bool:
        """Whether more is to be expected of it."""
        return self.state in OPEN_STATES

    @property
    def is_imported(self) -> bool:
        """Whether its weights were not trained here, but came with a file."""
        return self.job == IMPORT_JOB and self.state == "finished"


@dataclass(frozen=True)
class LoggedEvent(Event):
    """An event in the log.

    Args:
        cursor: Its place in the log; readers name the last one they saw.
        attempt: The attempt that reported it.
    """

    cursor: int
    attempt: int


class RunStore:
    """The runs of one data directory.

    Args:
        store: The database.
        owner: Name of this designer among those that use the data directory.
    """

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    def create(self, project_id: str, job: str, spec: Mapping[str, Any]) -> Run:
        """Enters a run, waiting to begin.

        Args:
            project_id: The project it trains.
            job: Import path of the function that does the work.
            spec: That function's argument, as JSON.
        """
        row = RunRow(
            id=f"r_{secrets.token_hex(6)}",
            project_id=project_id,
            note="",
            job=job,
            spec=dict(spec),
            owner=self._owner,
            attempt=1,
            state="queued",
            reason="",
            progress={},
            created_at=time.time(),
            started_at=None,
            ended_at=None,
            deleted_at=None,
        )
        of_its_kind = (RunRow.project_id == project_id, (RunRow.job == EXPORT_JOB) == (job == EXPORT_JOB))
        with self._store.write() as session:
            last = session.scalar(select(func.max(RunRow.number)).where(*of_its_kind))
            row.number = (last or 0) + 1
            session.add(row)
        return _run(row)

    def get(self, run_id: str) -> Run:
        """A run as it stands.

        Raises:
            RunError: It does not exist.
        """
        with self._store.read() as session:
            return _run(_existing(session, run_id))

    def document(self, run_id: str) -> GraphDocument:
        """The design as it was when the run was entered: the spec's "document".

        Raises:
            RunError: The run does not exist.
        """
        with self._store.read() as session:
            return load_document(_existing(session, run_id).spec["document"])

    def of_project(self, project_id: str, limit: int = 100, *, exports: bool = False) -> list[Run]:
        """A project's trainings, or its exports, latest first."""
        query = select(RunRow).where(
            RunRow.project_id == project_id,
            (RunRow.job == EXPORT_JOB) == exports,
            RunRow.deleted_at.is_(None),
        )
        with self._store.read() as session:
            rows = session.scalars(query.order_by(RunRow.created_at.desc(), RunRow.id).limit(limit))
            return [_run(row) for row in rows]

    def open_of_project(self, project_id: str) -> list[Run]:
        """A project's trainings and exports from which more is to be expected."""
        query = select(RunRow).where(RunRow.project_id == project_id, RunRow.state.in_(OPEN_STATES))
        with self._store.read() as session:
            return [_run(row) for row in session.scalars(query)]

    def own_open(self, run_id: str) -> Run | None:
        """A run, if more is to be expected of it and this designer is the one to bring it; None otherwise."""
        with self._store.read() as session:
            row = session.get(RunRow, run_id)
            return _run(row) if row and row.owner == self._owner and row.state in OPEN_STATES else None

    def events_after(self, run_id: str, cursor: int = 0, limit: int = 10_000) -> list[LoggedEvent]:
        """What a run has reported since one last looked.

        Args:
            run_id: Which run.
            cursor: The cursor of the last event seen; 0 for all.
            limit: At most so many.

        Returns:
            Events, oldest first.
        """
        query = select(EventRow).where(EventRow.run_id == run_id, EventRow.id > cursor)
        with self._store.read() as session:
            return [_logged(row) for row in session.scalars(query.order_by(EventRow.id).limit(limit))]

    def append(self, reports: Sequence[tuple[str, int, Event]]) -> None:
        """Writes what runs have reported, in one transaction; an event that is there already counts once.

        Args:
            reports: Run, attempt and event of each.
        """
        if not reports:
            return
        with self._store.write() as session:
            rows = [
                {
                    "run_id": run_id,
                    "attempt": attempt,
                    "seq": event.seq,
                    "kind": event.kind,
                    "data": event.data,
                    "at": event.at,
                }
                for run_id, attempt, event in reports
            ]
            session.execute(insert(EventRow).on_conflict_do_nothing(), rows)
            for run_id, attempt, event in reports:
                _follow(session, run_id, attempt, event)

    def set_note(self, run_id: str, note: str) -> None:
        """Writes what somebody wants to remember about a run.

        Args:
            run_id: Which run.
            note: The text.

        Raises:
            RunError: The run does not exist.
        """
        with self._store.write() as session:
            _existing(session, run_id).note = note.strip()[:MAX_NOTE]

    def reopen(self, run_id: str, changes: Mapping[str, Any]) -> Run:
        """Puts a run that has ended in line once more, as its next attempt; what it reported so far stays.

        Args:
            run_id: Which run.
            changes: What is different in its spec now.

        Raises:
            RunError: It does not exist, or has not ended.
        """
        with self._store.write() as session:
            row = _ended(session, run_id)
            row.spec = {**row.spec, **changes}
            row.attempt += 1
            row.state, row.reason, row.owner = "queued", "", self._owner
            row.started_at = row.ended_at = None
        return _run(row)

    def delete(self, run_id: str) -> None:
        """Takes a run that has ended out of the lists; `restore` brings it back.

        Raises:
            RunError: It does not exist, or has not ended.
        """
        with self._store.write() as session:
            row = _ended(session, run_id)
            row.deleted_at = time.time()

    def restore(self, run_id: str) -> Run:
        """Brings a deleted run back as it was.

        Raises:
            RunError: It was removed for good meanwhile.
        """
        with self._store.write() as session:
            row = session.get(RunRow, run_id)
            if row is None:
                raise RunError("That run is gone for good.", hint="Train it once more.")
            row.deleted_at = None
        return _run(row)

    def remove_deleted(self, before: float) -> list[str]:
        """Removes for good what was deleted before a moment, with all it reported.

        Args:
            before: Seconds since 1970.

        Returns:
            The ids of those runs; their folders are left to who asked.
        """
        with self._store.write() as session:
            ids = list(session.scalars(select(RunRow.id).where(RunRow.deleted_at < before)))
            if ids:
                session.execute(delete(EventRow).where(EventRow.run_id.in_(ids)))
                session.execute(delete(RunRow).where(RunRow.id.in_(ids)))
        return ids

    def change_state(self, run_id: str, state: RunState, reason: str = "") -> bool:
        """Moves a run to another state, if that may follow the one it is in.

        Returns:
            Whether it was moved.
        """
        with self._store.write() as session:
            return _move(session, run_id, state, reason, time.time())

    def take_over(self, is_present: Callable[[str], bool]) -> list[Run]:
        """Finds the runs that a designer which is gone has left behind.

        Those that were training are interrupted; what they reached is kept, and they can go on from there.
        Those that waited are this designer's now.

        Args:
            is_present: Whether the designer of a name is still running.

        Returns:
            The waiting runs, oldest first.
        """
        with self._store.write() as session:
            query = select(RunRow).where(RunRow.state.in_(OPEN_STATES)).order_by(RunRow.created_at)
            waiting: list[Run] = []
            for row in session.scalars(query).all():
                if row.owner == self._owner or is_present(row.owner):
                    continue
                if row.state == "queued":
                    row.owner = self._owner
                    waiting.append(_run(row))
                else:
                    row.state = "failed" if row.job == EXPORT_JOB else "interrupted"
                    row.reason, row.ended_at = INTERRUPTED, time.time()
            return waiting


def _follow(session: Session, run_id: str, attempt: int, event: Event) -> None:
    """Keeps the run's own row in step with what its present attempt reports."""
    row = session.get(RunRow, run_id)
    if row is None or row.attempt != attempt:
        # Deleted meanwhile, or begun once more while an earlier process was still ending.
        return
    if event.kind == "end":
        _move(session, run_id, event.data["state"], event.data.get("reason", ""), event.at)
    elif event.kind in {"start", "epoch", "step"}:
        known = ("epoch", "epochs", "metrics", "best", "trained", "done", "text")
        row.progress = {**row.progress, **{key: event.data[key] for key in known if key in event.data}}


def _move(session: Session, run_id: str, state: str, reason: str, at: float) -> bool:
    before = [old for old, following in NEXT_STATES.items() if state in following]
    values: dict[str, Any] = {"state": state, "reason": reason}
    if state == "running":
        # One that was paused has begun before.
        values["started_at"] = case((RunRow.state == "queued", at), else_=RunRow.started_at)
    elif state not in OPEN_STATES:
        values["ended_at"] = at
    moved = session.execute(
        update(RunRow)
        .where(RunRow.id == run_id, RunRow.state.in_(before))
        .values(values)
        .returning(RunRow.id)
    )
    return moved.first() is not None


def _existing(session: Session, run_id: str) -> RunRow:
    row = session.get(RunRow, run_id)
    if row is None or row.deleted_at is not None:
        raise RunError(f"There is no run {run_id!r}.", hint="Choose one from the list of runs.")
    return row


def _ended(session: Session, run_id: str) -> RunRow:
    row = _existing(session, run_id)
    if row.state in OPEN_STATES:
        raise RunError("This run has not ended yet.", hint="Stop it first.")
    return row


def _run(row: RunRow) -> Run:
    return Run(
        id=row.id,
        project_id=row.project_id,
        number=row.number,
        note=row.note,
        state=cast(RunState, row.state),
        reason=row.reason,
        attempt=row.attempt,
        job=row.job,
        spec=row.spec,
        progress=row.progress,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _logged(row: EventRow) -> LoggedEvent:
    return LoggedEvent(row.seq, cast(Kind, row.kind), row.data, row.at, cursor=row.id, attempt=row.attempt)
