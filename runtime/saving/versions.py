"""Versions of Keras: what a file says of its writer, and what to say of writers newer than this package."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from runtime.errors import FileFormatError, RefusedError

NEWEST = 3
"""The newest major version whose files are known."""


def major(version: Any, otherwise: int) -> int:
    """The first number of a version such as "2.7.0" or "2.2.4-tf".

    Args:
        version: What the file says, if it says anything.
        otherwise: The answer where it says nothing of that kind.
    """
    first = version.split(".")[0] if isinstance(version, str) else ""
    return int(first) if first.isdecimal() and len(first) < 4 else otherwise


@contextmanager
def written_by(version: Any) -> Generator[None]:
    """Inside this block, errors name the version of the writer if it is newer than this package.

    Args:
        version: What the file says.
    """
    try:
        yield
    except FileFormatError as error:
        if major(version, 0) <= NEWEST:
            raise
        writer = f"Keras {str(version)[:20]}, newer than the Keras {NEWEST} known here"
        hint = (
            f"The file was written by {writer}: save the model with Keras {NEWEST}, or get a newer release "
            f"of this program. {error.hint}"
        ).rstrip()
        if isinstance(error, RefusedError):
            raise RefusedError(error.message, what=error.what, hint=hint) from error
        raise FileFormatError(error.message, hint=hint) from error
