"""What stands around every page: the project menu, and messages that concern all of it."""

from datetime import UTC, datetime

import streamlit as st

from app.components.workspace import Opening, designer, open_project, opening
from runtime.errors import LayerloomError


def header() -> None:
    """Draws the project bar above a page."""
    _style()
    opened = opening()
    if opened.stale is not None:
        _stale_notice(opened)
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(f"**{_plain(opened.project.name)}**", width="content")
    with right, st.popover("Projects", icon=":material/folder_open:", width="stretch"):
        _project_menu(opened)


def _style() -> None:
    """Less empty space around the canvas than Streamlit leaves."""
    st.html(
        "<style>"
        ".stMainBlockContainer{padding:4.2rem 1.5rem 1rem}"
        ".stMainBlockContainer>.stVerticalBlock{gap:.6rem}"
        ".st-key-catalogue button,.st-key-catalogue button>div{justify-content:flex-start}"
        "[data-testid=stMetricValue]{font-size:1.5rem}"
        "</style>"
    )


def _plain(name: str) -> str:
    """A project's name without the characters that Markdown would read."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|~$:" else c for c in name)


def _stale_notice(opened: Opening) -> None:
    with st.container(border=True):
        st.warning(
            "This project was changed in another tab. Your design here is kept in this tab, but not saved.",
            icon=":material/sync_problem:",
        )
        theirs, mine, copy = st.columns(3)
        if theirs.button("Show the other tab's design", width="stretch") and opened.stale is not None:
            open_project(opened.stale)
            st.rerun()
        if mine.button("Save mine over it", width="stretch"):
            opened.overwrite()
            st.rerun()
        if copy.button("Keep mine as a copy", width="stretch"):
            open_project(designer().projects.create(f"{opened.project.name} (mine)"[:120], opened.document))
            st.rerun()


def _project_menu(opened: Opening) -> None:
    projects = designer().projects
    key = f"name:{opened.project.id}"
    name = st.text_input("Name of this project", opened.project.name, max_chars=120, key=key)
    if name != opened.project.name:
        try:
            opened.rename(name)
        except LayerloomError as error:
            st.error(str(error))
        else:
            st.rerun()
    new, copy, delete = st.columns(3)
    if new.button("New", icon=":material/add:", width="stretch"):
        open_project(projects.create("Untitled network"))
        st.rerun()
    if copy.button("Copy", icon=":material/content_copy:", width="stretch"):
        open_project(projects.duplicate(opened.project.id))
        st.rerun()
    if delete.button("Delete", icon=":material/delete:", width="stretch"):
        projects.delete(opened.project.id)
        st.session_state["deleted_project"] = (opened.project.id, opened.project.name)
        left = projects.recent(1)
        open_project(projects.open(left[0].id) if left else projects.create("My first network"))
        st.rerun()
    deleted = st.session_state.get("deleted_project")
    if deleted and st.button(f"Bring “{deleted[1]}” back", icon=":material/undo:", width="stretch"):
        open_project(projects.restore(deleted[0]))
        del st.session_state["deleted_project"]
        st.rerun()
    st.caption("Recent projects")
    for entry in projects.recent(12):
        if entry.id == opened.project.id:
            continue
        changed = datetime.fromtimestamp(entry.changed_at, UTC).astimezone().strftime("%d %b, %H:%M")
        if st.button(f"{_plain(entry.name)} · {changed}", key=f"open:{entry.id}", width="stretch"):
            open_project(projects.open(entry.id))
            st.rerun()
