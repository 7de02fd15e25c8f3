"""Evaluate: how good a trained design is on rows it has never seen, and where it errs."""

from typing import cast

import streamlit as st

from app.components.run_choice import choose_run
from app.components.samples import COLUMNS, answer_text, gate_text, picture
from app.components.workspace import designer, opening
from app.services.evaluation import Choice, Evaluation, read_evaluation
from app.services.figures import answers_figure, confusion_figure
from runtime.errors import LayerloomError

CHOICES: dict[Choice, str] = {
    "first": "The first",
    "wrong": "Mistaken",
    "worst": "Furthest off",
    "surest": "Most sure",
}


def show() -> None:
    """Draws the page."""
    opened = opening()
    runs = [run for run in designer().runs.of_project(opened.project.id) if run.progress]
    if not runs:
        st.info("Nothing has been trained yet. Train the design first.", icon=":material/monitoring:")
        return
    run_id = choose_run(runs)
    try:
        evaluation = read_evaluation(designer().settings.run_dir(run_id))
    except LayerloomError as error:
        st.error(str(error))
        return
    if evaluation is None:
        st.info("This run has not been examined: a run is, at its end.", icon=":material/hourglass:")
        return
    _measures(evaluation)
    if evaluation.has_classes:
        chart, samples = st.columns([1, 1], gap="large")
        with chart:
            st.subheader("What was taken for what", anchor=False)
            st.plotly_chart(confusion_figure(evaluation), width="stretch", key=f"confusion:{run_id}")
        with samples:
            _samples(evaluation)
    elif (
        evaluation.predictions.shape == evaluation.dataset.test.y.shape
        and evaluation.predictions.shape[-1] == 1
    ):
        st.plotly_chart(answers_figure(evaluation), width="stretch", key=f"answers:{run_id}")
        _samples(evaluation)
    else:
        _samples(evaluation)


def _measures(evaluation: Evaluation) -> None:
    gate = evaluation.dataset.info.gate
    shown = {f"test {name}": value for name, value in evaluation.metrics.items()}
    shown |= {name: value for name, value in evaluation.measures.items() if f"test {name}" not in shown}
    columns = st.columns(max(4, len(shown)))
    for column, (name, value) in zip(columns, shown.items(), strict=False):
        column.metric(name.replace("_", " "), f"{value:.4g}")
    if gate is not None and gate.measure in evaluation.measures:
        reached = gate.reached(evaluation.measures[gate.measure])
        words = f"A small network ({gate.network}) reaches {gate_text(gate)} here"
        st.caption(f"{words}: {'so does this one.' if reached else 'this one does not yet.'}")


def _samples(evaluation: Evaluation) -> None:
    st.subheader("Single test rows", anchor=False)
    options = list(CHOICES) if evaluation.has_classes else ["first", "worst"]
    chosen = st.segmented_control(
        "Which", options, default="first", format_func=CHOICES.__getitem__, label_visibility="collapsed"
    )
    rows = evaluation.rows(cast(Choice, chosen or "first"), limit=3 * COLUMNS)
    if not rows:
        st.success("There are none: every test row was told right.", icon=":material/check_circle:")
        return
    dataset = evaluation.dataset
    if dataset.info.preview == "images":
        columns = st.columns(COLUMNS // 2, gap="small")
        for place, row in enumerate(rows):
            with columns[place % len(columns)]:
                st.image(picture(dataset.test.shown[row]), width="stretch", caption=_verdict(evaluation, row))
        return
    table = [{"row": row, **_told(evaluation, row)} for row in rows]
    st.dataframe(table, width="stretch", hide_index=True)


def _verdict(evaluation: Evaluation, row: int) -> str:
    if not evaluation.has_classes:
        return f"error {evaluation.errors[row]:.3g}"
    names = evaluation.dataset.info.answer.class_names
    told, right = names[evaluation.predicted[row]], names[evaluation.expected[row]]
    return f"{told} ✓" if told == right else f"{told}, not {right}"


def _told(evaluation: Evaluation, row: int) -> dict[str, object]:
    dataset = evaluation.dataset
    if evaluation.has_classes:
        names = dataset.info.answer.class_names
        return {
            "right answer": names[evaluation.expected[row]],
            "model's answer": names[evaluation.predicted[row]],
            "how sure": f"{evaluation.sureness[row]:.1%}",
        }
    return {
        "right answer": answer_text(dataset, dataset.test.y[row]),
        "model's answer": answer_text(dataset, evaluation.predictions[row]),
        "error": f"{evaluation.errors[row]:.4g}",
    }
