"""What all pages share: the services of this designer, and the project that is open in this tab."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from app.components.beside import followed, told_beside
from app.components.canvas import (
    CanvasState,
    forget,
    read_state,
    replaces_design,
    send,
    send_design,
    unfinished,
)
from app.components.underway import with_what_is_underway
from app.components.words import plain
from app.services.designer import Designer
from app.services.projects import Project, ProjectError, StaleProjectError
from graph_compiler.document import DocumentError, GraphDocument, Node, from_canvas, to_canvas

CANVAS = "canvas"
"""Key of the one canvas of a tab."""

FIRST_NAME = "My first network"
NEXT_NAME = "Untitled network"

_OPEN = "open_project"
_QUERY = "project"


@dataclass
class Opening:
    """A project as it is open in this tab.

    Args:
        project: The project as it was last read or saved.
        number: Counts openings, at each of which the canvas reads the design anew.
        stale: The project as somebody else has saved it meanwhile, if so.
        refusal: Why the last change on the canvas could not be kept; empty when it was.
        seen: What the canvas last sent.
        done: Id of the last command it had carried out then.
        beside: The changes beside the drawing that were in force there; None while it has sent nothing.
        asks: Id of the node whose fixes somebody at the canvas wants to see, or empty.
    """

    project: Project
    number: int = 1
    stale: Project | None = None
    refusal: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict[str, Any])
    done: int = 0
    beside: tuple[Any, ...] | None = None
    asks: str = ""

    @property
    def document(self) -> GraphDocument:
        """The design."""
        return self.project.document

    @property
    def epoch(self) -> str:
        """Names this opening for the canvas."""
        return f"{self.project.id}:{self.number}"

    def take_over(self) -> None:
        """Keeps what was drawn on the canvas since it last said so, whatever page is shown now."""
        newest = read_state(CANVAS, self.epoch)
        self.asks = newest.asks if newest is not None else ""
        document = self.document
        if newest is not None and self._is_news(newest) and not _is_replaced(newest):
            if not self.seen and 0 < newest.base < self.project.revision:
                # Drawn while a server was away: where another tab has saved since, the user is asked.
                self._begun_from(newest.base, newest.document)
            self.seen, self.done = newest.document, newest.ack
            try:
                document = from_canvas(newest.document, document)
                self.refusal = ""
            except DocumentError as error:
                self.refusal = str(error)
        if newest is not None:
            document = followed(document, self.beside, newest.beside)
            self.beside = newest.beside
        self.save(with_what_is_underway(document, CANVAS, newest.ack if newest else 0))

    def _is_news(self, state: CanvasState) -> bool:
        """Whether the canvas says something new; a command done and undone leaves the drawing as it was."""
        return state.document != self.seen or state.ack > self.done

    def _begun_from(self, revision: int, drawn: Mapping[str, Any]) -> None:
        """Goes back to the revision that a drawing began from, unless it is the design that is stored."""
        with suppress(DocumentError):
            if from_canvas(drawn, self.document) != self.document:
                self.project = replace(self.project, revision=revision)

    def take_back(self, state: CanvasState) -> bool:
        """Keeps what a browser has drawn while the server that knew of it was away.

        A new server may hear of it only when it has drawn the canvas.

        Args:
            state: What the browser has sent.

        Returns:
            Whether there was something, and the page has to run once more.
        """
        if not state.rev or state.document == self.seen or _is_replaced(state):
            return False
        self.take_over()
        return True

    def save(self, document: GraphDocument) -> None:
        """Keeps a changed design, in this tab and in the store.

        When another tab has saved meanwhile nothing is overwritten: `stale` then holds the other's design.
        """
        if document == self.project.document:
            return
        revision = self.project.revision
        if self.stale is None:
            try:
                revision = self._store(document)
            except StaleProjectError as error:
                self.stale = error.current
        self.project = replace(self.project, document=document, revision=revision)

    def _store(self, document: GraphDocument) -> int:
        """The new revision."""
        projects = designer().projects
        try:
            return projects.save(self.project.id, document, self.project.revision)
        except ProjectError:
            # Deleted in another tab while somebody goes on working on it here: what they draw is kept.
            projects.restore(self.project.id)
            st.toast("This project had been deleted. It is back, since you work on it.")
            return projects.save(self.project.id, document, self.project.revision)

    def refresh(self) -> bool:
        """Reads what another tab has saved meanwhile; nothing of this tab waits to be saved.

        Returns:
            Whether the design is another one now.
        """
        if self.stale is not None:
            return False
        try:
            newest = designer().projects.open(self.project.id)
        except ProjectError:
            return False
        changed = newest.revision > self.project.revision
        if changed:
            before, self.project = self.document, newest
            self._show(before)
        elif newest.name != self.project.name:
            self.project = replace(self.project, name=newest.name)
        return changed

    def is_behind(self) -> bool:
        """Whether another tab has saved the project since it was read here, and `refresh` would show that."""
        newest = designer().projects.revision(self.project.id)
        return self.stale is None and newest is not None and newest > self.project.revision

    def _show(self, before: GraphDocument) -> None:
        """Has the canvas show what has become of a design elsewhere; its undo leads back."""
        send_design(CANVAS, to_canvas(self.document), *told_beside(before, self.document))

    def rename(self, name: str) -> None:
        """Calls the project something else.

        Raises:
            ParameterError: The name is empty or too long.
        """
        designer().projects.rename(self.project.id, name)
        self.project = replace(self.project, name=" ".join(name.split()))

    def edit(self, document: GraphDocument) -> None:
        """Keeps a design that was changed outside of the canvas, and has the canvas follow.

        The undo of the canvas takes it back in one step.
        """
        before = self.document
        self.save(document)
        if _drawn(before) != _drawn(document):
            self._show(before)
            return
        changes = [_change(before.nodes[key], node) for key, node in document.nodes.items()]
        edits = [change for change in changes if change is not None] + told_beside(before, document)
        if edits:
            send(CANVAS, "batch", edits=edits)

    def overwrite(self) -> None:
        """Saves this tab's design over the one of another tab."""
        if self.stale is not None:
            newest, mine = self.stale, self.document
            self.stale = None
            self.project = newest
            self.save(mine)

    def give_way(self) -> None:
        """Shows the design of another tab; undo on the canvas brings this tab's back."""
        if self.stale is not None:
            before, self.project = self.document, self.stale
            self.stale = None
            self.refusal = ""
            self._show(before)


