"""What all pages share: the services of this designer, and the project that is open in this tab."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from app.services.designer import Designer
from app.services.projects import Project, ProjectError, StaleProjectError
from graph_compiler.document import GraphDocument

CANVAS = "canvas"
"""Key of the one canvas of a tab."""

_OPEN = "open_project"
_QUERY = "project"


@dataclass
class Opening:
    """A project as it is open in this tab.

    Args:
        project: The project as it was last read or saved.
        number: Counts openings and changes made outside of the canvas, each of which the canvas reads anew.
        stale: The project as somebody else has saved it meanwhile, if so.
    """

    project: Project
    number: int = 1
    stale: Project | None = None

    @property
    def document(self) -> GraphDocument:
        """The design."""
        return self.project.document

    @property
    def epoch(self) -> str:
        """Names this opening for the canvas."""
        return f"{self.project.id}:{self.number}"

    def save(self, document: GraphDocument) -> None:
        """Keeps a changed design, in this tab and in the store.

        When another tab has saved meanwhile nothing is overwritten: `stale` then holds the other's design.
        """
        if document == self.project.document:
            return
        projects = designer().projects
        revision = self.project.revision
        if self.stale is None:
            try:
                revision = projects.save(self.project.id, document, revision)
            except StaleProjectError as error:
                self.stale = error.current
        self.project = replace(self.project, document=document, revision=revision)

    def rename(self, name: str) -> None:
        """Calls the project something else.

        Raises:
            ParameterError: The name is empty or too long.
        """
        designer().projects.rename(self.project.id, name)
        self.project = replace(self.project, name=name)

    def edit(self, document: GraphDocument) -> None:
        """Keeps a design that was changed outside of the canvas, which then draws it anew."""
        self.save(document)
        self.number += 1

    def overwrite(self) -> None:
        """Saves this tab's design over the one of another tab."""
        if self.stale is not None:
            newest, mine = self.stale, self.document
            self.stale = None
            self.project = newest
            self.save(mine)


@st.cache_resource(show_spinner=False)
def designer() -> Designer:
    """The services, made once for all tabs."""
    return Designer.start()


def opening() -> Opening:
    """The project open in this tab: the one in the address, else the last one, else a new one."""
    found: Any = st.session_state.get(_OPEN)
    wanted = st.query_params.get(_QUERY)
    if isinstance(found, Opening) and wanted in (None, found.project.id):
        st.query_params[_QUERY] = found.project.id
        return found
    return open_project(_existing(wanted) or _first())


def open_project(project: Project) -> Opening:
    """Opens a project in this tab."""
    before: Any = st.session_state.get(_OPEN)
    # The number goes on, so that no epoch of this tab is used twice.
    number = before.number + 1 if isinstance(before, Opening) else 1
    opened = Opening(project, number)
    st.session_state[_OPEN] = opened
    st.query_params[_QUERY] = project.id
    return opened


def _existing(project_id: str | None) -> Project | None:
    if project_id is None:
        return None
    try:
        return designer().projects.open(project_id)
    except ProjectError as error:
        st.toast(f"{error} The last project was opened.", icon=":material/info:")
        return None


def _first() -> Project:
    projects = designer().projects
    recent = projects.recent(1)
    return projects.open(recent[0].id) if recent else projects.create("My first network")
