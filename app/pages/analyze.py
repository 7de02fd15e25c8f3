"""Analyze: what a design costs and sees, layer by layer, and how it differs from another."""

import streamlit as st

from app.components.comparing import show_comparison
from app.components.cost_table import show_costs
from app.components.navigation import link_to
from app.components.workspace import opening

COMPARE = "Compare"
VIEWS = ("Layers", COMPARE)


def show() -> None:
    """Draws the page."""
    opened = opening()
    if not opened.document.nodes:
        st.info(
            "There is nothing to measure yet: what each layer costs and sees is told here.",
            icon=":material/analytics:",
        )
        link_to("design", "Draw a network", ":material/schema:")
        return
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, label_visibility="collapsed", key="analyze_view"
    )
    if view == COMPARE:
        show_comparison(opened)
    else:
        show_costs(opened)
