"""What the browser last said about the design on a canvas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import streamlit as st

Epoch: TypeAlias = int | str
FEW = ("sticky_notes", "groups")
"""Parts of a design that most have not: left out where there are none."""


@dataclass(frozen=True)
class CanvasState:
    """The design as it stands in the browser.

    Attributes:
        document: `{"nodes": [...], "edges": [...], "sticky_notes": [...], "groups": [...]}`, as README.md
            describes them; sticky notes only if there are some, groups if the browser spoke of them.
        beside: the changes beside the drawing that undo has not taken back, oldest first.
        rev: number of the browser's last commit, 0 before the first.
        epoch: the opening this state belongs to.
        ack: id of the last command the browser has carried out.
        selected: ids of the selected nodes and sticky notes.
        asks: id of the node whose fixes somebody wants to see, or empty.
        base: the revision that the browser was last told.
    """

    document: dict[str, Any]
    rev: int
    epoch: Epoch
    ack: int
    selected: tuple[str, ...]
    beside: tuple[Any, ...] = ()
    asks: str = ""
    base: int = 0


def read_state(key: str, epoch: Epoch) -> CanvasState | None:
    """Look at the newest design of a canvas, before it is drawn in this run.

    Checks made from it are then drawn in the same run in which the edit arrived.

    Args:
        key: the key the canvas is mounted with.
        epoch: the opening in force; what is left of an earlier one is not given back.

    Returns:
        The state, or None when the browser has not sent one for this opening.
    """
    value: object = st.session_state.get(key)
    if not isinstance(value, Mapping):
        return None
    state = parse_state(cast("Mapping[str, object]", value).get("doc"))
    return state if state is not None and state.epoch == epoch else None


@dataclass(frozen=True)
class MendRequest:
    """A fix that somebody has chosen on the canvas.

    Attributes:
        node: id of the node with the finding.
        code: of the finding.
        port: of the finding, if it is about one.
        title: what the fix is called.
    """

    node: str
    code: str
    port: str | None
    title: str


def mend_request(key: str) -> MendRequest | None:
    """The fix that was just chosen on a canvas, for its `on_mend`."""
    value: object = st.session_state.get(key)
    found = cast("Mapping[str, object]", value).get("mend") if isinstance(value, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    fields = cast("Mapping[str, Any]", found)
    port = fields.get("port")
    words = [str(fields.get(name, "")) for name in ("node", "code", "title")]
    return MendRequest(words[0], words[1], None if port is None else str(port), words[2])


def parse_state(doc: object) -> CanvasState | None:
    """Read what the browser sent; None when it is not a design at all."""
    if not isinstance(doc, Mapping):
        return None
    fields = cast("Mapping[str, Any]", doc)
    nodes, edges = _records(fields.get("nodes")), _records(fields.get("edges"))
    epoch = fields.get("epoch")
    if nodes is None or edges is None or not isinstance(epoch, int | str):
        return None
    stickies, groups = _records(fields.get("sticky_notes", [])), _records(fields.get("groups", []))
    if stickies is None or groups is None:
        return None
    selected, asks = fields.get("selected"), fields.get("asks")
    beside = fields.get("beside")
    return CanvasState(
        document={"nodes": nodes, "edges": edges}
        | ({"sticky_notes": stickies} if stickies else {})
        | ({"groups": groups} if "groups" in fields else {}),
        rev=_count(fields.get("rev")),
        epoch=epoch,
        ack=_count(fields.get("ack")),
        selected=tuple(str(node) for node in selected) if isinstance(selected, list) else (),
        beside=tuple(beside) if isinstance(beside, list) else (),
        asks=asks if isinstance(asks, str) else "",
        base=_count(fields.get("base")),
    )


def _records(value: object) -> list[dict[str, Any]] | None:
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    if not all(isinstance(item, Mapping) for item in items):
        return None
    return [dict(cast("Mapping[str, Any]", item)) for item in items]


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
