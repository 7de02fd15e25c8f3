"""Evaluate: how good a trained design is on rows it has never seen, and where it errs."""

import streamlit as st

from app.components.evaluating import sections_of
from app.components.evaluating.examined import Examined
from app.components.evaluating.which_model import choose_model
from app.components.measures import show_measures
from app.components.navigation import link_to
from app.components.run_choice import choose_run
from app.components.words import plain
from app.components.workspace import designer, opening
from app.services.evaluation import CHECKPOINT, MODELS, Evaluation, Which, read_evaluation
from app.services.run_store import Run
from runtime.errors import LayerloomError

PATIENCE = 900.0
"""Seconds that a model may take for all test rows."""


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
    run = next(run for run in runs if run.id == run_id)
    folder = designer().settings.run_dir(run_id)
    try:
        if read_evaluation(folder) is None and (run.is_open or not (folder / CHECKPOINT).exists()):
            _not_examined(run)
            return
        which = choose_model(run, designer().runs.document(run_id).training.callbacks, folder)
        evaluation = read_evaluation(folder, which) or _examined_now(run, which)
    except LayerloomError as error:
        st.error(plain(str(error)))
        return
    show_measures(evaluation)
    if evaluation.misfit:
        st.warning(plain(evaluation.misfit), icon=":material/rule:")
    _look_closer(Examined(run_id, evaluation, which))


def _examined_now(run: Run, which: Which) -> Evaluation:
    """Has a model answer the test rows, once: the best, or the last of a run that was cut short."""
    name = run.spec["dataset"]
    with st.spinner("The model answers the test rows…"):
        designer().examiner.ask(run.id, "examine", which=which, patience=PATIENCE, dataset=name)
    evaluation = read_evaluation(designer().settings.run_dir(run.id), which)
    if evaluation is None:
        raise LayerloomError("The run has gone on meanwhile.", hint="Look once more.")
    return evaluation


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
    has_model = (designer().settings.run_dir(examined.run_id) / MODELS[examined.which]).exists()
    sections = sections_of(examined, has_model=has_model)
    tabs = st.tabs([section.label for section in sections], key="evaluate_section", on_change="rerun")
    for tab, section in zip(tabs, sections, strict=True):
        # What is not looked at is not computed either.
        if tab.open:
            with tab:
                section.draw(examined)
    if not has_model:
        st.caption("This run has kept no model, so there is none to look into or to try.")