@st.cache_resource(show_spinner=False)
def designer() -> Designer:
    """The services, made once for all tabs."""
    return Designer.start()


def opening() -> Opening:
    """The project open in this tab: the one in the address, else the last one, else a new one."""
    found: Any = st.session_state.get(_OPEN)
    wanted = st.query_params.get(_QUERY)
    if isinstance(found, Opening) and wanted in (None, found.project.id):
        if wanted is None:
            st.query_params[_QUERY] = found.project.id
        found.take_over()
        return found
    return open_project(_existing(wanted) or _first())


def open_project(project: Project) -> Opening:
    """Opens a project in this tab."""
    before: Any = st.session_state.get(_OPEN)
    # The number goes on, so that no epoch of this tab is used twice.
    number = before.number + 1 if isinstance(before, Opening) else 1
    opened = Opening(project, number)
    # What the canvas was yet to be told is about the project that was open before.
    forget(CANVAS)
    st.session_state[_OPEN] = opened
    st.query_params[_QUERY] = project.id
    return opened


def _is_replaced(drawn: CanvasState) -> bool:
    """Whether the canvas is yet to show another state of the design than the one drawn."""
    return any(command["id"] > drawn.ack and replaces_design(command) for command in unfinished(CANVAS))


def _drawn(document: GraphDocument) -> dict[str, Any]:
    """What the canvas draws of a design, without the parameters of its layers."""
    drawing = to_canvas(document)
    return drawing | {"nodes": [{**node, "params": None} for node in drawing["nodes"]]}


def _change(before: Node, after: Node) -> dict[str, Any] | None:
    """The command that gives a node on the canvas its new parameters; None when they are the old ones."""
    if before.params == after.params:
        return None
    return {
        "op": "set_node",
        "node": after.id,
        "params": {
            name: value
            for name, value in after.params.items()
            if name not in before.params or before.params[name] != value
        },
        "unset": [name for name in before.params if name not in after.params],
    }


def _existing(project_id: str | None) -> Project | None:
    if project_id is None:
        return None
    try:
        return designer().projects.open(project_id)
    except ProjectError as error:
        st.toast(f"{plain(str(error))} The last project was opened.", icon=":material/info:")
        return None


def _first() -> Project:
    projects = designer().projects
    recent = projects.recent(1)
    return projects.open(recent[0].id) if recent else projects.create(FIRST_NAME)
