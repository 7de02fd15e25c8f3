"""A project as a card: its picture, its name, and what can be done with it."""

from functools import lru_cache

import streamlit as st

from app.components.again import draw_again
from app.components.deleting import delete_project
from app.components.faults import guarded, shielded
from app.components.navigation import go_to
from app.components.style import CARD_FOOT, THUMBNAIL
from app.components.theme import theme
from app.components.words import moment, plain
from app.components.workspace import Opening, designer, open_project
from app.services.projects import NAME_LENGTH, ProjectEntry
from graph_compiler import analyze
from graph_compiler.picture import graph_picture
from runtime.errors import LayerloomError

_RENAMED = "renamed_project"
"""Where the project is kept whose new name is asked for."""


def project_card(opened: Opening, entry: ProjectEntry) -> None:
    """Draws a project.

    Args:
        opened: What is open in this tab.
        entry: The project.
    """
    with st.container(border=True, key=f"project_card_{entry.id}", gap="small"):
        layers, picture = _seen(entry.id, entry.changed_at, theme())
        with st.container(key=f"{THUMBNAIL}_{entry.id}", gap=None):
            if picture:
                st.image(picture, width="stretch", alt=f"The design of {entry.name}")
            else:
                st.caption(layers)
        here = " · open here" if entry.id == opened.project.id else ""
        if st.button(f"**{plain(entry.name)}**", key=f"show_{entry.id}", width="stretch"):
            if not here:
                open_project(designer().projects.open(entry.id))
            go_to("design")
        foot = f"{CARD_FOOT}_{entry.id}"
        with st.container(key=foot, horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{layers} · {plain(moment(entry.changed_at))}{here}")
            _actions(opened, entry)


@lru_cache(maxsize=256)
def _seen(project_id: str, changed_at: float, shown_in: str) -> tuple[str, str]:
    """How many layers a project has, in words, and its picture as SVG, if there is one to see."""
    del changed_at  # With each change it is another picture.
    try:
        document = designer().projects.open(project_id).document
    except LayerloomError:
        return "cannot be read", ""
    if not document.nodes:
        return "empty", ""
    count = len(document.nodes)
    return f"{count} layer{'s' * (count != 1)}", graph_picture(document, analyze(document)).svg(shown_in)


def _actions(opened: Opening, entry: ProjectEntry) -> None:
    def copy() -> None:
        designer().projects.duplicate(entry.id)

    def delete() -> None:
        delete_project(opened, entry)

    def rename() -> None:
        st.session_state[_RENAMED] = entry

    name = plain(entry.name)
    for does, icon, called, words in (
        ("rename", ":material/edit:", rename, f"Rename {name}"),
        ("copy", ":material/content_copy:", copy, f"Copy {name}"),
        ("delete", ":material/delete:", delete, f"Delete {name}; you can undo it"),
    ):
        st.button(
            "", icon=icon, key=f"{does}_{entry.id}", help=words, type="tertiary", on_click=guarded(called)
        )


def rename_dialog(opened: Opening) -> None:
    """Draws the dialog for a new name, if somebody asked for it.

    Args:
        opened: What is open in this tab.
    """
    entry = st.session_state.get(_RENAMED)
    if entry is not None:
        _dialog(opened, entry)


def _close() -> None:
    st.session_state.pop(_RENAMED, None)


@st.dialog("Rename", on_dismiss=guarded(_close))
def _dialog(opened: Opening, entry: ProjectEntry) -> None:
    with shielded(), st.form("rename_project", border=False):
        name = st.text_input("Name", entry.name, max_chars=NAME_LENGTH)
        if not st.form_submit_button("Rename", type="primary"):
            return
        if entry.id == opened.project.id:
            opened.rename(name)
        else:
            designer().projects.rename(entry.id, name)
        _close()
        draw_again()
