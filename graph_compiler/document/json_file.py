"""A document as JSON text, and back."""

import json
from typing import Any

from pydantic import ValidationError

from graph_compiler.document.errors import DocumentError
from graph_compiler.document.graph import GraphDocument
from graph_compiler.document.migrations import migrate
from runtime.errors import did_you_mean

MAX_CHARACTERS = 20_000_000
"""Longest document that is read; the largest network of the catalogue has less than a hundredth of it."""

MOST_DIGITS = 300
"""Of a whole number; what has more can be computed with by nobody."""


def dump_document(document: GraphDocument) -> str:
    """The document as JSON text; equal documents give equal text.

    Args:
        document: The document to write.

    Returns:
        Indented JSON with a newline at its end.
    """
    return json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def load_document(text: str | bytes) -> GraphDocument:
    """Read a document from JSON text of this or any older version.

    Args:
        text: The JSON, as text or as UTF-8 bytes.

    Returns:
        The document in the newest form.

    Raises:
        DocumentError: When it is no JSON, no document, newer than this program or does not hold together.
    """
    raw = _parse(text)
    if not isinstance(raw, dict):
        raise DocumentError(
            f"A design is a JSON object, received {_kind(raw)}.",
            hint="Choose a file that Layerloom has saved.",
        )
    migrated = migrate(raw)
    try:
        return GraphDocument.model_validate(migrated)
    except ValidationError as error:
        raise document_error(error) from None


def document_error(error: ValidationError) -> DocumentError:
    """What pydantic found, as one error in plain words: the first finding, and how many there are besides."""
    findings = error.errors(include_url=False)
    first = findings[0]
    where = ".".join(str(part) for part in first["loc"])
    message, hint = _in_words(first["type"], first["msg"], first["input"], where)
    more = f" ({len(findings) - 1} more of the kind below it.)" if len(findings) > 1 else ""
    return DocumentError(message + more, where=where, hint=hint)


def _in_words(kind: str, message: str, received: Any, where: str) -> tuple[str, str]:
    if kind == "extra_forbidden":
        return (
            f"The document has an unknown field {where!r}.",
            _spelling(where) or "Remove it, or open the file with the Layerloom that wrote it.",
        )
    if kind == "missing":
        return f"The document lacks {where!r}.", "Add it, or open the last file that was saved whole."
    if kind == "value_error":
        text = message.removeprefix("Value error, ")
        place = f"At {where}: " if where else ""
        return f"{place}{text}.", "Mend that place, or open the last file that was saved whole."
    return f"At {where}: {message.lower()}, received {_short(received)}.", "Mend the value at that place."


def _spelling(where: str) -> str:
    parent, _, field = where.rpartition(".")
    if parent:
        return ""
    close = did_you_mean(field, GraphDocument.model_fields)
    return f"Did you mean {close[0]!r}?" if close else ""


def _parse(text: str | bytes) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise DocumentError(
            f"The file has {len(text):,} characters; a design has at most {MAX_CHARACTERS:,}."
        )
    try:
        return json.loads(text, object_pairs_hook=_table, parse_constant=_no_constant, parse_int=_whole)
    except UnicodeDecodeError:
        raise DocumentError(
            "The file is not text.", hint="Choose the .json that Layerloom has saved, not a model file."
        ) from None
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"The text is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}.",
            where=f"line {error.lineno}",
            hint="Was the file cut off, or edited by hand? Mend that line.",
        ) from None
    except RecursionError:
        raise DocumentError("The JSON is nested too deeply to be a design.") from None


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise DocumentError(
            f"A number has {len(digits):,} digits; at most {MOST_DIGITS} are read.",
            hint="Write a smaller number.",
        )
    return int(digits)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentError(
            f"{twice!r} stands twice in one object.",
            where=twice,
            hint="Ids and fields are unique: rename or remove one of the two.",
        )
    return table


def _no_constant(name: str) -> Any:
    raise DocumentError(
        f"{name} stands in the text, and a design has only real numbers.", hint="Put a number there."
    )


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "nothing" if value is None else type(value).__name__)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
