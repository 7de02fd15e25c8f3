"""Train: compile settings, the button, and curves that grow while a run goes on."""

import streamlit as st

from app.components.run_choice import choose_run, look_at_run
from app.components.run_view import run_view
from app.components.training_form import training_form
from app.components.workspace import Opening, designer, opening
from app.services.notes import data_facts
from app.services.training import train
from graph_compiler import analyze
from graph_compiler.document import GraphDocument


def show() -> None:
    """Draws the page."""
    opened = opening()
    settings, view = st.columns([1, 2], gap="large")
    with settings:
        # The button stands first, but is drawn last: the settings may have changed in this very run.
        head = st.container()
        training_form(opened)
        with head:
            _button(opened)
    with view:
        runs = designer().runs.of_project(opened.project.id)
        if not runs:
            st.info(
                "No run yet. Press Train: the curves of loss and metrics grow here.",
                icon=":material/show_chart:",
            )
            return
        run_view(choose_run(runs))


def _button(opened: Opening) -> None:
    problems = why_not(opened.document)
    if st.button(
        "Train", type="primary", icon=":material/play_arrow:", width="stretch", disabled=bool(problems)
    ):
        run = train(designer(), opened.project.id, opened.document)
        look_at_run(run.id)
    for problem in problems:
        st.error(problem, icon=":material/block:")


def why_not(document: GraphDocument) -> list[str]:
    """What stands against training, by node; empty when it can begin."""
    problems = [
        f"{document.nodes[finding.node_id].name}: {finding.message}" if finding.node_id else finding.message
        for finding in analyze(document, data_facts(document)).errors
    ]
    if document.data is None:
        problems.append("No data is chosen. Choose a data set on the page Data.")
    return problems
