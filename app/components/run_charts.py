"""The charts of a run: its curves, its layers, or how fast and at which rate it learns."""

import streamlit as st

from app.components.charts import in_theme, training_charts
from app.components.live_chart import live_chart
from app.components.style import CHARTS
from app.services.curves import Curves
from app.services.run_figures import layer_figures, machine_figures
from app.services.run_store import Run

CURVES, LAYERS, MACHINE = "Curves", "Layers", "Rate and speed"

EXPLAINED = {
    LAYERS: "One step now and then. Updates of about a thousandth of the weights are usual: with far less a "
    "layer hardly learns, with far more it is thrown about.",
}


def run_charts(curves: Curves, run: Run) -> None:
    """Draws the charts that are chosen; only these are computed, as all of them would be each second."""
    if not curves.training and not curves.within:
        if run.is_open and run.state != "queued":
            st.caption("The curves begin with the first epoch.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "Charts",
            [CURVES, LAYERS, MACHINE],
            default=CURVES,
            key="charts_shown",
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        log_scale = st.toggle(
            "Log scale", key="log_scale", help="Shows small losses as clearly as large ones."
        )
        smooth = st.toggle("Smooth", key="smooth", help="Averages each point with its neighbours.")
    if chosen == LAYERS:
        figures = {name: in_theme(figure) for name, figure in layer_figures(curves).items()}
    elif chosen == MACHINE:
        figures = {name: in_theme(figure) for name, figure in machine_figures(curves).items()}
    else:
        figures = training_charts(curves, log_scale=log_scale, smooth=smooth)
    if chosen in EXPLAINED:
        st.caption(EXPLAINED[chosen])
    if not figures:
        st.caption("Nothing was measured yet: a quick run ends before there is time for it.")
        return
    with st.container(key=CHARTS):
        columns = st.columns(min(2, len(figures)), gap="medium")
        for place, (name, figure) in enumerate(figures.items()):
            with columns[place % 2]:
                live_chart(figure, f"curve:{run.id}:{name}", f"Curve of the {name}")
