"""What can be done with a run: pause, resume, stop, another rate; and once it has ended, go on."""

import streamlit as st

from app.components.faults import guarded
from app.components.shown import as_value, put
from app.components.workspace import designer
from app.services.run_store import Run
from app.services.training import go_on, standing

MORE = 10
"""Epochs that are offered besides."""

MOST = 1_000_000


def run_controls(run: Run, rate: float | None) -> None:
    """Draws the buttons that fit a run as it stands.

    Args:
        run: The run.
        rate: Its present learning rate, where it is known.
    """
    jobs = designer().jobs
    if run.state in ("running", "paused") and rate is not None:
        _rate(run, rate)
    if run.state == "running":
        _button("Pause", "pause", jobs.pause, run, "Waits after this step; a checkpoint is kept.")
    elif run.state == "paused":
        _button("Resume", "play_arrow", jobs.resume, run)
    if run.state in ("queued", "running", "paused"):
        _button("Stop", "stop", jobs.stop, run)
    elif run.state == "stopping":
        help = "Does not wait for the step to end. The curves and the last checkpoint are kept."
        _button("End at once", "cancel", jobs.kill, run, help)
    else:
        _going_on(run)


def _button(label: str, icon: str, act: object, run: Run, help: str | None = None) -> None:
    st.button(label, icon=f":material/{icon}:", on_click=guarded(act), args=(run.id,), help=help)  # type: ignore[arg-type]


def _rate(run: Run, rate: float) -> None:
    """A learning rate for the next step on."""
    if designer().runs.document(run.id).compile.schedule is not None:
        st.caption("The schedule sets the learning rate.", width="content")
        return
    key = f"rate:{run.id}:{run.attempt}"
    if key not in st.session_state:
        put(key, rate)

    def take() -> None:
        entered = st.session_state[key]
        if entered:
            designer().jobs.set_learning_rate(run.id, entered)
            st.toast(f"The learning rate is {entered:g} from the next step on.")

    with st.popover("Rate", icon=":material/tune:"):
        st.number_input(
            "New learning rate",
            min_value=0.0,
            **as_value(key, take),
            step=None,
            format="%g",
            help="For this run only; the design keeps its own.",
        )
        st.caption(f"It is {rate:.4g} now.")


def _going_on(run: Run) -> None:
    found = standing(designer(), run)
    if found is None:
        return

    def to(epochs: int) -> None:
        go_on(designer(), run.id, epochs)

    if found.is_unfinished:
        label = f"Go on after epoch {found.epoch}" if found.epoch else "Begin again"
        st.button(
            label,
            icon=":material/play_arrow:",
            type="primary",
            on_click=guarded(to),
            args=(found.epochs,),
            help="From the last checkpoint, with the state of the optimizer.",
        )
    if not found.can_train_more:
        return
    key = f"more:{run.id}"
    if key not in st.session_state:
        put(key, MORE)
    more = st.number_input("More epochs", 1, MOST, **as_value(key), width=110, label_visibility="collapsed")
    st.button(
        f"Train {more} more",
        icon=":material/forward:",
        on_click=guarded(to),
        args=(found.epoch + more,),
        help="Goes on with these weights and the state of the optimizer; epochs count on.",
    )
