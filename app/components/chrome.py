"""What stands around every page: the bar with the project, and messages that concern all of it."""

import streamlit as st

from app.components.project_menu import DELETED, project_menu
from app.components.style import BAR, SNACKBAR, apply_style
from app.components.words import plain
from app.components.workspace import Opening, designer, open_project, opening


def header() -> None:
    """Draws the project bar above a page."""
    apply_style()
    opened = opening()
    if opened.refresh():
        st.toast(
            "This project was changed in another tab: this is its newest design.", icon=":material/sync:"
        )
    with st.container(key=BAR, horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.markdown(f"**{plain(opened.project.name)}**", width="content")
        project_menu(opened)
    if opened.stale is not None:
        _stale_notice(opened)
    _deleted_notice()


def _stale_notice(opened: Opening) -> None:
    with st.container(border=True, key="stale_notice"):
        st.markdown(
            ":material/sync_problem: **This project was changed in another tab.** Your design is kept here, "
            "but not saved. Which one do you want?"
        )
        theirs, mine, copy = st.columns(3)
        if theirs.button("Show the other tab's design", width="stretch") and opened.stale is not None:
            open_project(opened.stale)
            st.rerun()
        if mine.button("Save mine over it", width="stretch"):
            opened.overwrite()
            st.rerun()
        if copy.button("Keep mine as a copy", width="stretch"):
            open_project(designer().projects.create(f"{opened.project.name[:110]} (mine)", opened.document))
            st.rerun()


def _deleted_notice() -> None:
    """A way back, until it is taken or waved away."""
    deleted = st.session_state.get(DELETED)
    if deleted is None:
        return
    project_id, name = deleted
    with st.container(key=SNACKBAR, horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{plain(name)}” is deleted.", width="content")
        if st.button("Undo delete", icon=":material/undo:", key="undo_delete"):
            del st.session_state[DELETED]
            open_project(designer().projects.restore(project_id))
            st.rerun()
        if st.button("", icon=":material/close:", key="dismiss_delete", help="Dismiss", type="tertiary"):
            del st.session_state[DELETED]
            st.rerun()
