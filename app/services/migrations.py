"""Older databases still open: each form is led to the next, step by step, in one transaction.

To change the form: change the tables in `store.py`, raise `SCHEMA_VERSION` there, add the step from the form
before to `STEPS`, and keep a database of the old form as SQL beside the tests, which hold the result to the
tables of a new database.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

Steps = Mapping[int, tuple[str, ...]]

STEPS: Steps = {
    # Runs have a note, and a number that stays when others are deleted; exports are counted by themselves.
    1: (
        "ALTER TABLE runs ADD COLUMN note VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE runs SET number = (
            SELECT COUNT(*) FROM runs AS other
            WHERE other.project_id = runs.project_id
            AND (other.job LIKE '%export%') = (runs.job LIKE '%export%')
            AND (other.created_at, other.id) <= (runs.created_at, runs.id)
        )
        """,
    ),
    # Runs are deleted with a way back.
    2: ("ALTER TABLE runs ADD COLUMN deleted_at DOUBLE",),
}
"""From a form to the statements that make the next one of it."""


def migrate(connection: Connection, found: int, newest: int, steps: Steps = STEPS) -> None:
    """Leads the tables of a database to the newest form; whoever calls it writes the form down.

    Args:
        connection: A transaction that may write.
        found: The form the database has.
        newest: The form to reach.
        steps: The statements by the form they begin at.
    """
    for form in range(found, newest):
        for statement in steps[form]:
            connection.exec_driver_sql(statement)


def keep_copy(file: Path, form: int) -> Path:
    """Keeps a database as it is before it is led to a newer form, for those who go back to the older program.

    Args:
        file: The database; nobody writes to it meanwhile.
        form: The form it has.

    Returns:
        The copy.
    """
    copy = file.with_name(f"{file.name}.form-{form}")
    for ending in ("", "-wal"):
        part = file.with_name(f"{file.name}{ending}")
        if part.exists():
            shutil.copy2(part, copy.with_name(f"{copy.name}{ending}"))
    return copy
