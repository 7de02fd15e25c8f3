"""All runs of a project: a table to sort and filter, and the curves of several of them in one chart."""

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.components.charts import in_theme
from app.components.faults import guarded
from app.components.live_chart import live_chart
from app.components.run_choice import state_in_words
from app.components.run_menu import run_note
from app.components.style import CHARTS
from app.components.words import duration, moment, plain
from app.components.workspace import designer
from app.services.curves import read_curves
from app.services.run_figures import overlay_figures
from app.services.run_store import Run

MOST_RUNS = 9
"""Runs in one chart: so many colours can be told apart."""

MOST_OFFERED = 30
"""Runs to choose from for one chart, the latest."""

LONGEST_NOTE = 24
"""Characters of a note on a button."""

NOTE = "note"
_NOTED = "run_noted"
"""Where the id of the run is kept whose note is written below the table."""


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
    names = _columns(runs)
    key = _table_key(shown)

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            st.session_state[_NOTED] = shown[rows[0]].id

    st.dataframe(
        {name: [row.get(name) for row in rows] for name in names},
        hide_index=True,
        width="stretch",
        key=key,
        column_config={
            NOTE: st.column_config.TextColumn(NOTE, width="medium"),
            **{
                name: st.column_config.NumberColumn(format="%.4g")
                for name in names
                if any(isinstance(row.get(name), float) for row in rows)
            },
        },
        on_select=guarded(choose),
        selection_mode="single-row",
    )
    # Below and not in the cell: what is being typed in a cell is lost when the page is drawn meanwhile, as it
    # is when a run ends.
    noted = next((run for run in runs if run.id == st.session_state.get(_NOTED)), None)
    if noted is None:
        st.caption("Choose a row to write a note.")
    else:
        run_note(noted, f"Note of run {noted.number}", "table")


def runs_compared(runs: list[Run]) -> None:
    """Draws the curves of several runs in one chart.

    Args:
        runs: The runs, latest first.
    """
    by_id = {run.id: run for run in runs if run.progress.get("metrics")}
    chosen = st.pills(
        "Runs in one chart",
        list(by_id)[:MOST_OFFERED],
        selection_mode="multi",
        format_func=lambda run_id: _pill(by_id[run_id]),
        key="runs_compared",
    )[:MOST_RUNS]
    if len(chosen) < 2:
        st.caption("Choose two or more." if not chosen else "Choose another one to compare it with.")
        return
    log_scale = st.toggle("Log scale", key="overlay_log_scale")
    labelled = [
        (f"run {by_id[run_id].number}", read_curves(designer().runs, run_id, _memory(run_id)))
        for run_id in chosen
    ]
    with st.container(key=f"{CHARTS}_overlay"):
        for name, figure in overlay_figures(labelled, log_scale=log_scale).items():
            live_chart(in_theme(figure), f"overlay:{name}", f"Curves of the {name} of {len(chosen)} runs")


def _pill(run: Run) -> str:
    note = run.note if len(run.note) <= LONGEST_NOTE else f"{run.note[: LONGEST_NOTE - 1]}…"
    return f"Run {run.number}{f' · {plain(note)}' if note else ''}"


def _table_key(shown: list[Run]) -> str:
    """Key of the table: another one where rows are others, as a row is chosen by its place."""
    ids = " ".join(run.id for run in shown)
    return f"runs:{hashlib.sha1(ids.encode(), usedforsecurity=False).hexdigest()}"


def _memory(run_id: str) -> Any:
    return st.session_state.setdefault(f"curves:{run_id}", {})


def _matches(run: Run, wanted: str) -> bool:
    words = f"run {run.number} {state_in_words(run)} {run.note}".lower()
    return all(word in words for word in wanted.lower().split())


def _columns(runs: list[Run]) -> list[str]:
    """All columns in an order that stays when a run ends: with another one the table would begin anew."""
    known = [_measured(run) for run in reversed(runs)]
    measured = [name for part in (0, 1) for numbers in known for name in numbers[part]]
    return ["run", NOTE, "state", "epochs", *dict.fromkeys(measured), "took", "begun"]


def _measured(run: Run) -> tuple[dict[str, float], dict[str, float]]:
    """The numbers of the last epoch, and the best ones."""
    progress = run.progress
    return (
        {_called(name): value for name, value in progress.get("metrics", {}).items() if value is not None},
        {f"best {_called(name)}": value for name, (value, _) in progress.get("best", {}).items()},
    )


def _row(run: Run) -> dict[str, Any]:
    # The table stands still while a run goes on: numbers of it would be old in a moment.
    progress: Mapping[str, Any] = {} if run.is_open else run.progress
    epoch, epochs = progress.get("epoch", 0), progress.get("epochs")
    trained = progress.get("trained")
    metrics, best = ({}, {}) if run.is_open else _measured(run)
    return {
        "run": run.number,
        NOTE: run.note,
        "state": state_in_words(run),
        "epochs": f"{epoch} of {epochs}" if epochs else "",
        **{name: round(value, 4) for name, value in (metrics | best).items()},
        "took": duration(trained) if trained else "",
        "begun": moment(run.created_at),
    }


def _called(name: str) -> str:
    return name.replace("val_", "validation ").replace("_", " ")
