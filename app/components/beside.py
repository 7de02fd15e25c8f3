"""Settings that change together with the drawing: canvas undo takes them back, though it draws none of them.

The canvas keeps a list of such changes with each step of its history and reads nothing in them. When undo has
taken one from the list, the settings become what they were; when redo has brought it back, what they became.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from graph_compiler.document import GraphDocument

_PARTS = ("compile", "training")


def told_beside(before: GraphDocument, after: GraphDocument) -> list[dict[str, Any]]:
    """The command that tells the canvas of changed settings; none where all are the same.

    Args:
        before: The design as it was.
        after: The design as it is.
    """
    changes: dict[str, dict[str, Any]] = {}
    for part in _PARTS:
        old, new = _values(before, part), _values(after, part)
        changed = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        if changed:
            changes[part] = changed
    return [{"op": "beside", "change": changes}] if changes else []


def followed(document: GraphDocument, known: Sequence[Any] | None, now: Sequence[Any]) -> GraphDocument:
    """The design with the settings that undo or redo have brought back.

    A setting that was changed since, on the page Train for instance, is left alone.

    Args:
        document: The design.
        known: The changes that were in force when the canvas spoke last; None if it has not spoken.
        now: Those that are.
    """
    if known is None or list(known) == list(now):
        return document
    same = 0
    while same < min(len(known), len(now)) and known[same] == now[same]:
        same += 1
    for change in reversed(known[same:]):
        document = _turned(document, change, was=1, becomes=0)
    for change in now[same:]:
        document = _turned(document, change, was=0, becomes=1)
    return document


def _turned(document: GraphDocument, change: Any, *, was: int, becomes: int) -> GraphDocument:
    try:
        for part in _PARTS:
            values = _values(document, part)
            values |= {
                name: ends[becomes]
                for name, ends in change.get(part, {}).items()
                if values.get(name) == ends[was]
            }
            settings: BaseModel = getattr(document, part)
            document = document.model_copy(update={part: type(settings).model_validate(values)})
    except (AttributeError, IndexError, TypeError, ValidationError):
        # Not a change that was told from here: there is nothing to follow.
        return document
    return document


def _values(document: GraphDocument, part: str) -> dict[str, Any]:
    return getattr(document, part).model_dump(mode="json")
