"""Reads JSON out of files nobody vouches for: capped in size, in number of values and in depth."""

import json
from typing import Any

from runtime.errors import FileFormatError

MAX_BYTES = 24 * 2**20
"""Longest text that is read; with one rare letter in it, Python takes four times this for it."""
MAX_VALUES = 500_000
"""Most values in one text: what they take in memory is many times the text itself."""
MAX_DEPTH = 200
"""Deepest nesting."""


def parse_json(text: str | bytes, what: str) -> Any:
    """The value a JSON text stands for; Keras's written-out tuples become tuples.

    Args:
        text: The text.
        what: What it is, for messages: "The model's config".

    Raises:
        FileFormatError: It is no JSON, or is too long, too rich or too deep.
    """
    if len(text) > MAX_BYTES:
        raise FileFormatError(
            f"{what} is {len(text) / 2**20:.0f} MiB long; at most {MAX_BYTES / 2**20:.0f} MiB are read."
        )
    try:
        text = text.decode() if isinstance(text, bytes) else text
        if sum(map(text.count, ",[{")) > MAX_VALUES:
            raise FileFormatError(f"{what} holds more than {MAX_VALUES:,} values.")
        value = json.loads(text, object_hook=_plain)
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(f"{what} is not valid JSON: {error}.") from error
    _check_depth(value, what)
    return value


def _plain(value: dict[str, Any]) -> Any:
    """Tuples and shapes are written as {"class_name": "__tuple__", "items": [...]}."""
    if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
        return tuple(value["items"])
    return value


def _check_depth(value: Any, what: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for held in level
            if isinstance(held, dict | list | tuple)
            for item in (held.values() if isinstance(held, dict) else held)
        ]
        if not level:
            return
    raise _too_deep(what)


def _too_deep(what: str) -> FileFormatError:
    return FileFormatError(f"{what} is nested more than {MAX_DEPTH} levels deep.")
