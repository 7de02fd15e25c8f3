"""The last guard of an import: a file may hold anything, and whatever that leads to is said in words."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from runtime.errors import FileFormatError, LayerloomError


@contextmanager
def in_words(what: str) -> Generator[None]:
    """Errors of Python raised inside, which a value of the wrong kind leads to, become errors of the file.

    Args:
        what: What is read, for messages: "The model's config".

    Raises:
        FileFormatError: In place of such an error; errors of Layerloom pass as they are.
    """
    try:
        yield
    except LayerloomError:
        raise
    except RecursionError:
        raise FileFormatError(f"{what} is nested too deeply, or holds itself.") from None
    except (ValueError, TypeError, OverflowError) as error:
        raise FileFormatError(f"{what} holds a value that a design cannot have: {error}") from error


def whole_texts(value: Any) -> Any:
    """The value with a `?` for each half of a character in its texts: JSON can name halves, no file can.

    Args:
        value: What a JSON text stands for, or a part of it.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {whole_texts(key): whole_texts(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(whole_texts, value))
    return value
