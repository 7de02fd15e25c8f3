"""What can be done with a run besides looking at it: a note, its design back, away with it."""

from functools import partial

import streamlit as st

from app.components.deleting import say_deleted
from app.components.faults import guarded
from app.components.navigation import go_to
from app.components.run_choice import look_at_run
from app.components.shown import as_value, follow
from app.components.workspace import Opening, designer, open_project
from app.services.run_store import MAX_NOTE, Run
from app.services.training import delete_run
from graph_compiler.document import GraphDocument


def run_menu(opened: Opening, run: Run) -> None:
    """Draws the menu of a run."""
    with st.popover(f"Run {run.number}", icon=":material/more_vert:", width="stretch"):
        run_note(run)
        if st.button(
            "Bring its design back",
            icon=":material/restore_page:",
            width="stretch",
            help="The canvas shows the design as it was trained; undo takes that back.",
        ):
            restore(opened, designer().runs.document(run.id))
            st.toast(f"The design of run {run.number} is back. Undo takes that back.", icon=":material/undo:")
            go_to("design")
        if st.button("Open its design as a new project", icon=":material/note_add:", width="stretch"):
            _as_project(opened, run)
        st.button(
            "Delete this run",
            icon=":material/delete:",
            width="stretch",
            disabled=run.is_open,
            on_click=guarded(_delete),
            args=(run,),
            help="With its curves and its models. You can undo it; after a week it is gone for good.",
        )


def restore(opened: Opening, document: GraphDocument) -> None:
    """Gives the open project an earlier design, as one step that the undo of the canvas takes back.

    Args:
        opened: The project.
        document: The design as it was.
    """
    opened.edit(document.model_copy(update={"name": opened.document.name}))


def run_note(run: Run, label: str = "Note", place: str = "menu") -> None:
    """Draws the field of a run's note.

    Args:
        run: The run.
        label: What it is called.
        place: Where on the page it is: the same note may be written in several places.
    """
    key = follow(f"note:{place}:{run.id}", run.note)

    def keep() -> None:
        designer().runs.set_note(run.id, st.session_state[key])

    st.text_input(
        label,
        **as_value(key, keep),
        max_chars=MAX_NOTE,
        placeholder="what was tried",
    )


def _as_project(opened: Opening, run: Run) -> None:
    name = f"{opened.project.name}, run {run.number}"
    open_project(designer().projects.create(name, designer().runs.document(run.id)))
    go_to("design")


def _delete(run: Run) -> None:
    delete_run(designer(), run.id)
    say_deleted(f"Run {run.number}", partial(_restore, run.id))


def _restore(run_id: str) -> None:
    designer().runs.restore(run_id)
    look_at_run(run_id)
