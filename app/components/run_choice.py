"""Which of a project's runs to look at; the choice holds on all pages."""

from typing import Any

import streamlit as st

from app.components.shown import as_index, follow
from app.components.words import moment
from app.services.run_store import Run

STATES = {
    "queued": "waiting",
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
    labels = {run.id: f"Run {run.number} · {in_short(run)}" for run in runs}
    chosen = st.session_state.get(_CHOSEN)
    if chosen not in labels:
        chosen = runs[0].id
    if len(runs) > 1:
        chosen = choose_labelled("Run", "run_shown", labels, chosen, label_visibility="collapsed")
    look_at_run(chosen)
    return chosen


def choose_labelled(title: str, key: str, labels: dict[str, str], chosen: str, **arguments: Any) -> str:
    """A list of choices whose texts change by themselves, as that of a run does.

    Args:
        title: What is chosen.
        key: Key of the list.
        labels: The text of each choice.
        chosen: The one that holds by now.
        arguments: More of `st.selectbox`.

    Returns:
        The one that is chosen now.
    """
    ids = list(labels)
    # A browser names a choice by its text. Where a text is another one by now, as when a run has ended,
    # it would name nothing: the list is a new one then.
    key = follow(f"{key}:{hash(tuple(labels.values()))}", chosen)
    chosen = st.selectbox(title, ids, **as_index(key, ids), format_func=labels.__getitem__, **arguments)
    st.session_state[f"{key}:known"] = chosen
    return chosen


def look_at_run(run_id: str) -> None:
    """Makes a run the one that is looked at."""
    st.session_state[_CHOSEN] = run_id


def in_short(run: Run) -> str:
    """A run in one line: its state, the numbers it has reached and when it was begun.

    While it goes on without numbers: a browser names a choice by its text, which has to be the same a moment
    later.
    """
    reached = [] if run.is_open else _reached(run)
    parts = [state_in_words(run), *reached, moment(run.created_at), run.note]
    return " · ".join(filter(None, parts))


def state_in_words(run: Run) -> str:
    """Where a run stands; one that was never trained here says so."""
    if run.state in ("running", "paused", "stopping"):
        # It changes while the page stands still.
        return "under way"
    return "imported" if run.is_imported else STATES[run.state]


def _reached(run: Run) -> list[str]:
    metrics = {name: value for name, value in run.progress.get("metrics", {}).items() if value is not None}
    return [f"{name} {value:.3g}" for name, value in list(metrics.items())[:SHOWN_METRICS]]
