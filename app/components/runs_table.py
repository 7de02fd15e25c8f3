"""All runs of a project: a table to sort and filter, and the curves of several of them in one chart."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from app.components.charts import in_theme
from app.components.faults import guarded
from app.components.live_chart import live_chart
from app.components.run_choice import in_short, state_in_words
from app.components.style import CHARTS
from app.components.words import duration, moment
from app.components.workspace import designer
from app.services.curves import read_curves
from app.services.run_figures import overlay_figures
from app.services.run_store import MAX_NOTE, Run

MOST_RUNS = 9
"""Runs in one chart: so many colours can be told apart."""

NOTE = "note"
_WRITTEN = "runs_table_notes"
"""Where the notes are kept that were written in the table."""
_TABLES = "runs_tables"
"""Where it is counted how often the table began anew."""


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
    key = _table_key(shown)

    def keep() -> None:
        edited = cast("Mapping[int, Mapping[str, Any]]", st.session_state[key]["edited_rows"])
        for place, cells in edited.items():
            if NOTE in cells:
                _set_note(shown[place], cells[NOTE] or "")

    st.data_editor(
        {name: [row.get(name) for row in rows] for name in names},
        hide_index=True,
        width="stretch",
        key=key,
        disabled=[name for name in names if name != NOTE],
        column_config={
            NOTE: st.column_config.TextColumn(
                NOTE, max_chars=MAX_NOTE, width="medium", help="A click or Enter writes one."
            ),
            **{
                name: st.column_config.NumberColumn(format="%.4g")
                for name in names
                if any(isinstance(row.get(name), float) for row in rows)
            },
        },
        on_change=guarded(keep),
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


def _table_key(shown: list[Run]) -> str:
    """Key of the table: another one where rows are others, or a note was written elsewhere.

    A table keeps what was typed by the place of its row, over whatever the data say.
    """
    ids = [run.id for run in shown]
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    if any(written.get(run.id, run.note) != run.note for run in shown):
        written.clear()
        st.session_state[_TABLES] = st.session_state.get(_TABLES, 0) + 1
    digest = hashlib.sha1(" ".join(ids).encode(), usedforsecurity=False).hexdigest()
    return f"runs:{digest}:{st.session_state.get(_TABLES, 0)}"


def _set_note(run: Run, note: str) -> None:
    st.session_state[_WRITTEN][run.id] = note.strip()
    if note.strip() != run.note:
        designer().runs.set_note(run.id, note)


def _memory(run_id: str) -> Any:
    return st.session_state.setdefault(f"curves:{run_id}", {})


def _matches(run: Run, wanted: str) -> bool:
    words = f"run {run.number} {state_in_words(run)} {run.note}".lower()
    return all(word in words for word in wanted.lower().split())


def _row(run: Run) -> dict[str, Any]:
    # The table stands still while a run goes on: numbers of it would be old in a moment.
    progress: Mapping[str, Any] = {} if run.is_open else run.progress
    epoch, epochs = progress.get("epoch", 0), progress.get("epochs")
    trained = progress.get("trained")
    metrics = {_called(name): value for name, value in progress.get("metrics", {}).items()}
    best = {f"best {_called(name)}": value for name, (value, _) in progress.get("best", {}).items()}
    return {
        "run": run.number,
        NOTE: run.note,
        "state": state_in_words(run),
        "epochs": f"{epoch} of {epochs}" if epochs else "",
        **{name: round(value, 4) for name, value in (metrics | best).items() if value is not None},
        "took": duration(trained) if trained else "",
        "begun": moment(run.created_at),
    }


def _called(name: str) -> str:
    return name.replace("val_", "validation ").replace("_", " ")
