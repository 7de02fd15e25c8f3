"""All runs of a project: a table to sort and filter, and the curves of several of them in one chart."""

from typing import Any

import streamlit as st

from app.components.charts import in_theme
from app.components.live_chart import live_chart
from app.components.run_choice import in_short, state_in_words
from app.components.style import CHARTS
from app.components.words import duration, moment
from app.components.workspace import designer
from app.services.curves import read_curves
from app.services.run_figures import overlay_figures
from app.services.run_store import Run

MOST_RUNS = 9
"""Runs in one chart: so many colours can be told apart."""


def runs_table(runs: list[Run]) -> None:
    """Draws all runs with what became of them.

    Args:
        runs: The runs, latest first.
    """
    wanted = st.text_input(
        "Filter", key="runs_filter", placeholder="number, state or words of a note", icon=":material/search:"
    )
    shown = [run for run in runs if _matches(run, wanted)]
    if not shown:
        st.caption("No run is like that.")
        return
    rows = [_row(run) for run in shown]
    names = list(dict.fromkeys(name for row in rows for name in row))
    st.dataframe(
        {name: [row.get(name) for row in rows] for name in names},
        hide_index=True,
        width="stretch",
        key="runs",
    )


def runs_compared(runs: list[Run]) -> None:
    """Draws the curves of several runs in one chart.

    Args:
        runs: The runs, latest first.
    """
    by_id = {run.id: run for run in runs if run.progress.get("metrics")}
    chosen = st.multiselect(
        "Runs in one chart",
        list(by_id),
        format_func=lambda run_id: f"Run {by_id[run_id].number} · {in_short(by_id[run_id])}",
        key="runs_compared",
        max_selections=MOST_RUNS,
        placeholder="Choose two or more",
    )
    if len(chosen) < 2:
        return
    log_scale = st.toggle("Log scale", key="overlay_log_scale")
    labelled = [
        (f"run {by_id[run_id].number}", read_curves(designer().runs, run_id, _memory(run_id)))
        for run_id in chosen
    ]
    with st.container(key=f"{CHARTS}_overlay"):
        for name, figure in overlay_figures(labelled, log_scale=log_scale).items():
            live_chart(in_theme(figure), f"overlay:{name}", f"Curves of the {name} of {len(chosen)} runs")


def _memory(run_id: str) -> Any:
    return st.session_state.setdefault(f"curves:{run_id}", {})


def _matches(run: Run, wanted: str) -> bool:
    words = f"run {run.number} {state_in_words(run)} {run.note}".lower()
    return all(word in words for word in wanted.lower().split())


def _row(run: Run) -> dict[str, Any]:
    epoch, epochs = run.progress.get("epoch", 0), run.progress.get("epochs")
    trained = run.progress.get("trained")
    return {
        "run": run.number,
        "state": state_in_words(run),
        "note": run.note,
        "epochs": f"{epoch} of {epochs}" if epochs else "",
        **{f"best {name}": round(value, 4) for name, (value, _) in run.progress.get("best", {}).items()},
        **{
            name: round(value, 4)
            for name, value in run.progress.get("metrics", {}).items()
            if value is not None
        },
        "took": duration(trained) if trained else "",
        "begun": moment(run.created_at),
    }
