"""One training run: its state, progress and curves, drawn anew each second while it goes on."""

import time
from datetime import timedelta
from typing import Any

import streamlit as st

from app.components.workspace import designer
from app.services.curves import Curves, read_curves
from app.services.figures import curve_figures
from app.services.run_store import Run

POLL_SECONDS = 1.0

_STATES = {
    "queued": ("Waiting for its turn", ":material/hourglass:"),
    "running": ("Training", ":material/play_circle:"),
    "stopping": ("Stopping after this step", ":material/stop_circle:"),
    "finished": ("Finished", ":material/check_circle:"),
    "stopped": ("Stopped", ":material/stop_circle:"),
    "failed": ("Failed", ":material/error:"),
}


def run_view(run_id: str) -> None:
    """Draws a run; the rest of the page is left alone while it goes on."""
    if designer().runs.get(run_id).is_open:
        st.fragment(_view, run_every=POLL_SECONDS)(run_id, polling=True)
    else:
        _view(run_id, polling=False)


def _view(run_id: str, *, polling: bool) -> None:
    run = designer().runs.get(run_id)
    if polling and not run.is_open:
        st.rerun()
    curves = read_curves(designer().runs, run_id, st.session_state)
    _head(run, curves)
    figures = curve_figures(curves)
    for name, figure in figures.items():
        st.plotly_chart(figure, width="stretch", key=f"curve:{run_id}:{name}")
    with st.expander("Log"):
        st.code("\n".join(curves.log) or "Nothing was said yet.", language=None)


def _head(run: Run, curves: Curves) -> None:
    words, icon = _STATES[run.state]
    title, button = st.columns([4, 1], vertical_alignment="center")
    title.markdown(f"{icon} **{words}**{_place(run)}{_figures(run.progress)}")
    if run.state in ("queued", "running"):
        button.button(
            "Stop", icon=":material/stop:", width="stretch", on_click=designer().jobs.stop, args=(run.id,)
        )
    if run.state == "stopping":
        button.button(
            "End at once", width="stretch", on_click=designer().jobs.kill, args=(run.id,), type="tertiary"
        )
    if curves.epochs:
        done = min(1.0, curves.epochs_done / curves.epochs)
        st.progress(done, f"epoch {int(curves.epochs_done)} of {curves.epochs}{_time_left(run, done)}")
    if run.reason:
        (st.error if run.state == "failed" else st.info)(run.reason)


def _place(run: Run) -> str:
    place = designer().jobs.place_in_line(run.id)
    return f" · number {place} in line" if place else ""


def _figures(progress: Any) -> str:
    metrics = progress.get("metrics", {})
    return "".join(f" · {name} {value:.4g}" for name, value in metrics.items() if value is not None)


def _time_left(run: Run, done: float) -> str:
    if not run.is_open or run.started_at is None or done <= 0:
        return ""
    seconds = (time.time() - run.started_at) * (1 - done) / done
    return f" · about {timedelta(seconds=round(seconds))} left"
