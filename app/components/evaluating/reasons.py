"""Why a model answers as it does: what in one row its answer hangs on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.evaluating.examined import Examined, choose_row, choose_target
from app.components.examined_rows import verdict
from app.components.faults import shielded
from app.components.words import plain
from app.services.datasets.dataset import Array
from app.services.examining.examiner import ExaminerError
from app.services.examining.figures import lines_figure, strip_figure, weighed_figure
from app.services.examining.pictures import enlarged, grey, heated, signed, white_of
from app.services.examining.rows import cells

PICTURE_WIDTH = 280
HELP = (
    "Saliency: how much the answer changes when a value changes a little (its gradient). Grad-CAM: where the "
    "channels of a layer that speak for the answer are active."
)


@st.fragment
def show_reasons(examined: Examined) -> None:
    """Draws what speaks for an answer to a test row."""
    with shielded():
        choice, target_place = st.columns([3, 2], gap="large", vertical_alignment="bottom")
        with choice:
            row = choose_row(examined, "reasons")
        if row is None:
            return
        with target_place:
            shares = examined.evaluation.shares[row] if examined.classes else np.zeros(1)
            # Another row has another answer: its choice is one of its own.
            target = choose_target(examined, shares, f"reasons_{row}")
        st.markdown(verdict(examined.evaluation, row), help=HELP)
        x = np.asarray(examined.dataset.test.x[row : row + 1])
        explain(examined, x, examined.dataset.test.shown[row], target)


def explain(examined: Examined, x: Array, shown: Any, target: int | None) -> None:
    """Draws what in a row speaks for an answer.

    Args:
        examined: The run.
        x: The row as the model gets it.
        shown: The row as people see it.
        target: Number of the class that is asked about.
    """
    preview = examined.dataset.info.preview
    draw = {"images": _picture, "table": _features, "series": _steps, "text": _pieces}[preview]
    draw(examined, x, shown, target)


def spatial_layers(examined: Examined) -> list[str]:
    """Layers whose output has places: those that Grad-CAM can look at."""
    return [tap["name"] for tap in examined.ask("layers").words["taps"] if _has_places(tap)]


def _has_places(tap: Mapping[str, Any]) -> bool:
    sizes: Sequence[int | None] = tap["sizes"]
    return tap["is_float"] and len(sizes) in (2, 3) and any(size != 1 for size in sizes[:-1])


def _saliency(examined: Examined, x: Array, target: int | None) -> Array | None:
    try:
        return examined.ask("saliency", x, target=target).arrays["gradient"]
    except ExaminerError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def _class_activation(examined: Examined, x: Array, target: int | None) -> tuple[str, Array] | None:
    """A map and the layer it is of; None, with a word on the page, where there is none."""
    layers = spatial_layers(examined)
    if not layers:
        st.caption("Grad-CAM needs a layer whose output has places, such as a convolution: there is none.")
        return None
    layer = st.selectbox(
        "Grad-CAM of",
        layers,
        len(layers) - 1,
        key=examined.key("cam_layer"),
        help="Late layers see what things are, early ones where their edges are.",
    )
    try:
        return layer, examined.ask("class_activation", x, tap=layer, target=target).arrays["map"]
    except ExaminerError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def _picture(examined: Examined, x: Array, shown: Any, target: int | None) -> None:
    found = _class_activation(examined, x, target)
    values = _saliency(examined, x, target)
    before = grey(shown, white_of(examined.dataset))
    # Beside each other, and below where there is no room: the same is drawn beside one's own input.
    row = st.container(horizontal=True, gap="medium")
    row.image(enlarged(before), caption="The picture", alt="The picture", width=PICTURE_WIDTH)
    if values is not None:
        if np.squeeze(values).ndim == 1:
            values = values.reshape(before.shape[0], before.shape[1], -1)
        more = "more light" if np.squeeze(shown).ndim == 3 else "more ink"
        words = f"Saliency: where {more} speaks for it (orange) or against it (blue)"
        row.image(signed(values), caption=words, alt=words, width=PICTURE_WIDTH)
    if found is not None:
        layer, heat = found
        if heat.ndim == 2:
            row.image(
                heated(before, heat),
                caption=f"Grad-CAM of {plain(layer)}",
                alt=f"Grad-CAM of {layer}",
                width=PICTURE_WIDTH,
            )
        else:
            st.caption("This layer has steps, no rows and columns: choose another.")


def _features(examined: Examined, x: Array, shown: Any, target: int | None) -> None:
    values = _saliency(examined, x, target)
    if values is None:
        return
    flat, values_seen = values.reshape(-1), cells(shown)
    names = list(examined.dataset.feature_names)
    if len(names) != len(flat):
        names = [f"input {place}" for place in range(len(flat))]
    if len(values_seen) == len(flat):
        names = [f"{name} = {_number(value)}" for name, value in zip(names, values_seen, strict=True)]
    figure = weighed_figure(names, flat, "what one more (scaled) unit adds to the answer")
    st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key("reasons"))


def _steps(examined: Examined, x: Array, shown: Any, target: int | None) -> None:
    values = _saliency(examined, x, target)
    series = np.asarray(shown, dtype=float).reshape(len(x[0]), -1)
    names = _channels(examined, series.shape[1])
    steps = np.arange(len(series))
    lines = [(name, series[:, place]) for place, name in enumerate(names)]
    _over_steps(examined, "What the model sees", lines_figure(steps, lines, ("step", "")))
    if values is not None:
        weights = values.reshape(len(values), -1)
        # People may be shown less than goes in: of one's own series, what is to be predicted.
        inputs = _channels(examined, weights.shape[1])
        shown_lines = [(name, weights[:, place]) for place, name in enumerate(inputs)]
        _over_steps(examined, "Saliency", lines_figure(steps, shown_lines, ("step", "adds to the answer")))
    found = _class_activation(examined, x, target)
    if found is not None:
        layer, heat = found
        places = np.linspace(0, len(series) - 1, len(heat.reshape(-1)))
        line = [("Grad-CAM", heat.reshape(-1))]
        figure = lines_figure(places, line, ("step", "speaks for it"))
        _over_steps(examined, f"Grad-CAM of {plain(layer)}", figure)


def _over_steps(examined: Examined, title: str, figure: go.Figure) -> None:
    st.caption(title)
    figure.update_layout(height=220)
    st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key(f"steps_{title}"))


def _channels(examined: Examined, count: int) -> tuple[str, ...]:
    """Names of the lines of a series."""
    names, unit = examined.dataset.feature_names, examined.dataset.info.answer.unit
    if len(names) == count:
        return names
    return (unit,) if count == 1 and unit else tuple(f"channel {place}" for place in range(count))


def _pieces(examined: Examined, x: Array, shown: Any, target: int | None) -> None:
    values = _saliency(examined, x, target)
    if values is None:
        return
    pieces = examined.dataset.pieces(str(shown)) if examined.dataset.pieces else []
    flat = values.reshape(-1)
    if not pieces or len(flat) < len(pieces):
        st.caption("The positions of this text cannot be told apart.")
        return
    figure = strip_figure(pieces, flat[: len(pieces)])
    st.plotly_chart(in_theme(figure), width="stretch", config=STILL, key=examined.key("reasons"))
    st.caption("Orange speaks for the answer, blue against it.")


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int | np.number) else str(value)
