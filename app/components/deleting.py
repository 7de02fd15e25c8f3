"""What was deleted a moment ago, with a way back until it is taken or waved away; and deleting a project."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.components.faults import guarded
from app.components.style import SNACKBAR
from app.components.words import plain
from app.components.workspace import FIRST_NAME, Opening, designer, open_project
from app.services.projects import ProjectEntry
from app.services.run_store import EXPORT_JOB

_DELETED = "deleted"


@dataclass(frozen=True)
class Deleted:
    """Something that can be brought back.

    Args:
        name: What it is called.
        restore: Brings it back.
    """

    name: str
    restore: Callable[[], None]


def say_deleted(name: str, restore: Callable[[], None]) -> None:
    """Has it said on every page that something is deleted, in the place of what was deleted before.

    Args:
        name: What it is called.
        restore: Brings it back.
    """
    st.session_state[_DELETED] = Deleted(name, restore)


def deleted_notice() -> None:
    """Says what was deleted a moment ago, and brings it back at a click."""
    deleted = st.session_state.get(_DELETED)
    if not isinstance(deleted, Deleted):
        return

    def restore() -> None:
        _forget()
        deleted.restore()

    with st.container(key=SNACKBAR, horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{plain(deleted.name)}” is deleted.", width="content")
        st.button("Undo delete", icon=":material/undo:", key="undo_delete", on_click=guarded(restore))
        st.button(
            "",
            icon=":material/close:",
            key="dismiss_delete",
            help="Dismiss",
            type="tertiary",
            on_click=guarded(_forget),
        )


def _forget() -> None:
    st.session_state.pop(_DELETED, None)


def delete_project(opened: Opening, entry: ProjectEntry) -> None:
    """Takes a project out of the list, and ends its runs: no page would show them, or could stop them.

    Where it was open, the one changed last is opened instead. Trainings can go on once it is back.

    Args:
        opened: What is open in this tab.
        entry: The project.
    """
    projects = designer().projects
    projects.delete(entry.id)
    say_deleted(entry.name, partial(_restore_project, entry.id))
    _end_runs(entry.id)
    if entry.id == opened.project.id:
        left = projects.recent(1)
        open_project(projects.open(left[0].id) if left else projects.create(FIRST_NAME))


def _end_runs(project_id: str) -> None:
    services = designer()
    for run in services.runs.open_of_project(project_id):
        end = services.exports.kill if run.job == EXPORT_JOB else services.jobs.stop
        end(run.id)


def _restore_project(project_id: str) -> None:
    open_project(designer().projects.restore(project_id))
