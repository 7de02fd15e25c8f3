"""A look at the samples of a data set."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from app.services.datasets import Dataset, Gate, Split

COLUMNS = 8
PICTURES = 16
ROWS = 200


def preview(dataset: Dataset) -> None:
    """Draws some training samples in the way that suits them."""
    st.markdown(
        f"**A look at the samples** · {len(dataset.train):,} to learn from, {len(dataset.test):,} to test"
    )
    draw = {"images": _pictures, "series": _series, "text": _texts, "table": _table}
    draw[dataset.info.preview](dataset, dataset.train)


def answer_text(dataset: Dataset, answer: Any) -> str:
    """An answer as people say it: the name of a class, or a number in its unit."""
    names = dataset.info.answer.class_names
    values = np.asarray(answer).reshape(-1)
    if names:
        return names[int(values.argmax() if len(values) == len(names) else round(float(values[0])))]
    if len(values) > 1:
        return ""
    return f"{float(dataset.original(values)[0]):.4g} {dataset.info.answer.unit}".rstrip()


def gate_text(gate: Gate) -> str:
    """A result on the test rows in words: "an accuracy of 0.92"."""
    words = {
        "accuracy": "an accuracy of",
        "r2": "an R² (explained share of the variance) of",
        "mse": "a mean squared error of",
        "mae_ratio": "an error, relative to the naive forecast's, of",
    }
    return f"{words[gate.measure]} {gate.value:g}"


def picture(pixels: Any) -> Any:
    """A sample as a picture of whole grey or colour values, large enough to see its pixels."""
    values = np.squeeze(np.asarray(pixels, dtype="float32"))
    top = float(values.max()) or 1.0
    grey = np.clip(values / (255 if top > 16 else top) * 255, 0, 255).astype("uint8")
    # Enlarged here, since a browser would blur it.
    return grey.repeat(4, axis=0).repeat(4, axis=1)


def _pictures(dataset: Dataset, rows: Split) -> None:
    columns = st.columns(COLUMNS, gap="small")
    for place in range(min(PICTURES, len(rows))):
        with columns[place % COLUMNS]:
            st.image(picture(rows.shown[place]), width="stretch", caption=answer_text(dataset, rows.y[place]))


def _series(dataset: Dataset, rows: Split) -> None:
    figure = go.Figure()
    for place in range(min(3, len(rows))):
        values = np.asarray(rows.shown[place], dtype="float32")
        line = values.reshape(len(values), -1)[:, 0]
        figure.add_scatter(y=line, mode="lines+markers", name=f"{answer_text(dataset, rows.y[place])}")
    figure.update_layout(
        height=300,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title="step",
        yaxis_title=dataset.info.answer.unit or "value",
        legend_title="what follows",
    )
    st.plotly_chart(figure, width="stretch", key=f"series:{dataset.info.name}")


def _texts(dataset: Dataset, rows: Split) -> None:
    st.dataframe(
        {
            "text": [str(text) for text in rows.shown[:ROWS]],
            "answer": [answer_text(dataset, answer) for answer in rows.y[:ROWS]],
        },
        width="stretch",
        height=300,
    )


def _table(dataset: Dataset, rows: Split) -> None:
    shown = np.asarray(rows.shown[:ROWS])
    shown = shown.reshape(len(shown), -1)
    names = dataset.feature_names or tuple(f"x{place}" for place in range(shown.shape[1]))
    table: dict[str, Any] = {name: shown[:, place] for place, name in enumerate(names)}
    table["answer"] = [answer_text(dataset, answer) for answer in rows.y[:ROWS]]
    st.dataframe(table, width="stretch", height=300)
