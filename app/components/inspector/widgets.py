"""The widget of a parameter: a slider where it is bounded, a list of names, a switch, a field of text."""

from dataclasses import replace
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
        case "slider":
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
    low, high = limits.min or 0, limits.max or 0
    if field.param.kind == "int":
        return {"min_value": int(low), "max_value": int(high), "step": 1}
    low, high = low + step * limits.exclusive_min, high - step * limits.exclusive_max
    digits = max(2, len(f"{step:.{DIGITS}f}".rstrip("0").partition(".")[2]))
    return {"min_value": float(low), "max_value": float(high), "step": step, "format": f"%.{digits}f"}


def _draw_reset(field: Field) -> None:
    st.button(
        # Read aloud; the style shows the picture alone.
        f"Reset {field.param.name}",
        key=f"reset_{field.key}",
        icon=":material/undo:",
        type="tertiary",
        help=plain(f"Back to the default of {field.param.name}: {field.default_text}"),
        on_click=guarded(replace(field).reset),
    )
