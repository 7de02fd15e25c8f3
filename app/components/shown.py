"""What widgets show, said so that neither the browser nor Streamlit gets it wrong.

With whatever a browser sends it reports the values of all widgets. Of a widget that was given another value a
moment ago it may still report the old one: it has not come to draw the new one yet. Taken for an entry, that
would undo what gave the new value, such as undo on the canvas or a reset. So a value from elsewhere is shown
in a new widget, in the place of the old one: nothing old can be reported of it.

The session state has the value under the key itself; the widget has the key and a number.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from app.components.faults import guarded


def put(key: str, value: Any) -> None:
    """Has another value shown than was entered: in a new widget, unless the old one shows it already."""
    state = st.session_state
    widget = _widget(key)
    if widget in state and state[widget] != value:
        state[_turn(key)] = state.get(_turn(key), 0) + 1
    state[key] = value


def correct(key: str, value: Any) -> None:
    """Has what was just entered written in another way: in the same widget, where somebody may still be."""
    state = st.session_state
    widget = _widget(key)
    if widget in state and state[widget] != value:
        state[widget] = value
        state[_told(key)] = True
    state[key] = value


def follow(key: str, value: Any) -> str:
    """Has a widget show a value where that was changed elsewhere since; else the widget is left alone.

    Returns:
        The key.
    """
    known = f"{key}:known"
    if key not in st.session_state or st.session_state.get(known) != value:
        put(key, value)
    st.session_state[known] = value
    return key


def as_value(key: str, take: Callable[[], None] | None = None) -> dict[str, Any]:
    """The arguments of a widget that has a value.

    Args:
        key: Under it stands the value.
        take: What to do when somebody has changed it.
    """
    return _identity(key, take) | ({} if _is_told(key) else {"value": st.session_state[key]})


def as_index(key: str, options: Sequence[Any], take: Callable[[], None] | None = None) -> dict[str, Any]:
    """The arguments of a list of choices."""
    arguments = _identity(key, take)
    chosen = st.session_state[key]
    index = options.index(chosen) if chosen in options else None
    return arguments | ({} if _is_told(key) else {"index": index})


def as_default(key: str, options: Sequence[Any], take: Callable[[], None] | None = None) -> dict[str, Any]:
    """The arguments of a list of which several are chosen."""
    arguments = _identity(key, take)
    chosen = [one for one in st.session_state[key] if one in options]
    return arguments | ({} if _is_told(key) else {"default": chosen})


def _identity(key: str, take: Callable[[], None] | None) -> dict[str, Any]:
    state = st.session_state
    widget = _widget(key)
    if widget in state:
        # What was entered, also where nobody is called for it.
        state[key] = state[widget]

    def changed() -> None:
        if widget == _widget(key):
            state[key] = state[widget]
            if take is not None:
                take()

    return {"key": widget, "on_change": guarded(changed)}


def _is_told(key: str) -> bool:
    """Whether the widget is told its value in this drawing by the session state.

    Any other drawing has it as the default: a browser that is still loading the widget when the page is drawn
    again never sees what was told once, begins with the default, and reports that as if it had been entered.
    """
    return bool(st.session_state.pop(_told(key), False))


def _widget(key: str) -> str:
    """The key of the widget that has the turn."""
    return f"{key}:shown_{st.session_state.get(_turn(key), 0)}"


def _turn(key: str) -> str:
    return f"{key}:turn"


def _told(key: str) -> str:
    return f"{key}:told"
