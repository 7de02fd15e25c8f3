"""Takes own data sets out of the list, and brings them back."""

import os
import shutil
import time
from pathlib import Path

from app.services.datasets.own.home import deleted_dir, is_own_name, prepared_dir, sources_dir
from app.services.datasets.own.source import read_source
from app.services.datasets.own.version import read_version, versions
from runtime.errors import DataError

KEPT_SECONDS = 7 * 86_400.0


def delete(name: str) -> None:
    """Takes a version, or a source none of whose versions is left, out of the list; `restore` brings it back.

    Raises:
        UnknownNameError: There is none of that name.
        DataError: Versions were made of the source.
    """
    if not is_own_name(name):
        # One that is gone already must not cost the copy it can be brought back from.
        source = read_source(name)
        made = [version.info.title for version in versions() if version.source == source.id]
        if made:
            raise DataError(
                f"'{made[0]}' was prepared from this file.", hint="Delete what was prepared of it first."
            )
    else:
        read_version(name)
    deleted_dir().mkdir(parents=True, exist_ok=True)
    target = deleted_dir() / name
    shutil.rmtree(target, ignore_errors=True)
    _home(name).rename(target)
    os.utime(target)


def restore(name: str) -> None:
    """Brings back what was deleted, as it was.

    Raises:
        DataError: It was swept away meanwhile.
    """
    source = deleted_dir() / Path(name).name
    if not source.is_dir():
        raise DataError("That data set is gone for good.", hint="Bring the file in again.")
    if not _home(name).exists():
        source.rename(_home(name))


def sweep(now: float | None = None) -> None:
    """Removes for good what was deleted more than a week ago.

    Args:
        now: Seconds since 1970; the present when None.
    """
    limit = (time.time() if now is None else now) - KEPT_SECONDS
    for folder in deleted_dir().glob("*"):
        # Deleting has set this time; another one would be that of its making under Windows.
        if folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


def _home(name: str) -> Path:
    folder = prepared_dir() if is_own_name(name) else sources_dir()
    return folder / Path(name).name
