"""Writes a file so that the old one stays whole until the new one is finished."""

import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from runtime.errors import LayerloomError


@contextmanager
def replacing(path: str | os.PathLike[str], *, overwrite: bool = True) -> Generator[Path]:
    """Gives a temporary file in the same folder that takes the place of `path` when all went well.

    A full disk, an error or a kill in between leaves the old file as it was.

    Args:
        path: The file to make; missing folders are made too.
        overwrite: False refuses to replace a file.

    Raises:
        LayerloomError: The file cannot be written, or is there and must not be replaced.
    """
    target = Path(path).resolve()
    if not overwrite and target.exists():
        raise LayerloomError(f"'{path}' is there already.", hint="Give overwrite=True to replace it.")
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise LayerloomError(
            f"'{path}' cannot be written: {error.strerror or error}.",
            hint="Check the folder, its permissions and the space left.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
