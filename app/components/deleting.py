"""Deletes projects, and offers a way back until it is taken or waved away."""

import streamlit as st

from app.components.style import SNACKBAR
from app.components.words import plain
from app.components.workspace import FIRST_NAME, Opening, designer, open_project
from app.services.projects import ProjectEntry

_DELETED = "deleted_project"
"""Where the id and name of the project just deleted are kept."""


def delete_project(opened: Opening, entry: ProjectEntry) -> None:
    """Takes a project out of the list; where it was open, the one changed last is opened instead.

    Args:
        opened: What is open in this tab.
        entry: The project.
    """
    projects = designer().projects
    projects.delete(entry.id)
    st.session_state[_DELETED] = (entry.id, entry.name)
    if entry.id == opened.project.id:
        left = projects.recent(1)
        open_project(projects.open(left[0].id) if left else projects.create(FIRST_NAME))


def deleted_notice() -> None:
    """Says what was deleted a moment ago, and brings it back at a click."""
    deleted = st.session_state.get(_DELETED)
    if deleted is None:
        return
    project_id, name = deleted
    with st.container(key=SNACKBAR, horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{plain(name)}” is deleted.", width="content")
        if st.button("Undo delete", icon=":material/undo:", key="undo_delete"):
            del st.session_state[_DELETED]
            open_project(designer().projects.restore(project_id))
            st.rerun()
        if st.button("", icon=":material/close:", key="dismiss_delete", help="Dismiss", type="tertiary"):
            del st.session_state[_DELETED]
            st.rerun()
