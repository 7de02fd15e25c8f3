"""Projects: all designs with their pictures; begin, open, rename, copy, delete, and bring in files."""

import streamlit as st

from app.components.again import draw_again
from app.components.file_report import open_file
from app.components.navigation import go_to
from app.components.project_card import project_card, rename_dialog
from app.components.style import GALLERY
from app.components.templates import offer_templates
from app.components.words import plain
from app.components.workspace import NEXT_NAME, Opening, designer, open_project, opening
from app.services.model_files import ENDINGS

PER_ROW = 3
STEP = 12
"""Cards that are drawn at first, and how many more with each click."""

_SHOWN = "projects_shown"


def show() -> None:
    """Draws the page."""
    opened = opening()
    begin, gallery = st.columns([2, 7], gap="medium")
    with begin:
        _begin()
    with gallery:
        _gallery(opened)
    rename_dialog(opened)


def _begin() -> None:
    st.subheader("New project", anchor=False)
    if st.button("Empty canvas", icon=":material/add:", type="primary", width="stretch"):
        open_project(designer().projects.create(NEXT_NAME))
        go_to("design")
    upload = st.file_uploader(
        "Or drop a file here: a design, a model of Keras (.h5, .keras, JSON), or Python code that makes one",
        type=ENDINGS,
    )
    if upload is not None:
        open_file(upload, lambda: go_to("design"))
    st.caption("Or begin with a finished design, its data chosen:")
    chosen = offer_templates("projects")
    if chosen is not None:
        template, document = chosen
        open_project(designer().projects.create(template.title, document))
        go_to("design")


def _gallery(opened: Opening) -> None:
    projects = designer().projects
    wanted = st.text_input(
        "Find a project",
        placeholder=f"Find one of {projects.count()} by its name",
        icon=":material/search:",
        label_visibility="collapsed",
        key="find_project",
    ).strip()
    shown = st.session_state.get(_SHOWN, STEP)
    entries = projects.recent(shown + 1, wanted)
    if not entries:
        st.info(f"No project has “{plain(wanted)}” in its name.", icon=":material/search_off:")
        return
    with st.container(key=GALLERY):
        for first in range(0, min(shown, len(entries)), PER_ROW):
            for place, entry in zip(
                st.columns(PER_ROW, gap="small"), entries[first : min(first + PER_ROW, shown)], strict=False
            ):
                with place:
                    project_card(opened, entry)
    if len(entries) > shown and st.button("Show more", icon=":material/expand_more:"):
        st.session_state[_SHOWN] = shown + STEP
        draw_again()
