"""One answer of a model, as people read it: the class and how sure, the amount, or what comes out."""

import numpy as np
import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.evaluating.examined import Examined
from app.components.samples import answer_text, picture
from app.components.words import plain
from app.services.datasets.dataset import Array
from app.services.examining.figures import lines_figure, shares_figure

SURE, RATHER = 0.9, 0.6


def show_answer(examined: Examined, answer: Array, key: str) -> None:
    """Draws the answer to one row.

    Args:
        examined: The run.
        answer: The model's answer, one row.
        key: Names the chart.
    """
    if examined.classes:
        shares = examined.evaluation.as_shares(answer)[0]
        chosen = int(shares.argmax())
        st.markdown(f"#### {plain(examined.classes[chosen])} · {shares[chosen]:.0%}")
        st.caption(_how_sure(examined, shares))
        figure = shares_figure(examined.classes, shares)
        st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key(key))
        return
    info = examined.dataset.info
    if info.answer.task == "reconstruction" and info.preview == "images":
        st.markdown("**What comes out**")
        st.image(picture(answer[0]), width=224, alt="The model's answer as a picture")
    elif answer.size == 1:
        st.metric("The model's answer", answer_text(examined.dataset, answer[0]))
    else:
        values = examined.dataset.original(answer[0]).reshape(-1)
        figure = lines_figure(
            np.arange(len(values)), [("answer", values)], ("place", info.answer.unit or "value")
        )
        st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key(key))


def _how_sure(examined: Examined, shares: Array) -> str:
    order = np.argsort(-shares, kind="stable")
    first, second = float(shares[order[0]]), float(shares[order[1]])
    then = f"; then {plain(examined.classes[order[1]])} with {second:.1%}"
    if first >= SURE:
        return f"The model is sure{then}."
    if first >= RATHER:
        return f"The model is rather sure{then}."
    return f"The model is not sure{then}."
