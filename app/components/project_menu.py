"""The project menu: begin, open, rename, copy and delete designs."""

import streamlit as st

from app.components.again import draw_again
from app.components.deleting import delete_project
from app.components.faults import guarded, shielded
from app.components.file_report import open_file
from app.components.navigation import link_to
from app.components.templates import offer_templates
from app.components.words import moment, plain
from app.components.workspace import NEXT_NAME, Opening, designer, open_project
from app.services.model_files import ENDINGS
from app.services.projects import NAME_LENGTH
from runtime.errors import LayerloomError

RECENT = 15
_DIALOG = "project_dialog"
_CLOSED = "project_menu_closed"


def project_menu(opened: Opening) -> None:
    """Draws the button that opens the menu, and the menu."""
    # With another project, and under a dialog, it is another menu, a closed one.
    key = f"projects:{opened.epoch}:{st.session_state.get(_CLOSED, 0)}"
    with st.popover("Projects", icon=":material/folder_open:", key=key):
        _name(opened)
        _beginnings()
        _this_project(opened)
        _recent(opened)
        link_to("projects", "All projects", ":material/grid_view:")
    dialog = st.session_state.get(_DIALOG)
    if dialog == "template":
        _template_dialog()
    elif dialog == "file":
        _file_dialog()


def _open_dialog(name: str) -> None:
    """Has a dialog open after the menu is closed."""
    st.session_state[_DIALOG] = name
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1


def _close_dialog() -> None:
    st.session_state.pop(_DIALOG, None)


def _name(opened: Opening) -> None:
    key = f"name:{opened.project.id}:{opened.project.name}"
    name = st.text_input("Name of this project", opened.project.name, max_chars=NAME_LENGTH, key=key)
    if name != opened.project.name:
        try:
            opened.rename(name)
        except LayerloomError as error:
            st.error(plain(str(error)))
        else:
            draw_again()


def _beginnings() -> None:
    new, template, file = st.columns(3)
    if new.button("New", icon=":material/add:", width="stretch", help="An empty design."):
        open_project(designer().projects.create(NEXT_NAME))
        draw_again()
    template.button(
        "Template",
        icon=":material/auto_awesome_mosaic:",
        width="stretch",
        help="A new project from a finished design.",
        on_click=guarded(_open_dialog),
        args=("template",),
    )
    file.button(
        "Open file",
        icon=":material/upload_file:",
        width="stretch",
        help="A new project from a design, or from a model of Keras: .h5, .keras, .json, .py.",
        on_click=guarded(_open_dialog),
        args=("file",),
    )


def _this_project(opened: Opening) -> None:
    projects = designer().projects
    copy, delete = st.columns(2)
    if copy.button("Copy", icon=":material/content_copy:", width="stretch"):
        open_project(projects.duplicate(opened.project.id))
        draw_again()
    if delete.button("Delete", icon=":material/delete:", width="stretch", help="You can undo it."):
        delete_project(opened, opened.project)
        draw_again()


def _recent(opened: Opening) -> None:
    others = [entry for entry in designer().projects.recent(RECENT) if entry.id != opened.project.id]
    if not others:
        return
    st.caption("Recent projects")
    with st.container(height=min(260, 52 * len(others) + 8), border=False, gap="small"):
        for entry in others:
            label = f"{plain(entry.name)} · :small[{plain(moment(entry.changed_at))}]"
            if st.button(label, key=f"open_{entry.id}", width="stretch", type="tertiary"):
                open_project(designer().projects.open(entry.id))
                draw_again()


@st.dialog("New from a template", width="large", on_dismiss=guarded(_close_dialog))
def _template_dialog() -> None:
    with shielded():
        st.caption("Each is a finished design with its data chosen: train it, then change it.")
        chosen = offer_templates("dialog", columns=2)
        if chosen is not None:
            template, document = chosen
            _close_dialog()
            open_project(designer().projects.create(template.title, document))
            draw_again()


@st.dialog("Open a file", on_dismiss=guarded(_close_dialog))
def _file_dialog() -> None:
    with shielded():
        upload = st.file_uploader(
            "A design that Layerloom has saved, or a model of Keras: .h5, .keras, JSON or Python code",
            type=ENDINGS,
        )
        if upload is not None:
            open_file(upload, _close_and_rerun)


def _close_and_rerun() -> None:
    _close_dialog()
    draw_again()
