"""Edits that Python asks the browser to make.

The browser owns the design while a canvas is open, so Python does not change it: it sends a command, again in
each run, until the browser has said that it carried the command out. So none is lost, and none is done twice.
"""

import time
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

import streamlit as st

Operation: TypeAlias = Literal[
    "add_node", "set_node", "remove", "connect", "reorder", "replace", "beside", "batch", "select", "focus"
]


def send(key: str, op: Operation, **fields: Any) -> int:
    """Ask the canvas of a key to do something; it happens when the canvas is drawn next.

    Args:
        key: the key the canvas is mounted with.
        op: what to do; README.md lists the fields of each operation.
        **fields: the fields of the operation.

    Returns:
        The id of the command: done when the state's `ack` has reached it.
    """
    waiting = _waiting(key)
    # Ids are times in milliseconds: they still grow after a restart of the server, which forgets its counters
    # while the browser remembers what it has carried out.
    last = max((command["id"] for command in waiting), default=st.session_state.get(_last_id(key), 0))
    command_id = max(time.time_ns() // 1_000_000, last + 1)
    st.session_state[_last_id(key)] = command_id
    st.session_state[_outbox(key)] = [*waiting, {"id": command_id, "op": op, **fields}]
    return command_id


def send_design(key: str, document: Mapping[str, Any], *edits: Mapping[str, Any]) -> int:
    """Ask the canvas of a key to show another state of the same design: one step of undo.

    It takes the place of states that the browser has not shown yet.

    Args:
        key: the key the canvas is mounted with.
        document: the whole design.
        *edits: further commands that belong to the same step.
    """
    st.session_state[_outbox(key)] = [one for one in _waiting(key) if not replaces_design(one)]
    return send(key, "batch", edits=[{"op": "replace", "doc": dict(document)}, *map(dict, edits)])


def replaces_design(command: Mapping[str, Any]) -> bool:
    """Whether a command puts another design in the place of what is drawn."""
    return any(edit["op"] == "replace" for edit in command.get("edits", (command,)))


def pending(key: str, ack: int) -> list[dict[str, Any]]:
    """List the commands not carried out yet, oldest first, and forget the others."""
    waiting = [command for command in _waiting(key) if command["id"] > ack]
    st.session_state[_outbox(key)] = waiting
    return waiting


def unfinished(key: str) -> list[dict[str, Any]]:
    """The commands that the browser has not said to have carried out, oldest first."""
    return list(_waiting(key))


def forget(key: str) -> None:
    """Drop what waits for the canvas of a key: it was meant for a design that gives way to another one.

    Ids go on from where they were.
    """
    st.session_state[_outbox(key)] = []


def _waiting(key: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", st.session_state.get(_outbox(key), []))


def _outbox(key: str) -> str:
    return f"{key}:commands"


def _last_id(key: str) -> str:
    return f"{key}:last_command"
