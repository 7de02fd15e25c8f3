"""Evaluate: how good a trained design is on rows it has never seen, and where it errs."""

import streamlit as st

from app.components.evaluating import sections_of
from app.components.evaluating.examined import Examined
from app.components.evaluating.which_model import examined_model
from app.components.measures import show_measures
from app.components.navigation import link_to
from app.components.run_choice import choose_run
from app.components.words import plain
from app.components.workspace import designer, opening
from app.services.evaluation import CHECKPOINT, read_evaluation
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
    _which(next(run for run in runs if run.id == run_id))
    if evaluation.misfit:
        st.warning(evaluation.misfit, icon=":material/rule:")
    _look_closer(Examined(run_id, evaluation))


def _which(run: Run) -> None:
    words = examined_model(run, designer().runs.document(run.id).training.callbacks)
    if words:
        st.caption(plain(words))


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


def _look_closer(examined: Examined) -> None:
    has_model = (designer().settings.run_dir(examined.run_id) / CHECKPOINT).exists()
    sections = sections_of(examined, has_model=has_model)
    tabs = st.tabs([section.label for section in sections], key="evaluate_section", on_change="rerun")
    for tab, section in zip(tabs, sections, strict=True):
        # What is not looked at is not computed either.
        if tab.open:
            with tab:
                section.draw(examined)
    if not has_model:
        st.caption("This run has kept no model, so there is none to look into or to try.")
