"""Projects: a user's designs, saved as they are drawn."""

import secrets
import time
from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.services.store import ProjectRow, Store
from graph_compiler.document import GraphDocument, dump_document, load_document
from runtime.errors import LayerloomError, ParameterError

NAME_LENGTH = 120


class ProjectError(LayerloomError, LookupError):
    """A project is asked for that does not exist, or not any more."""


class StaleProjectError(LayerloomError):
    """Somebody else has saved the project since it was read.

    Args:
        message: What happened.
        current: The project as it is now.
        hint: How to go on.
    """

    def __init__(self, message: str, *, current: "Project", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.current = current


@dataclass(frozen=True)
class ProjectEntry:
    """A project in a list.

    Args:
        id: Stable, unique in the data directory.
        name: What the user calls it.
        changed_at: Seconds since 1970, UTC.
    """

    id: str
    name: str
    changed_at: float


@dataclass(frozen=True)
class Project(ProjectEntry):
    """A project that is open.

    Args:
        document: The design.
        revision: Counts its changes; a writer names the one it began from.
    """

    document: GraphDocument
    revision: int


class Projects:
    """The projects of one data directory.

    Args:
        store: The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, name: str, document: GraphDocument | None = None) -> Project:
        """Begins a project.

        Args:
            name: What the user calls it.
            document: The design to begin with; an empty one when None.
        """
        now = time.time()
        row = ProjectRow(
            id=f"p_{secrets.token_hex(6)}",
            name=_checked_name(name),
            document=dump_document(document or GraphDocument()),
            revision=1,
            created_at=now,
            changed_at=now,
            deleted_at=None,
        )
        with self._store.write() as session:
            session.add(row)
        return _project(row)

    def open(self, project_id: str) -> Project:
        """Reads a project.

        Raises:
            ProjectError: It does not exist, or was deleted.
        """
        with self._store.read() as session:
            row = session.get(ProjectRow, project_id)
            if row is None or row.deleted_at is not None:
                raise _missing(project_id)
            return _project(row)

    def revision(self, project_id: str) -> int | None:
        """The newest revision of a project; None when there is no such project, or not any more."""
        query = select(ProjectRow.revision).where(
            ProjectRow.id == project_id, ProjectRow.deleted_at.is_(None)
        )
        with self._store.read() as session:
            return session.scalar(query)

    def save(self, project_id: str, document: GraphDocument, revision: int) -> int:
        """Saves a design, if nobody else has since it was read.

        Args:
            project_id: Which project.
            document: The design as it is now.
            revision: The revision the design was made from.

        Returns:
            The new revision, to be named at the next save.

        Raises:
            StaleProjectError: Somebody else has saved; nothing was written.
            ProjectError: The project does not exist, or was deleted.
        """
        with self._store.write() as session:
            row = _living(session.get(ProjectRow, project_id), project_id)
            if row.revision != revision:
                raise StaleProjectError(
                    f"“{row.name}” was changed elsewhere: it is at revision {row.revision}, yours began at "
                    f"{revision}.",
                    current=_project(row),
                    hint="Open it again, or keep yours as a copy.",
                )
            text = dump_document(document)
            if text != row.document:
                row.document, row.revision, row.changed_at = text, revision + 1, time.time()
            return row.revision

    def rename(self, project_id: str, name: str) -> None:
        """Gives a project another name; the design and its revision stay as they are.

        Raises:
            ProjectError: It does not exist, or was deleted.
            ParameterError: The name is empty or too long.
        """
        checked = _checked_name(name)
        with self._store.write() as session:
            row = _living(session.get(ProjectRow, project_id), project_id)
            row.name, row.changed_at = checked, time.time()

    def duplicate(self, project_id: str) -> Project:
        """Makes a copy with a name of its own.

        Raises:
            ProjectError: It does not exist, or was deleted.
        """
        original = self.open(project_id)
        with self._store.read() as session:
            taken = set(session.scalars(select(ProjectRow.name).where(ProjectRow.deleted_at.is_(None))))
        stem = f"{original.name[: NAME_LENGTH - 10]} copy"
        numbered = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
        return self.create(next(name for name in numbered if name not in taken), original.document)

    def count(self) -> int:
        """How many projects there are."""
        query = select(func.count()).select_from(ProjectRow).where(ProjectRow.deleted_at.is_(None))
        with self._store.read() as session:
            return session.scalar(query) or 0

    def delete(self, project_id: str) -> None:
        """Takes a project out of the list; `restore` brings it back.

        Raises:
            ProjectError: It does not exist, or was deleted already.
        """
        with self._store.write() as session:
            _living(session.get(ProjectRow, project_id), project_id).deleted_at = time.time()

    def restore(self, project_id: str) -> Project:
        """Brings a deleted project back as it was.

        Raises:
            ProjectError: It never existed.
        """
        with self._store.write() as session:
            session.execute(update(ProjectRow).where(ProjectRow.id == project_id).values(deleted_at=None))
        return self.open(project_id)

    def recent(self, limit: int = 50, wanted: str = "") -> list[ProjectEntry]:
        """The projects, last changed first.

        Args:
            limit: At most so many.
            wanted: Only those with this in their name, in whatever case.
        """
        columns = (ProjectRow.id, ProjectRow.name, ProjectRow.changed_at)
        query = select(*columns).where(ProjectRow.deleted_at.is_(None))
        if wanted:
            query = query.where(ProjectRow.name.icontains(wanted, autoescape=True))
        with self._store.read() as session:
            rows = session.execute(query.order_by(ProjectRow.changed_at.desc()).limit(limit))
            return [ProjectEntry(*row) for row in rows]

    def using(self, dataset: str) -> list[ProjectEntry]:
        """The projects whose designs are made for a data set, by its name."""
        columns = (ProjectRow.id, ProjectRow.name, ProjectRow.changed_at, ProjectRow.document)
        query = select(*columns).where(ProjectRow.deleted_at.is_(None), ProjectRow.document.contains(dataset))
        with self._store.read() as session:
            rows = session.execute(query).all()
        return [ProjectEntry(*row[:3]) for row in rows if _bound_to(row[3]) == dataset]


def _bound_to(document: str) -> str | None:
    data = load_document(document).data
    return data.dataset if data is not None else None


def _project(row: ProjectRow) -> Project:
    return Project(row.id, row.name, row.changed_at, load_document(row.document), row.revision)


def _living(row: ProjectRow | None, project_id: str) -> ProjectRow:
    if row is None or row.deleted_at is not None:
        raise _missing(project_id)
    return row


def _missing(project_id: str) -> ProjectError:
    return ProjectError(
        f"There is no project {project_id!r}.", hint="It may have been deleted; choose one from the list."
    )


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= NAME_LENGTH:
        raise ParameterError(
            f"A project's name has 1 to {NAME_LENGTH} characters, received {len(cleaned)}.",
            parameter="name",
            received=name,
            hint="Choose a shorter one." if cleaned else "Write one.",
        )
    return cleaned
