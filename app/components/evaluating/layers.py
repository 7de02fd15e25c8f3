"""What is inside: what a layer has learned, and what comes out of it for one row."""

from typing import Any

import numpy as np
import streamlit as st

from app.components.charts import STILL, in_theme
from app.components.evaluating.examined import Examined, choose_row
from app.components.faults import shielded
from app.components.words import plain
from app.services.examining.figures import histogram_figure, table_figure
from app.services.examining.messages import Message
from app.services.examining.pictures import side_by_side


@st.fragment
def show_layers(examined: Examined) -> None:
    """Draws activations and weights, layer by layer."""
    with shielded():
        words = examined.ask("layers").words
        out, held = st.columns([1, 1], gap="large")
        with out:
            _activations(examined, words["taps"])
        with held:
            _weights(examined, words["weights"])


def _activations(examined: Examined, taps: list[dict[str, Any]]) -> None:
    st.markdown("**What comes out** (activations)")
    labels: dict[str, str] = {
        tap["name"]: f"{tap['name']} · {tap['layer']} · {_sizes(tap['sizes'])}" for tap in taps
    }
    if not labels:
        st.info("This model has no layers between its input and its answer.")
        return
    # Layers before the first that learns only prepare the input.
    first = next((place for place, tap in enumerate(taps) if tap["learns"]), 0)
    name = st.selectbox("Layer", list(labels), first, format_func=labels.__getitem__, key=examined.key("tap"))
    row = choose_row(examined, "activations")
    if row is None:
        return
    answer = examined.ask("activations", np.asarray(examined.dataset.test.x[row : row + 1]), tap=name)
    said = answer.words
    if "maps" in answer.arrays:
        maps = answer.arrays["maps"]
        st.image(side_by_side(maps), width="content", alt=f"Channels of {name}, side by side")
        channels = said["shape"][-1]
        st.caption(f"{len(maps)} of {channels} channels, each in its own range from dark to bright.")
    else:
        figure = in_theme(table_figure(answer.arrays["table"]))
        st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key(f"activations:{name}"))
    st.caption(f"{_told(said)} {said['silent']:.0%} of the values are 0.")


def _weights(examined: Examined, layers: list[dict[str, Any]]) -> None:
    st.markdown("**What it has learned** (weights)")
    labels: dict[str, str] = {
        one["name"]: f"{one['name']} · {one['layer']} · {one['parameters']:,} parameters" for one in layers
    }
    if not labels:
        st.info("No layer of this model has weights.")
        return
    name = st.selectbox("Weights of", list(labels), format_func=labels.__getitem__, key=examined.key("held"))
    answer = examined.ask("weights", layer=name)
    for place, weight in enumerate(answer.words["weights"]):
        st.markdown(f"{plain(weight['name'])} · {_sizes(weight['shape'])}")
        _weight(examined, answer, name, place)
        st.caption(_told(weight))


def _weight(examined: Examined, answer: Message, layer: str, place: int) -> None:
    arrays = answer.arrays
    if f"filters{place}" in arrays:
        st.image(side_by_side(arrays[f"filters{place}"]), width="content", alt=f"Filters of {layer}")
        shape = answer.words["weights"][place]["shape"]
        if shape[2] > 1:
            st.caption(f"What each filter does with the first of {shape[2]} channels.")
    elif f"table{place}" in arrays:
        figure = in_theme(table_figure(arrays[f"table{place}"], height=260))
        st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key(f"weight:{layer}:{place}"))
    if np.prod(answer.words["weights"][place]["shape"]) > 8:
        figure = in_theme(histogram_figure(arrays[f"counts{place}"], arrays[f"edges{place}"]))
        st.plotly_chart(figure, width="stretch", config=STILL, key=examined.key(f"spread:{layer}:{place}"))


def _sizes(sizes: list[int | None]) -> str:
    return " × ".join("any" if size is None else str(size) for size in sizes) or "one number"


def _told(said: Any) -> str:
    return (
        f"Mean {said['mean']:.3g}, spread {said['spread']:.3g}, from {said['smallest']:.3g} "
        f"to {said['largest']:.3g}."
    )
