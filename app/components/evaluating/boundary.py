"""What the model answers over a plane of two features: where it draws the line."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from PIL import Image

from app.components.charts import MARGIN, STILL, in_theme
from app.components.evaluating.examined import Examined
from app.components.faults import shielded
from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.examining.plane import Plane, painted, plane
from app.services.examining.rows import column, column_names, numeric_places, telling_places, usual_row
from app.services.figures import CLASS_COLORS

MOST_ROWS = 1000
NAMED = 16
"""Classes up to which the legend names them; of more it would leave no room for the plane."""


def has_plane(dataset: Dataset) -> bool:
    """Whether two features of the rows span a plane: they are numbers, and further rows can be prepared."""
    return (
        dataset.encode is not None
        and dataset.info.preview == "table"
        and len(numeric_places(dataset)) >= 2
        and int(np.prod(dataset.info.answer.shape)) == 1
    )


@st.fragment
def show_boundary(examined: Examined) -> None:
    """Draws the plane with the test rows on it."""
    with shielded():
        dataset = examined.dataset
        every = column_names(dataset)
        names = [every[place] for place in numeric_places(dataset)]
        across, up = (every[place] for place in telling_places(dataset, 2))
        if len(names) > 2:
            first, second = st.columns(2)
            across = first.selectbox("Across", names, names.index(across), key=examined.key("across"))
            upward = [name for name in names if name != across]
            place = upward.index(up) if up in upward else 0
            up = second.selectbox("Upward", upward, place, key=examined.key("up"))
        if len(every) > 2:
            st.caption("The other features are held at what is usual in the training rows.")
        features = (every.index(across), every.index(up))
        found = plane(dataset, features, usual_row(dataset), examined.answer)
        figure = in_theme(_figure(examined, found, features, (across, up)))
        st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key("plane"))
        if examined.classes:
            st.caption(
                "The ground has the colour of the class that the model answers there, paler where it is less "
                "sure; the dots are test rows with their right classes."
                + ("" if len(examined.classes) <= NAMED else " Point at a dot to read its class.")
            )


def _figure(examined: Examined, found: Plane, features: tuple[int, int], names: tuple[str, str]) -> go.Figure:
    figure = go.Figure()
    rows = examined.dataset.test.shown[:MOST_ROWS]
    points = np.stack([column(rows, feature) for feature in features], axis=1)
    if examined.classes:
        _ground(figure, found)
        _dots(figure, examined, points)
    else:
        bar = {"title": examined.dataset.info.answer.unit, "thickness": 12}
        figure.add_heatmap(
            x=found.x, y=found.y, z=found.answers[..., 0], colorscale="Viridis", colorbar=bar, zsmooth="best"
        )
        figure.add_scatter(
            x=points[:, 0],
            y=points[:, 1],
            mode="markers",
            name="test rows",
            marker={"color": "white", "size": 5, "line": {"width": 1, "color": "#18181b"}},
        )
    figure.update_xaxes(title=names[0], range=[found.x[0], found.x[-1]], showgrid=False, zeroline=False)
    figure.update_yaxes(title=names[1], range=[found.y[0], found.y[-1]], showgrid=False, zeroline=False)
    figure.update_layout(
        height=560, margin=MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    )
    return figure


def _ground(figure: go.Figure, found: Plane) -> None:
    packed = io.BytesIO()
    Image.fromarray(painted(found, CLASS_COLORS)).save(packed, "PNG")
    figure.add_layout_image(
        source=f"data:image/png;base64,{base64.b64encode(packed.getvalue()).decode()}",
        xref="x",
        yref="y",
        x=found.x[0],
        y=found.y[-1],
        sizex=found.x[-1] - found.x[0],
        sizey=found.y[-1] - found.y[0],
        sizing="stretch",
        layer="below",
    )


def _dots(figure: go.Figure, examined: Examined, points: Array) -> None:
    expected = examined.evaluation.expected[: len(points)]
    for number, name in enumerate(examined.classes):
        members = points[expected == number]
        color = CLASS_COLORS[number % len(CLASS_COLORS)]
        figure.add_scatter(
            x=members[:, 0],
            y=members[:, 1],
            mode="markers",
            name=name,
            showlegend=len(examined.classes) <= NAMED,
            marker={"color": color, "size": 7, "line": {"width": 1, "color": "white"}},
        )
