"""The database of one data directory: projects, runs and their events, in SQLite through SQLAlchemy."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    ForeignKey,
    Index,
    UniqueConstraint,
    create_engine,
    event,
    exc,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.services.migrations import keep_copy, migrate
from runtime.errors import FileFormatError

SCHEMA_VERSION = 3
"""Form of the database this program reads and writes; raise it together with a step in `migrations.py`."""

BUSY_TIMEOUT = 10_000
"""Milliseconds a writer waits for another one to finish."""


class Base(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map: ClassVar = {dict[str, Any]: JSON}


class About(Base):
    """One row: the form of this database."""

    __tablename__ = "about"

    schema_version: Mapped[int] = mapped_column(primary_key=True)


class ProjectRow(Base):
    """A design with its name. Times are in seconds since 1970, UTC."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    document: Mapped[str]
    revision: Mapped[int]
    created_at: Mapped[float]
    changed_at: Mapped[float] = mapped_column(index=True)
    deleted_at: Mapped[float | None]


class RunRow(Base):
    """A training run: what it was asked to do, and how far it has come; its number counts in a project."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    job: Mapped[str]
    spec: Mapped[dict[str, Any]]
    owner: Mapped[str]
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    progress: Mapped[dict[str, Any]]
    created_at: Mapped[float]
    started_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    note: Mapped[str] = mapped_column(server_default="")
    number: Mapped[int] = mapped_column(server_default="0")
    deleted_at: Mapped[float | None]

    __table_args__ = (Index("runs_of_project", "project_id", "created_at"),)


class EventRow(Base):
    """Something a run has reported; `id` grows, so that readers can ask for what came after the last one."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    attempt: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[float]

    __table_args__ = (
        # A worker thought lost may go on sending: each event counts once.
        UniqueConstraint("run_id", "attempt", "seq"),
        Index("events_of_run", "run_id", "id"),
    )


class Store:
    """Opens the database, makes its tables or leads them to the newest form, and hands out transactions.

    Args:
        file: The database file.

    Raises:
        FileFormatError: A newer Layerloom has written the file, or it is no database.
    """

    def __init__(self, file: Path) -> None:
        self._reader = create_engine(f"sqlite:///{file}")
        event.listen(self._reader, "connect", _prepare_connection)
        event.listen(self._reader, "begin", _begin)
        # The same connections, but a transaction takes the right to write at its beginning: one that reads
        # first and then finds another writer would fail at once, however long the timeout.
        self._writer = self._reader.execution_options(begin="BEGIN IMMEDIATE")
        try:
            self._check_schema(file)
        except exc.DatabaseError as error:
            self.close()
            raise FileFormatError(
                f"{file} cannot be used as Layerloom's database: {error.orig}.",
                hint="Move the file away, or choose another --data-dir.",
            ) from error

    def _check_schema(self, file: Path) -> None:
        with self._writer.begin() as connection:
            known = inspect(connection).has_table(About.__tablename__)
            found = connection.scalar(select(About.schema_version)) if known else None
            if found is None:
                Base.metadata.create_all(connection)
                connection.execute(insert(About).values(schema_version=SCHEMA_VERSION))
            elif found < SCHEMA_VERSION:
                keep_copy(file, found)
                migrate(connection, found, SCHEMA_VERSION)
                connection.execute(update(About).values(schema_version=SCHEMA_VERSION))
        if found is not None and found > SCHEMA_VERSION:
            self.close()
            raise FileFormatError(
                f"{file} was written by a newer Layerloom (form {found}, here is form {SCHEMA_VERSION}).",
                hint="Install the newer Layerloom, or choose another --data-dir.",
            )

    @contextmanager
    def read(self) -> Generator[Session]:
        """A transaction that only reads; it sees one state of the database, and blocks nobody."""
        with _session(self._reader) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """A transaction that may write; it is kept when the block ends well and undone when it raises."""
        with _session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Closes all connections."""
        self._reader.dispose()


def _session(engine: Engine) -> Session:
    return Session(engine, expire_on_commit=False)


def _prepare_connection(connection: Any, _record: Any) -> None:
    # The driver would otherwise begin transactions by itself, later than asked for.
    connection.isolation_level = None
    for setting in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_TIMEOUT}",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
