"""One training run: its state, progress and curves, drawn anew each second while it goes on."""

import time

import streamlit as st

from app.components.charts import training_charts
from app.components.faults import guarded, shielded
from app.components.live_chart import live_chart
from app.components.style import CHARTS
from app.components.words import duration, plain
from app.components.workspace import designer
from app.services.curves import Curves, read_curves
from app.services.run_store import Run

POLL_SECONDS = 1.0
FACTS = 5
"""Numbers in a row."""

_STATES = {
    "queued": ("Waiting for its turn", ":material/hourglass:"),
    "running": ("Training", ":material/play_circle:"),
    "paused": ("Paused", ":material/pause_circle:"),
    "stopping": ("Stopping after this step", ":material/stop_circle:"),
    "finished": ("Finished", ":green[:material/check_circle:]"),
    "stopped": ("Stopped", ":material/stop_circle:"),
    "interrupted": ("Interrupted", ":orange[:material/power_off:]"),
    "failed": ("Failed", ":red[:material/error:]"),
}

_IMPORTED = ("Imported", ":material/file_open:")


def run_view(run_id: str) -> None:
    """Draws a run; the rest of the page is left alone while it goes on."""
    if designer().runs.get(run_id).is_open:
        st.fragment(_view, run_every=POLL_SECONDS)(run_id, polling=True)
    else:
        st.fragment(_view)(run_id, polling=False)


def _view(run_id: str, *, polling: bool) -> None:
    with shielded():
        run = designer().runs.get(run_id)
        if polling and not run.is_open:
            # The page itself runs once more, and does not ask for another look.
            st.rerun()
        curves = read_curves(designer().runs, run_id, st.session_state)
        _head(run, curves)
        _numbers(run, curves)
        _charts(curves, run)
        if curves.log:
            with st.expander("Log"):
                st.code("\n".join(curves.log), language=None, wrap_lines=True)


def _head(run: Run, curves: Curves) -> None:
    words, icon = _IMPORTED if run.is_imported else _STATES[run.state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{icon} **{words}**{_place(run)}", width="content")
        _stop_button(run)
    # Each part has its place, filled or not: a chart that moves in the page is drawn anew, without its zoom.
    progress, reason = st.container(), st.container()
    if curves.epochs:
        done = min(1.0, curves.epochs_done / curves.epochs)
        whole = int(curves.epochs_done)
        progress.progress(done, f"epoch {whole} of {curves.epochs}{_time(run, done)}")
    elif run.is_open:
        progress.progress(0.0, "getting ready")
    if run.reason:
        text = f"{plain(run.reason[:1].upper() + run.reason[1:]).rstrip('.')}."
        (reason.error if run.state == "failed" else reason.info)(text)


def _stop_button(run: Run) -> None:
    jobs = designer().jobs
    if run.state in ("queued", "running"):
        st.button("Stop", icon=":material/stop:", on_click=guarded(jobs.stop), args=(run.id,))
    elif run.state == "stopping":
        st.button(
            "End at once",
            icon=":material/cancel:",
            on_click=guarded(jobs.kill),
            args=(run.id,),
            help="Does not wait for the step to end. The curves and the last checkpoint are kept.",
        )


def _place(run: Run) -> str:
    place = designer().jobs.place_in_line(run.id)
    return f" · number {place} in line" if place else ""


def _time(run: Run, done: float) -> str:
    if run.started_at is None:
        return ""
    if not run.is_open:
        return f" · took {duration((run.ended_at or run.started_at) - run.started_at)}"
    taken = time.time() - run.started_at
    if done <= 0:
        return ""
    return f" · about {duration(taken * (1 - done) / done)} left"


def _numbers(run: Run, curves: Curves) -> None:
    """What the last epoch gave, and how quick it was."""
    numbers = [
        (name.replace("val_", "validation ").replace("_", " "), f"{value:.4g}")
        for name, value in run.progress.get("metrics", {}).items()
        if value is not None
    ]
    if curves.samples_per_second:
        numbers.append(("samples a second", f"{curves.samples_per_second:,.0f}"))
    with st.container():
        for first in range(0, len(numbers), FACTS):
            for column, (name, value) in zip(st.columns(FACTS), numbers[first : first + FACTS], strict=False):
                column.metric(name, value)


def _charts(curves: Curves, run: Run) -> None:
    if not curves.training and not curves.within:
        if run.is_open:
            st.caption("The curves begin with the first epoch.")
        return
    with st.container(horizontal=True):
        log_scale = st.toggle(
            "Log scale", key="log_scale", help="Shows small losses as clearly as large ones."
        )
        smooth = st.toggle("Smooth", key="smooth", help="Averages each point with its neighbours.")
    figures = training_charts(curves, log_scale=log_scale, smooth=smooth)
    with st.container(key=CHARTS):
        columns = st.columns(min(2, len(figures)), gap="medium")
        for place, (name, figure) in enumerate(figures.items()):
            with columns[place % 2]:
                live_chart(figure, f"curve:{run.id}:{name}", f"Curve of the {name}")
