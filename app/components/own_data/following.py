"""Work that goes on: how far it is, a way to cancel it, and what became of it."""

import streamlit as st

from app.components.again import draw_again
from app.components.catalogue import go_to_top, look_at
from app.components.faults import guarded, shielded
from app.components.words import plain
from app.components.workspace import designer
from app.services.data_work import Task

POLL_SECONDS = 0.5
_FOLLOWED = "data_task"
_SHOWN = "data_task_shown"
TITLES = {"import": "Reading", "prepare": "Preparing"}


def follow(task: Task) -> None:
    """Has this tab show a task, and what it makes when it is done."""
    st.session_state[_FOLLOWED] = task.id
    go_to_top()


def end_work() -> None:
    """Has what this tab's task has made looked at, if it has ended."""
    task = _followed()
    if task is not None and task.state != "running":
        _end(task)


def draw_work() -> None:
    """Draws the tasks that go on, and those that could be begun again."""
    for task in designer().data_work.interrupted():
        _offer(task)
    if designer().data_work.running():
        st.fragment(_watch, run_every=POLL_SECONDS)()
    elif _followed() is not None:
        # It has ended since the page began to be drawn.
        draw_again()


def draw_failure(what: str, source: str = "") -> None:
    """Says why the last task of this tab failed, until another is begun.

    Args:
        what: Which kind of task is meant.
        source: Id of the file it was about; nothing where it was none that was brought in before.
    """
    task = designer().data_work.task(st.session_state.get(_SHOWN, ""))
    if task is None or task.what != what:
        return
    spec = task.spec or {}
    if source != (spec.get("source") or spec.get("replaces") or ""):
        return
    if task.state == "failed":
        st.error(plain(f"{task.title}: {task.text}"), icon=":material/error:")
    elif task.state == "cancelled":
        st.info(f"Cancelled: {plain(task.title)}. Nothing of it was kept.", icon=":material/cancel:")


def _followed() -> Task | None:
    return designer().data_work.task(st.session_state.get(_FOLLOWED, ""))


def _end(task: Task) -> None:
    del st.session_state[_FOLLOWED]
    st.session_state[_SHOWN] = task.id
    if task.state == "done" and task.result:
        look_at(task.result)
        words = "is read: choose what is learned from what" if task.what == "import" else "is ready"
        st.toast(f"{plain(task.title)} {words}.", icon=":material/check_circle:")


def _offer(task: Task) -> None:
    """What to do with a task that an earlier designer has not ended."""
    words, again, forget = st.columns([5, 1, 1], vertical_alignment="center")
    words.warning(
        f"{TITLES[task.what]} “{plain(task.title)}” was cut short: the designer ended before it was done. "
        "Nothing half-made was kept.",
        icon=":material/pending:",
    )
    again.button(
        "Start again", key=f"again:{task.id}", width="stretch", on_click=guarded(_again), args=(task.id,)
    )
    forget.button(
        "Forget it",
        key=f"let_go:{task.id}",
        width="stretch",
        on_click=guarded(designer().data_work.let_go),
        args=(task.id,),
    )


def _again(task_id: str) -> None:
    follow(designer().data_work.again(task_id))


def _watch() -> None:
    with shielded():
        task = _followed()
        running = designer().data_work.running()
        for each in running:
            _draw(each)
        if not running or (task is not None and task.state != "running"):
            # The page itself runs once more, and shows what was made.
            draw_again()


def _draw(task: Task) -> None:
    bar, button = st.columns([6, 1], vertical_alignment="center")
    bar.progress(task.done, f"{TITLES[task.what]} {plain(task.title)} · {plain(task.text)} …")
    button.button(
        "Cancel",
        key=f"cancel:{task.id}",
        width="stretch",
        on_click=guarded(designer().data_work.cancel),
        args=(task.id,),
    )
