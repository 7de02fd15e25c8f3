"""Try it yourself: draw, type or change numbers, and see at once what the model says."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.drawing_pad import drawing_pad
from app.components.evaluating.answer import show_answer
from app.components.evaluating.examined import Examined, choose_row
from app.components.evaluating.own_row import edit_row, edit_steps
from app.components.evaluating.reasons import explain
from app.components.faults import shielded
from app.components.samples import picture
from app.services.datasets.dataset import Array
from app.services.examining.figures import lines_figure
from app.services.examining.pictures import Fit, drawing, uploaded, white_of
from app.services.examining.plane import along, prepared
from app.services.examining.rows import cells, column_names, numeric_places

DRAW, UPLOAD, TAKE = "Draw", "Picture file", "Test row"
FITS: dict[Fit, str] = {"crop": "Its middle", "whole": "All of it, with edges", "stretch": "Stretched"}
LONGEST_TEXT = 20_000
MOST_LINES = 6
"""Classes whose share is drawn over a feature."""


@st.fragment
def show_own_input(examined: Examined) -> None:
    """Draws the input to play with and the answer to it."""
    with shielded():
        dataset = examined.dataset
        if dataset.encode is None and dataset.recode is None:
            st.info("This data set cannot prepare other rows than its own, so there is nothing to try here.")
            return
        own, answer = st.columns([1, 1], gap="large")
        with own:
            row = choose_row(examined, "own") if dataset.info.preview in {"table", "series"} else None
            shown = _own(examined, row)
        with answer:
            if shown is None:
                st.caption("The answer of the model stands here as soon as there is something to answer.")
                return
            if dataset.recode is not None and row is not None:
                x = dataset.recode(dataset.test.x[row : row + 1], shown[np.newaxis])
            else:
                x = prepared(dataset, shown[np.newaxis])
            given = examined.predict(x)
            show_answer(examined, given, "own_answer")
            _more(examined, x, shown, given)


def _own(examined: Examined, row: int | None) -> Array | None:
    preview = examined.dataset.info.preview
    if preview == "images":
        return _own_picture(examined)
    if preview == "text":
        return _own_text(examined)
    if row is None:
        return None
    if preview == "series":
        if examined.dataset.encode is None:
            st.caption("What else goes in stays as it is in this row.")
        return edit_steps(examined, row)
    return edit_row(examined, row)


def _own_picture(examined: Examined) -> Array | None:
    dataset = examined.dataset
    shape = dataset.train.shown.shape[1:]
    ways = [DRAW, UPLOAD, TAKE] if len(shape) == 2 or shape[2] == 1 else [UPLOAD, TAKE]
    way = st.segmented_control(
        "What to show it", ways, default=ways[0], key=examined.key("way"), label_visibility="collapsed"
    )
    shown: Array | None = None
    if way == UPLOAD:
        file = st.file_uploader("A picture", ["png", "jpg", "jpeg", "webp", "bmp"], key=examined.key("file"))
        if file is not None:
            fit: Any = st.segmented_control(
                "If it is wider or higher than it should be",
                list(FITS),
                default="crop",
                required=True,
                format_func=FITS.__getitem__,
                key=examined.key("fit"),
            )
            shown = uploaded(dataset, file.getvalue(), fit)
    elif way == TAKE:
        row = choose_row(examined, "own")
        shown = None if row is None else np.asarray(dataset.test.shown[row])
    else:
        ink = drawing_pad(examined.key("pad"))
        shown = None if ink is None else drawing(dataset, ink)
    if shown is not None:
        st.image(
            picture(shown, white_of(dataset)),
            width=140,
            caption="What the model sees",
            alt="What the model sees",
        )
    return shown


def _own_text(examined: Examined) -> Array | None:
    first = str(examined.dataset.test.shown[0])
    text = st.text_area(
        "Your text",
        first,
        key=examined.key("text"),
        max_chars=LONGEST_TEXT,
        help="Ctrl+Enter, or a click beside it, asks the model.",
    )
    return np.array(text) if text.strip() else None


def _more(examined: Examined, x: Array, shown: Array, given: Array) -> None:
    """Under the answer: what it hangs on, or how it would change."""
    info = examined.dataset.info
    if info.preview == "table":
        _what_if(examined, shown)
    elif info.answer.task != "reconstruction" and st.toggle("Why?", key=examined.key("own_why")):
        target = int(examined.evaluation.as_shares(given)[0].argmax()) if examined.classes else None
        explain(examined, x, shown, target)


def _what_if(examined: Examined, shown: Array) -> None:
    dataset = examined.dataset
    names = column_names(dataset)
    numeric = [names[place] for place in numeric_places(dataset)]
    if not numeric or not (examined.classes or int(np.prod(dataset.info.answer.shape)) == 1):
        return
    feature = st.selectbox("What if this were different", numeric, key=examined.key("what_if"))
    values, answers = along(dataset, names.index(feature), shown, examined.answer)
    if examined.classes:
        most = np.sort(np.argsort(-answers.max(axis=0), kind="stable")[:MOST_LINES])
        lines = [(examined.classes[number], answers[:, number]) for number in most]
        figure = lines_figure(values, lines, (feature, "share"))
    else:
        unit = dataset.info.answer.unit
        figure = lines_figure(values, [(unit or "answer", answers[:, 0])], (feature, unit or "answer"))
    here = float(cells(shown)[names.index(feature)])
    if np.isfinite(here):
        figure.add_vline(x=here, line={"dash": "dot", "color": "#8b8b95"})
    st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key("along"))
