"""Which of a project's runs to look at; the choice holds on all pages."""

import streamlit as st

from app.services.run_store import Run

_CHOSEN = "chosen_run"


def choose_run(runs: list[Run]) -> str:
    """The id of the run to look at: the one last chosen or begun, else the latest; offers the others.

    Args:
        runs: The runs, latest first; at least one.
    """
    ids = [run.id for run in runs]
    labels = {run.id: f"Run {len(runs) - place} · {run.state}" for place, run in enumerate(runs)}
    chosen = st.session_state.get(_CHOSEN)
    if len(ids) > 1:
        place = ids.index(chosen) if chosen in ids else 0
        chosen = st.selectbox("Run", ids, place, format_func=labels.__getitem__, label_visibility="collapsed")
    else:
        chosen = ids[0]
    look_at_run(chosen)
    return chosen


def look_at_run(run_id: str) -> None:
    """Makes a run the one that is looked at."""
    st.session_state[_CHOSEN] = run_id
