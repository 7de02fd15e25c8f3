"""Train: compile settings, the button, and curves that grow while a run goes on."""

import time

import streamlit as st

from app.components.faults import shielded
from app.components.run_choice import choose_run, look_at_run
from app.components.run_menu import run_menu
from app.components.run_view import run_view
from app.components.runs_table import runs_compared, runs_table
from app.components.start_choice import choose_start
from app.components.training_form import training_form
from app.components.why_not import draw_reasons, reasons_against
from app.components.workspace import Opening, designer, opening
from app.services.training import train

DOUBLE_CLICK = 1.0
"""Seconds after the first click in which a second one means the same run."""


def show() -> None:
    """Draws the page."""
    opened = opening()
    settings, view = st.columns([2, 5], gap="large")
    with settings:
        # The button stands first, but is drawn last: the settings may have changed in this very run.
        head = st.container()
        training_form(opened)
        with head:
            _button(opened)
    with view:
        runs = designer().runs.of_project(opened.project.id)
        if not runs:
            _nothing_yet()
            return
        choice, menu = st.columns([5, 1])
        with choice:
            chosen = choose_run(runs)
        with menu:
            run_menu(opened, next(run for run in runs if run.id == chosen))
        run_view(chosen)
        if len(runs) > 1:
            # With a number in its name it would close whenever there is one more.
            with st.expander("All runs", key="all_runs"), shielded():
                runs_table(runs)
                runs_compared(runs)


def _button(opened: Opening) -> None:
    reasons = reasons_against(opened.document, training=True)
    start = choose_start(opened.project.id)
    if st.button(
        "Train", type="primary", icon=":material/play_arrow:", width="stretch", disabled=bool(reasons)
    ):
        _begin(opened, start)
    if start and st.button(
        "Examine without training",
        icon=":material/monitoring:",
        width="stretch",
        disabled=bool(reasons),
        help="Tries these weights on the test rows as they are.",
    ):
        _begin(opened, start, only_examine=True)
    draw_reasons(reasons, "train_reason")


def _begin(opened: Opening, start: str, *, only_examine: bool = False) -> None:
    """Begins a run, unless this is the second click of a double one."""
    newest = next(iter(designer().runs.of_project(opened.project.id)), None)
    if newest is None or not newest.is_open or time.time() - newest.created_at > DOUBLE_CLICK:
        newest = train(designer(), opened.project.id, opened.document, start, only_examine=only_examine)
    look_at_run(newest.id)


def _nothing_yet() -> None:
    st.info(
        "No run yet. Press Train: the curves of loss and metrics grow here, and the page can be left "
        "meanwhile.",
        icon=":material/show_chart:",
    )
