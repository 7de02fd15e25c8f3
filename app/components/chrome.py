"""What stands around every page: the bar with the project, and messages that concern all of it."""

import streamlit as st

from app.components.again import draw_again
from app.components.deleting import deleted_notice
from app.components.faults import shielded
from app.components.project_menu import project_menu
from app.components.style import BAR, apply_style
from app.components.words import plain
from app.components.workspace import Opening, designer, open_project, opening

WATCH_SECONDS = 5.0
"""How soon a tab sees what another one has saved; one look costs about a millisecond."""


def header() -> None:
    """Draws the project bar above a page."""
    apply_style()
    opened = opening()
    if opened.refresh():
        st.toast(
            "This project was changed in another tab: this is its newest design. Undo brings yours back.",
            icon=":material/sync:",
        )
    with st.container(key=BAR, horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.markdown(f"**{plain(opened.project.name)}**", width="content")
        project_menu(opened)
    if opened.stale is not None:
        _stale_notice(opened)
    deleted_notice()
    _watch()


@st.fragment(run_every=WATCH_SECONDS)
def _watch() -> None:
    """Runs the page once more when another tab has saved this project, so that it is seen without a click."""
    with shielded():
        if opening().is_behind():
            draw_again()


def _stale_notice(opened: Opening) -> None:
    with st.container(border=True, key="stale_notice"):
        st.markdown(
            ":material/sync_problem: **This project was changed in another tab.** Your design is kept here, "
            "but not saved. Which one do you want?"
        )
        theirs, mine, copy = st.columns(3)
        if theirs.button("Show the other tab's design", width="stretch"):
            opened.give_way()
            draw_again()
        if mine.button("Save mine over it", width="stretch"):
            opened.overwrite()
            draw_again()
        if copy.button("Keep mine as a copy", width="stretch"):
            open_project(designer().projects.create(f"{opened.project.name[:110]} (mine)", opened.document))
            draw_again()
