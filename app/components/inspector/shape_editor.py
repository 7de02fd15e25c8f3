"""Sizes axis by axis, for who does not want to write a shape."""

from typing import Any

import streamlit as st

from app.components.faults import guarded
from app.components.inspector.fields import Field
from app.components.inspector.values import as_text, from_text
from app.components.shown import as_value, put
from app.components.words import plain
from runtime.errors import LayerloomError
from runtime.layers.parameters import ParamSpec
from runtime.types import Range, show_shape

IN_A_ROW = 3
FIRST_SIZE = 1
_SIZE = ParamSpec("size", "int", default=None, optional=True, range=Range(min=1))


def shape_button(field: Field) -> None:
    """Draws a button beside the field that opens the axes of the shape."""
    sizes = _sizes(field.latest)
    name = field.param.name
    with st.popover(
        f"Axes of {name}",
        icon=":material/straighten:",
        help=f"{plain(name)}, axis by axis",
        key=f"icon_axes_{field.key}",
    ):
        st.caption(f"{plain(name)}: {_told(sizes)}")
        _follow(field, sizes)
        for first in range(0, len(sizes), IN_A_ROW):
            for place, column in enumerate(st.columns(IN_A_ROW)[: len(sizes) - first], start=first):
                with column:
                    _axis(field, place)
        more, fewer = st.columns(2)
        more.button(
            "Add axis",
            key=f"more_{field.key}",
            icon=":material/add:",
            width="stretch",
            on_click=guarded(lambda: field.enter([*_sizes(field.latest), FIRST_SIZE])),
        )
        fewer.button(
            "Remove last",
            key=f"fewer_{field.key}",
            icon=":material/remove:",
            width="stretch",
            disabled=len(sizes) < 2,
            on_click=guarded(lambda: field.enter(_sizes(field.latest)[:-1])),
        )


def _sizes(value: Any) -> list[int | None]:
    return list(value) if isinstance(value, list | tuple) else []


def _told(sizes: list[int | None]) -> str:
    return show_shape((0, *sizes)).removeprefix("0 × ") if sizes else "no axes"


def _axis_key(field: Field, place: int) -> str:
    return f"{field.key}:axis_{place}"


def _problem_key(field: Field, place: int) -> str:
    return f"{field.key}:axis_{place}:problem"


def _follow(field: Field, sizes: list[int | None]) -> None:
    """Has the axes show the document's sizes, where they are others than last time."""
    shown = f"{field.key}:axes_shown"
    known = st.session_state.get(shown)
    if known != sizes or any(_axis_key(field, place) not in st.session_state for place in range(len(sizes))):
        for place, size in enumerate(sizes):
            put(_axis_key(field, place), as_text(size))
            st.session_state.pop(_problem_key(field, place), None)
    st.session_state[shown] = sizes


def _axis(field: Field, place: int) -> None:
    key, problem = _axis_key(field, place), _problem_key(field, place)

    def take() -> None:
        sizes = _sizes(field.latest)
        try:
            size = from_text(_SIZE, st.session_state[key])
            _SIZE.check(size)
        except LayerloomError as error:
            st.session_state[problem] = str(error)
            return
        st.session_state.pop(problem, None)
        sizes[place] = size
        field.enter(sizes)

    st.text_input(
        f"{field.param.name}, axis {place + 1}",
        placeholder="any",
        help="Empty for a size that may differ from time to time.",
        **as_value(key, take),
    )
    if problem in st.session_state:
        st.markdown(f":small[:red[:material/error: {plain(st.session_state[problem])}]]")
