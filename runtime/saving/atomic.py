"""Writes a file so that the old one stays whole until the new one is finished."""

import errno
import io
import os
import secrets
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import h5py

from runtime.errors import LayerloomError, ParameterError

_LEFT_OVER = 3600.0
"""Seconds after which an unfinished file nobody writes to any more is one that a kill left behind."""
_LONGEST_NAME = 100
_HINTS = {
    errno.ENOSPC: "The disk is full: make room, or save to another one.",
    errno.EDQUOT: "Your share of the disk is used up: make room, or save to another one.",
    errno.EFBIG: "No file may become that large there: save to another disk.",
    errno.EROFS: "Nothing can be written to that disk: save to another one.",
    errno.EACCES: "You may not write there: choose another folder, or have its permissions changed.",
    errno.EPERM: "You may not write there: choose another folder, or have its permissions changed.",
    errno.ENOTDIR: "A file stands where the path wants a folder.",
    errno.EEXIST: "A file stands where the path wants a folder.",
    errno.ELOOP: "It is a link that leads in a circle: remove it.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


@contextmanager
def replacing(path: str | os.PathLike[str], *, overwrite: bool = True) -> Generator[Path]:
    """Gives a temporary file in the same folder that takes the place of `path` when all went well.

    A full disk, an error or a kill in between leaves the old file as it was. A kill may leave the temporary
    file as well, `.NAME.….part`; the next writing of the same file removes it once it is an hour old. Where
    `path` is a link, the file it points to is replaced.

    Args:
        path: The file to make; missing folders are made too.
        overwrite: False refuses to replace a file.

    Raises:
        LayerloomError: The file cannot be written, or is there and must not be replaced.
    """
    target = _target(path)
    stem = f".{target.name[:_LONGEST_NAME]}."
    temporary = target.with_name(f"{stem}{secrets.token_hex(8)}.part")
    try:
        _refuse_what_is_there(target, overwrite)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(target.parent, stem)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise LayerloomError(
            f"'{path}' cannot be written: {error.strerror or error}.",
            hint=_HINTS.get(error.errno or 0, "Check the folder, its permissions and the space left."),
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing_hdf5(path: str | os.PathLike[str], *, overwrite: bool = True) -> Generator[h5py.File]:
    """Gives an HDF5 file to be filled, which takes the place of `path` when all went well.

    It is made in memory: HDF5 does not let go of a file on a disk that has filled up.

    Args:
        path: The file to make; missing folders are made too.
        overwrite: False refuses to replace a file.

    Raises:
        LayerloomError: The file cannot be written, or is there and must not be replaced.
    """
    with replacing(path, overwrite=overwrite) as temporary, hdf5_in_memory(temporary) as file:
        yield file


@contextmanager
def hdf5_in_memory(path: Path) -> Generator[h5py.File]:
    """Gives an HDF5 file to be filled, which is written to a path when it is full.

    Args:
        path: A file that takes the place of another later.
    """
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        yield file
    with path.open("wb") as written:
        written.write(buffer.getbuffer())


def _refuse_what_is_there(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise LayerloomError(f"'{target}' is a folder.", hint="Give the name of a file in it.")
    if not overwrite and target.exists():
        raise LayerloomError(f"'{target}' is there already.", hint="Give overwrite=True to replace it.")


def _target(path: Any) -> Path:
    try:
        return Path(path).resolve()
    except TypeError:
        raise ParameterError(
            f"A file is named by its path, not by a {type(path).__name__}.",
            parameter="filepath",
            received=path,
            hint="Give a text such as 'model.h5', or a pathlib.Path.",
        ) from None
    except RuntimeError as error:
        raise LayerloomError(f"'{path}' cannot be written.", hint=_HINTS[errno.ELOOP]) from error


def _remove_left_overs(folder: Path, stem: str) -> None:
    """Removes what a kill left behind of the same file."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(stem) and entry.name.endswith(".part"):
                with suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_OVER:
                        os.unlink(entry.path)
