"""Which of a project's runs to look at; the choice holds on all pages."""

from typing import Any

import streamlit as st

from app.components.words import duration, moment
from app.services.run_store import Run

STATES = {
    "queued": "waiting",
    "running": "training",
    "paused": "paused",
    "stopping": "stopping",
    "finished": "finished",
    "stopped": "stopped",
    "interrupted": "interrupted",
    "failed": "failed",
}
_CHOSEN = "chosen_run"
SHOWN_METRICS = 3


def choose_run(runs: list[Run]) -> str:
    """The id of the run to look at: the one last chosen or begun, else the latest; offers the others.

    Args:
        runs: The runs, latest first; at least one.
    """
    ids = [run.id for run in runs]
    labels = {run.id: f"Run {len(runs) - place} · {in_short(run)}" for place, run in enumerate(runs)}
    chosen = st.session_state.get(_CHOSEN)
    if chosen not in labels:
        chosen = ids[0]
    if len(ids) > 1:
        chosen = st.selectbox(
            "Run", ids, ids.index(chosen), format_func=labels.__getitem__, label_visibility="collapsed"
        )
    look_at_run(chosen)
    return chosen


def look_at_run(run_id: str) -> None:
    """Makes a run the one that is looked at."""
    st.session_state[_CHOSEN] = run_id


def in_short(run: Run) -> str:
    """A run in one line: its state, the numbers it has reached and when it was begun."""
    return " · ".join([state_in_words(run), *_reached(run), moment(run.created_at)])


def state_in_words(run: Run) -> str:
    """Where a run stands; one that was never trained here says so."""
    return "imported" if run.is_imported else STATES[run.state]


def runs_table(runs: list[Run]) -> None:
    """Draws all runs with what became of them.

    Args:
        runs: The runs, latest first.
    """
    rows = [_row(run, len(runs) - place) for place, run in enumerate(runs)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    st.dataframe(
        {name: [row.get(name) for row in rows] for name in names},
        hide_index=True,
        width="stretch",
        key="runs",
    )


def _row(run: Run, number: int) -> dict[str, Any]:
    epoch, epochs = run.progress.get("epoch", 0), run.progress.get("epochs")
    taken = (run.ended_at or 0) - (run.started_at or 0)
    return {
        "run": number,
        "state": state_in_words(run),
        "begun": moment(run.created_at),
        "epochs": f"{epoch} of {epochs}" if epochs else "",
        "took": duration(taken) if run.ended_at and run.started_at and not run.is_imported else "",
        **{
            name: round(value, 4)
            for name, value in run.progress.get("metrics", {}).items()
            if value is not None
        },
    }


def _reached(run: Run) -> list[str]:
    metrics = {name: value for name, value in run.progress.get("metrics", {}).items() if value is not None}
    return [f"{name} {value:.3g}" for name, value in list(metrics.items())[:SHOWN_METRICS]]
