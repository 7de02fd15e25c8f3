"""A look at the samples of a data set."""

from collections.abc import Collection
from typing import Any

import numpy as np
import streamlit as st

from app.components.catalogue import group_of
from app.components.charts import STILL, points_chart, series_chart
from app.components.words import number_text, plain
from app.services.datasets import Dataset, Gate, Split
from app.services.datasets.dataset import Array

COLUMNS = 8
PICTURES = 16
ROWS = 200
LINES = 4
POINTS = 1000


def preview(dataset: Dataset) -> None:
    """Draws some training samples in the way that suits them."""
    st.markdown(
        f"**A look at the samples** · {len(dataset.train):,} to learn from, {len(dataset.test):,} to test"
    )
    draw = {
        "images": _pictures,
        "series": _series,
        "text": _texts,
        "table": _table,
        "points": _points,
    }
    draw[group_of(dataset.info)](dataset, dataset.train)


def answer_text(dataset: Dataset, answer: Any) -> str:
    """An answer as people say it: the name of a class, or a number in its unit."""
    names = dataset.info.answer.class_names
    values = np.asarray(answer).reshape(-1)
    if names:
        return names[int(values.argmax() if len(values) == len(names) else round(float(values[0])))]
    if len(values) > 1:
        return ""
    return f"{number_text(float(dataset.original(values)[0]))} {dataset.info.answer.unit}".rstrip()


def gate_text(gate: Gate) -> str:
    """A result on the test rows in words: "an accuracy of 0.92"."""
    words = {
        "accuracy": "an accuracy of",
        "r2": "an R² (explained share of the variance) of",
        "mse": "a mean squared error of",
        "mae_ratio": "an error, relative to the naive forecast's, of",
    }
    return f"{words[gate.measure]} {gate.value:g}"


def picture(pixels: Any, white: float | None = None) -> Any:
    """A sample as a picture of whole grey or colour values, large enough to see its pixels.

    Args:
        pixels: Its values.
        white: The value that is white; found out when None.
    """
    values = np.squeeze(np.asarray(pixels, dtype="float32"))
    if values.ndim == 1:
        # Rows of pixels that were laid out in one line.
        side = round(len(values) ** 0.5)
        values = values.reshape(side, side)
    top = float(values.max()) or 1.0
    grey = np.clip(values / (white or (255 if top > 16 else top)) * 255, 0, 255).astype("uint8")
    # Enlarged here, since a browser would blur it.
    times = max(1, 112 // grey.shape[0])
    return grey.repeat(times, axis=0).repeat(times, axis=1)


def rows_table(dataset: Dataset, shown: Array) -> dict[str, Any]:
    """Rows in their original units, by the names of their columns."""
    if shown.dtype.names:
        return {
            name: shown[field] for name, field in zip(dataset.shown_names, shown.dtype.names, strict=True)
        }
    flat = np.asarray(shown).reshape(len(shown), -1)
    names = dataset.feature_names
    if len(names) != flat.shape[1]:
        names = tuple(f"x{place}" for place in range(flat.shape[1]))
    return {name: flat[:, place] for place, name in enumerate(names)}


def told_apart(columns: dict[str, Any], ours: Collection[str]) -> dict[str, Any]:
    """Columns of the data that stand beside some of ours: one called like one of ours gets another name."""
    apart: dict[str, Any] = {}
    for name, values in columns.items():
        free = name
        while free in apart or free in ours:
            free += " (input)"
        apart[free] = values
    return apart


def _pictures(dataset: Dataset, rows: Split) -> None:
    columns = st.columns(COLUMNS, gap="small")
    for place in range(min(PICTURES, len(rows))):
        with columns[place % COLUMNS]:
            st.image(
                picture(rows.shown[place]),
                width="stretch",
                caption=plain(answer_text(dataset, rows.y[place])) or None,
                alt=f"Sample {place + 1}",
            )


def _series(dataset: Dataset, rows: Split) -> None:
    channels = np.asarray(rows.shown[0]).reshape(len(rows.shown[0]), -1).shape[1]
    if channels > 1:
        _channels(dataset, rows)
        return
    places = np.linspace(0, len(rows) - 1, min(LINES, len(rows))).astype(int)
    lines = [
        (f"then {answer_text(dataset, rows.y[place])}", rows.shown[place].reshape(-1)) for place in places
    ]
    figure = series_chart(lines, dataset.info.answer.unit)
    st.plotly_chart(figure, width="stretch", config=STILL, key=f"series:{dataset.info.name}")


def _channels(dataset: Dataset, rows: Split) -> None:
    """One sample of each class, all its channels."""
    names = dataset.info.answer.class_names
    answers = [answer_text(dataset, answer) for answer in rows.y]
    for place in [answers.index(name) for name in names if name in answers][:LINES]:
        st.caption(plain(answers[place]))
        values = np.asarray(rows.shown[place])
        lines = [(name, values[:, channel]) for channel, name in enumerate(dataset.feature_names)]
        figure = series_chart(lines, "")
        figure.update_layout(height=220)
        st.plotly_chart(figure, width="stretch", config=STILL, key=f"series:{dataset.info.name}:{place}")


def _texts(dataset: Dataset, rows: Split) -> None:
    st.dataframe(
        {
            "text": [str(text) for text in rows.shown[:ROWS]],
            "answer": [answer_text(dataset, answer) for answer in rows.y[:ROWS]],
        },
        width="stretch",
        height=300,
        hide_index=True,
    )


def _points(dataset: Dataset, rows: Split) -> None:
    if rows.shown.dtype.names:
        # Two numbers that say which category it is are no place in a plane.
        _table(dataset, rows)
        return
    names = dataset.info.answer.class_names
    answers = np.array([names.index(answer_text(dataset, answer)) for answer in rows.y[:POINTS]])
    figure = points_chart(np.asarray(rows.shown[:POINTS]), answers, names)
    st.plotly_chart(figure, width="stretch", config=STILL, key=f"points:{dataset.info.name}")


def _table(dataset: Dataset, rows: Split) -> None:
    table = told_apart(rows_table(dataset, rows.shown[:ROWS]), ["answer"])
    table["answer"] = [answer_text(dataset, answer) for answer in rows.y[:ROWS]]
    st.dataframe(table, width="stretch", height=300, hide_index=True)
