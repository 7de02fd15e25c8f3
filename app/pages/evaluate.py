"""Evaluate: how good a trained design is on rows it has never seen, and where it errs."""

import streamlit as st

from app.components.charts import STILL, confusion_chart, in_theme
from app.components.examined_rows import show_test_rows
from app.components.measures import show_measures
from app.components.navigation import link_to
from app.components.run_choice import choose_run
from app.components.workspace import designer, opening
from app.services.evaluation import Evaluation, read_evaluation
from app.services.figures import answers_figure
from app.services.run_store import Run
from runtime.errors import LayerloomError


def show() -> None:
    """Draws the page."""
    opened = opening()
    runs = [run for run in designer().runs.of_project(opened.project.id) if run.progress]
    if not runs:
        st.info(
            "Nothing has been trained yet: what a run has learned is examined here.",
            icon=":material/monitoring:",
        )
        link_to("train", "Train the design", ":material/model_training:")
        return
    run_id = choose_run(runs)
    try:
        evaluation = read_evaluation(designer().settings.run_dir(run_id))
    except LayerloomError as error:
        st.error(str(error))
        return
    if evaluation is None:
        _not_examined(next(run for run in runs if run.id == run_id))
        return
    show_measures(evaluation)
    _look_closer(evaluation, run_id)


def _not_examined(run: Run) -> None:
    if run.is_open:
        st.info("This run is examined at its end.", icon=":material/hourglass:")
        link_to("train", "Look at its curves", ":material/show_chart:")
    else:
        st.info(
            "This run was not examined: it ended too early. Choose another run, or train again.",
            icon=":material/monitoring:",
        )
        link_to("train", "Train again", ":material/model_training:")


def _look_closer(evaluation: Evaluation, run_id: str) -> None:
    if evaluation.has_classes:
        chart, samples = st.columns([1, 1], gap="large")
        with chart:
            st.markdown("**What was taken for what**")
            st.plotly_chart(
                confusion_chart(evaluation), width="stretch", config=STILL, key=f"confusion:{run_id}"
            )
        with samples:
            show_test_rows(evaluation)
        return
    if (
        evaluation.predictions.shape == evaluation.dataset.test.y.shape
        and evaluation.predictions.shape[-1] == 1
    ):
        st.plotly_chart(
            in_theme(answers_figure(evaluation)), width="stretch", config=STILL, key=f"answers:{run_id}"
        )
    show_test_rows(evaluation)
