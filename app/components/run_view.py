"""One training run: its state, progress and curves, drawn anew each second while it goes on."""

import streamlit as st

from app.components.again import draw_again
from app.components.faults import shielded
from app.components.run_charts import run_charts
from app.components.run_controls import run_controls
from app.components.style import NUMBERS
from app.components.words import amount, duration, plain
from app.components.workspace import designer
from app.services.curves import Curves, read_curves
from app.services.run_store import Run

POLL_SECONDS = 1.0

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
        if polling != run.is_open:
            # It has ended, or goes on: the page itself runs once more, without or with a clock.
            draw_again()
        curves = read_curves(designer().runs, run_id, st.session_state)
        _head(run, curves)
        _numbers(run, curves)
        run_charts(curves, run)
        if curves.log:
            with st.expander("Log"):
                st.code("\n".join(curves.log), language=None, wrap_lines=True)


def _head(run: Run, curves: Curves) -> None:
    words, icon = _IMPORTED if run.is_imported else _STATES[run.state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{icon} **{words}**{_place(run)}", width="content")
        rates = [rate for rate in curves.learning_rate.values if rate is not None]
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            run_controls(run, rates[-1] if rates else None)
    # Each part has its place, filled or not: a chart that moves in the page is drawn anew, without its zoom.
    progress, reason = st.container(), st.container()
    if curves.epochs:
        done = min(1.0, curves.epochs_done / curves.epochs)
        whole = int(curves.epochs_done)
        progress.progress(done, f"epoch {whole} of {curves.epochs}{_time(run, curves)}")
    elif run.state == "queued":
        progress.caption("It begins by itself when the runs before it have ended or are paused.")
    elif run.is_open:
        progress.progress(0.0, "getting ready")
    text = _why(run, curves)
    if text:
        (reason.error if run.state == "failed" else reason.info)(text)


def _why(run: Run, curves: Curves) -> str:
    """Why it ended, in a sentence; empty while it goes on."""
    if run.reason:
        return f"{plain(run.reason[:1].upper() + run.reason[1:]).rstrip('.')}."
    if run.state == "finished" and curves.epochs:
        return f"It came to the end of its {curves.epochs} epochs."
    return ""


def _place(run: Run) -> str:
    place = designer().jobs.place_in_line(run.id)
    return f" · number {place} in line" if place else ""


def _time(run: Run, curves: Curves) -> str:
    if not run.is_open:
        return f" · took {duration(curves.trained)}" if curves.trained else ""
    left = curves.seconds_left
    return "" if left is None or run.state == "paused" else f" · about {duration(left)} left"


def _numbers(run: Run, curves: Curves) -> None:
    """What the last epoch gave, the best there was, and how quick it is."""
    numbers = [
        (name.replace("val_", "validation ").replace("_", " "), f"{value:.4g}", _best(curves, name))
        for name, value in run.progress.get("metrics", {}).items()
        if value is not None
    ]
    if curves.samples_per_second:
        numbers.append(("samples a second", f"{curves.samples_per_second:,.0f}", None))
    memory = [value for value in curves.memory.values if value]
    if memory:
        numbers.append(("memory", amount(memory[-1]), None))
    with st.container(key=NUMBERS, horizontal=True):
        for name, value, help in numbers:
            st.metric(name, value, help=help, width="content")


def _best(curves: Curves, name: str) -> str | None:
    found = curves.best.get(name)
    return f"Best: {found[0]:.4g}, in epoch {found[1]:g}." if found else None
