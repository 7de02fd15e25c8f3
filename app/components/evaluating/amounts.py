"""How far off amounts are: answers against the right ones, residuals, and the rows furthest off."""

import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.evaluating.examined import Examined
from app.components.examined_rows import show_test_rows
from app.components.faults import shielded
from app.components.words import number_text, plain
from app.services.examining.figures import residual_figures
from app.services.examining.residuals import Residuals, residuals
from app.services.figures import answers_figure

REMEMBERS = 0.3
"""Correlation of neighbouring residuals from which on they have a pattern."""


@st.fragment
def show_amounts(examined: Examined) -> None:
    """Draws answers and residuals."""
    with shielded():
        evaluation, info = examined.evaluation, examined.dataset.info
        count = int(evaluation.predictions[0].size)
        place = 0
        if count > 1:
            place = (
                int(st.number_input(f"Which of {count} values", 1, count, 1, key=examined.key("value"))) - 1
            )
        found = residuals(examined.dataset, evaluation.predictions, place)
        figure = in_theme(answers_figure(evaluation, place))
        st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key("answers"))
        in_time = info.answer.task == "forecast"
        _told(found, info.answer.unit, in_time=in_time)
        over, spread = residual_figures(found, info.answer.unit, in_time=in_time)
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.markdown("**What is left over** (residuals)")
            st.plotly_chart(in_theme(over), width="stretch", config=STILL, key=examined.key("residuals"))
        with right:
            st.markdown("**How it is spread**")
            st.plotly_chart(in_theme(spread), width="stretch", config=STILL, key=examined.key("spread"))


@st.fragment
def show_rows(examined: Examined) -> None:
    """Draws single test rows."""
    with shielded():
        show_test_rows(examined.evaluation)


def _told(found: Residuals, unit: str, *, in_time: bool) -> None:
    low, high = found.usual
    columns = st.columns(4)
    columns[0].metric("bias", signed(found.bias), help="What the model says too much, on average.")
    columns[1].metric(
        "root mean square", number_text(found.root_mean_square, 3), help="Large errors weigh more."
    )
    columns[2].metric(
        "nine of ten within", f"{signed(low)} to {signed(high)}", help="5th to 95th percentile."
    )
    if in_time:
        columns[3].metric(
            "memory", f"{found.memory:+.2f}", help="Correlation of each residual with the one before it."
        )
    spread = float(found.values.std())
    if spread and abs(found.bias) > spread:
        direction = "much" if found.bias > 0 else "little"
        st.caption(
            f"It says too {direction} almost always: by {number_text(abs(found.bias), 3)} {plain(unit)}."
        )
    elif in_time and abs(found.memory) > REMEMBERS:
        st.caption("The residuals follow each other: there is a pattern in time that it has not learned.")


def signed(value: float) -> str:
    """A number with its sign."""
    return f"{'+' if value >= 0 else ''}{number_text(value, 3)}"
