"""What widgets show, said so that a browser cannot get it wrong.

Streamlit sends a value that was put into the session state once, with the next drawing. A browser that is
still loading the widget when the page is drawn again never sees it, begins with the widget's own default, and
reports that as if somebody had entered it. So every other drawing carries the value as the default.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st


def put(key: str, value: Any) -> None:
    """Has the widget of a key show a value."""
    st.session_state[key] = value
    st.session_state[_sent(key)] = False


def as_value(key: str) -> dict[str, Any]:
    """The argument `value` of a widget, as far as Streamlit wants one."""
    return {"value": st.session_state[key]} if _is_sent(key) else {}


def as_index(key: str, options: Sequence[Any]) -> dict[str, Any]:
    """The argument `index` of a list of choices."""
    if not _is_sent(key):
        return {}
    chosen = st.session_state[key]
    return {"index": options.index(chosen) if chosen in options else None}


def as_default(key: str, options: Sequence[Any]) -> dict[str, Any]:
    """The argument `default` of a list of which several are chosen."""
    if not _is_sent(key):
        return {}
    return {"default": [chosen for chosen in st.session_state[key] if chosen in options]}


def _is_sent(key: str) -> bool:
    """Whether the value was in an earlier drawing already; with this one it is, in any case."""
    before = bool(st.session_state.get(_sent(key)))
    st.session_state[_sent(key)] = True
    return before


def _sent(key: str) -> str:
    return f"{key}:sent"
