"""What was taken for what: the confusion matrix, whose cells open their test rows."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.charts import STILL, confusion_chart
from app.components.evaluating.examined import Examined
from app.components.examined_rows import ANY, CELL_PREDICTED, CELL_TRUE, show_test_rows
from app.components.faults import guarded, shielded
from app.components.words import plain
from app.services.figures import Counted

COUNTED: dict[Counted, str] = {
    "rows": "Rows",
    "of_true": "% of the true class",
    "of_predicted": "% of the predicted class",
}
MIXED_UP = 4
"""Pairs of classes that are named as mixed up most often."""


@st.fragment
def show_mistakes(examined: Examined) -> None:
    """Draws the matrix beside the rows of the cell that is chosen."""
    with shielded():
        chart, samples = st.columns([1, 1], gap="large")
        with chart:
            _matrix(examined)
        with samples:
            show_test_rows(examined.evaluation)


def _matrix(examined: Examined) -> None:
    st.markdown("**What was taken for what**")
    counted: Counted | None = st.segmented_control(
        "Counted as",
        list(COUNTED),
        default="rows",
        format_func=COUNTED.__getitem__,
        key=examined.key("counted"),
        label_visibility="collapsed",
    )
    key = examined.key("confusion")
    st.plotly_chart(
        confusion_chart(examined.evaluation, counted or "rows"),
        width="stretch",
        config=STILL,
        key=key,
        on_select=guarded(lambda: _open_cell(key)),
        selection_mode="points",
    )
    st.caption(
        "Click on a cell to see its test rows, or choose its classes beside it. " + _mixed_up(examined)
    )


def _open_cell(key: str) -> None:
    """Chooses the classes of the cell that was clicked on; of none when it was clicked away."""
    event: Any = st.session_state.get(key)
    points = event["selection"]["points"] if event else []
    true, predicted = (points[0]["y"], points[0]["x"]) if points else (ANY, ANY)
    st.session_state[CELL_TRUE], st.session_state[CELL_PREDICTED] = true, predicted


def _mixed_up(examined: Examined) -> str:
    matrix = examined.evaluation.confusion.copy()
    np.fill_diagonal(matrix, 0)
    order = np.argsort(-matrix, axis=None, kind="stable")[:MIXED_UP]
    pairs = [divmod(int(place), len(matrix)) for place in order if matrix.reshape(-1)[place]]
    if not pairs:
        return ""
    names = examined.classes
    told = [
        f"{plain(names[true])} for {plain(names[taken])} ({matrix[true, taken]}×)" for true, taken in pairs
    ]
    return f"Most often taken: {', '.join(told)}."
