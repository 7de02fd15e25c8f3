"""The widget of a parameter: a slider where it is bounded, a list of names, a switch, a field of text."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.faults import guarded
from app.components.inspector.fields import DIGITS, Field
from app.components.inspector.shape_editor import shape_button
from app.components.shown import as_index, as_value
from app.components.words import plain


def draw_widget(field: Field) -> None:
    """Draws the widget with a way back to the default, and under it what is wrong."""
    field.follow_document()
    with st.container(key=f"field_{field.key}", gap=None):
        with st.container(key=f"{field.state}_{field.key}", horizontal=True, vertical_alignment="bottom"):
            _draw(field)
            if field.param.kind == "shape" and not field.mixed:
                shape_button(field)
            if field.param.kind == "bounds" and not field.param.listed and field.form in ("slider", "span"):
                _draw_span_switch(field)
            if field.state == "changed":
                _draw_reset(field)
        draw_problems(field)


def draw_problems(field: Field) -> None:
    """What is wrong with a parameter: with what was typed, else with what the document has."""
    problem = st.session_state.get(field.problem_key)
    for text in (problem,) if problem else field.problems:
        st.markdown(f":small[:red[:material/error: {plain(text)}]]")


def _draw(field: Field) -> None:
    param, key, take = field.param, field.key, field.take
    arguments: dict[str, Any] = {"help": field.help or None}
    match field.form:
        case "toggle":
            st.toggle(param.name, **as_value(key, take), **arguments)
        case "choice":
            choices = field.choices()
            arguments |= as_index(key, choices, take)
            st.selectbox(param.name, choices, placeholder=field.placeholder or "choose", **arguments)
        case "slider" | "span":
            st.slider(param.name, **_bounds(field), **as_value(key, take), **arguments)
        case "stepper":
            low, high = (
                None if bound is None else int(bound) for bound in (param.range.min, param.range.max)
            )
            arguments |= as_value(key, take)
            st.number_input(param.name, low, high, step=1, placeholder=field.placeholder, **arguments)
        case _:
            arguments |= as_value(key, take)
            st.text_input(param.name, placeholder=field.placeholder, **arguments)


def _bounds(field: Field) -> dict[str, Any]:
    """Ends and step of a slider; an end that is not allowed itself is left out."""
    limits, step = field.param.range, field.step
    low, high = field.lowest, limits.max or 0
    if field.param.kind == "int":
        return {"min_value": int(low), "max_value": int(high), "step": 1}
    high -= step * limits.exclusive_max
    digits = max(2, len(f"{step:.{DIGITS}f}".rstrip("0").partition(".")[2]))
    return {"min_value": float(low), "max_value": float(high), "step": step, "format": f"%.{digits}f"}


def _draw_reset(field: Field) -> None:
    name = field.param.name
    told = f"Back to the default of {name}: {field.default_text}"
    icon_button(f"Reset {name}", f"reset_{field.key}", "undo", field.reset, help=told)


def icon_button(
    words: str, key: str, icon: str, act: Callable[[], None], *, help: str = "", disabled: bool = False
) -> None:
    """Draws a button that shows a picture alone.

    Args:
        words: What is read aloud.
        key: Its key, without the beginning that all of them have.
        icon: Name of the picture.
        act: What it does.
        help: More than the words.
        disabled: Whether it can do nothing now.
    """
    st.button(
        words,
        # The style shows the picture alone where a key begins like this.
        key=f"icon_{key}",
        icon=f":material/{icon}:",
        type="tertiary",
        help=plain(help or words),
        disabled=disabled,
        on_click=guarded(act),
    )


def _draw_span_switch(field: Field) -> None:
    """Turns one number into a lower and an upper one, and back."""
    name, value, low = field.param.name, field.latest, field.lowest
    if isinstance(value, list | tuple):
        words, icon, other = f"One number for {name}", "adjust", max(value)
    else:
        words, icon, other = f"Two bounds for {name}", "arrow_range", [max(-abs(value), low), abs(value)]
    icon_button(words, f"span_{field.key}", icon, lambda: field.hand_on(other))


def reset_all_button(key: str, told: str, act: Callable[[], None]) -> None:
    """Draws the button under a form that gives all of it back its defaults.

    Args:
        key: Its key.
        told: What that will change.
        act: Does it.
    """
    st.button(
        "Reset all to defaults",
        key=key,
        icon=":material/restart_alt:",
        type="tertiary",
        help=plain(told),
        on_click=guarded(act),
    )
