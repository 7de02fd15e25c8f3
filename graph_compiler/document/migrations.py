"""Older documents still open: each form is led to the next, step by step.

To change the form: raise `SCHEMA_VERSION`, add here the step from the form before, and keep a golden file of
the old form under `tests/graph_compiler/golden`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graph_compiler.document.errors import DocumentError
from graph_compiler.document.graph import SCHEMA_VERSION

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _as_it_is(raw: dict[str, Any]) -> dict[str, Any]:
    """For a form that only adds fields which may be missing."""
    return raw


STEPS: dict[int, Step] = {1: _as_it_is, 2: _as_it_is}
"""From a version to the step that makes the next one of it. Version 1 is the first; 2 adds callbacks and the
schedule of the learning rate, 3 parameters of the loss and of metrics."""


def migrate(
    raw: dict[str, Any], steps: Mapping[int, Step] = STEPS, newest: int = SCHEMA_VERSION
) -> dict[str, Any]:
    """Bring a document of any older form into the newest form.

    Args:
        raw: The document as read from JSON; it stays as it is.
        steps: The steps by the version they begin at.
        newest: The version to reach.

    Returns:
        The document in the newest form.

    Raises:
        DocumentError: When the version is missing, not a version, or newer than this program.
    """
    version = raw.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(
            f"The document does not say which form it has: its schema_version is {version!r}.",
            where="schema_version",
            hint=f'Is it a Layerloom design? Those begin with "schema_version": {newest}.',
        )
    if version > newest:
        raise DocumentError(
            f"The document has form {version}; this program reads forms up to {newest}.",
            where="schema_version",
            hint="It was made by a newer Layerloom: update this one and open it again.",
        )
    for number in range(version, newest):
        raw = {**steps[number](raw), "schema_version": number + 1}
    return raw
