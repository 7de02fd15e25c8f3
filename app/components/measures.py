"""What a model reached on the test rows, in words."""

import streamlit as st

from app.components.samples import gate_text
from app.components.style import NUMBERS
from app.components.words import number_text, plain
from app.services.evaluation import Evaluation

HELP = {
    "accuracy": "Share of the test rows that were told right.",
    "loss": "What training makes small, computed on the test rows.",
    "mae": "Mean absolute error: how far off an answer is on average.",
    "mean_absolute_error": "Mean absolute error, in the scaled units that the network works with.",
    "mse": "Mean squared error of the scaled answers.",
    "r2": "Explained share of the variance: 1 is perfect, 0 is no better than always answering the mean.",
    "mae_ratio": "Error over that of the naive forecast: below 1 it is better than guessing.",
}
LABELS = {"mae": "mean error", "mse": "mean squared error", "r2": "R²", "mae_ratio": "error to naive"}


def show_measures(evaluation: Evaluation) -> None:
    """Draws the verdict, the numbers, and whether a small network would do better."""
    st.markdown(f"#### {_verdict(evaluation)}")
    measures = dict(evaluation.measures)
    numbers = [
        (LABELS.get(name, name), _number(evaluation, name, value), name) for name, value in measures.items()
    ]
    for name, value in evaluation.metrics.items():
        if name not in measures:
            numbers.append((f"test {name.replace('_', ' ')}", f"{value:.4g}", name))
    with st.container(key=NUMBERS, horizontal=True):
        for label, value, name in numbers:
            st.metric(label, value, help=HELP.get(name), width="content")
    _gate(evaluation)


def _verdict(evaluation: Evaluation) -> str:
    """The result in one sentence."""
    info, measures = evaluation.dataset.info, evaluation.measures
    rows = len(evaluation.dataset.test)
    if "accuracy" in measures:
        right = round(measures["accuracy"] * rows)
        return f"{right:,} of {rows:,} test rows were told right."
    if "mae" in measures and info.answer.task != "reconstruction":
        unit = f" {plain(info.answer.unit)}" if info.answer.unit else ""
        error = number_text(measures["mae"], 3)
        return f"An answer is off by {error}{unit} on average, over {rows:,} test rows."
    if "mse" in measures:
        return f"A value that comes out is off by {measures['mse'] ** 0.5:.3g} (root of the mean square)."
    return f"Examined on {rows:,} test rows."


def _number(evaluation: Evaluation, name: str, value: float) -> str:
    if name == "accuracy":
        return f"{value:.1%}"
    unit = evaluation.dataset.info.answer.unit if name == "mae" else ""
    return f"{number_text(value)} {unit}".strip()


def _gate(evaluation: Evaluation) -> None:
    gate = evaluation.dataset.info.gate
    if gate is None or gate.measure not in evaluation.measures:
        return
    reached = gate.reached(evaluation.measures[gate.measure])
    words = f"A small network ({plain(gate.network)}) reaches {gate_text(gate)} here"
    if reached:
        st.success(f"{words}: so does this one.", icon=":material/check_circle:")
    else:
        st.info(
            f"{words}: this one does not yet. Train longer, or change the design.", icon=":material/flag:"
        )
