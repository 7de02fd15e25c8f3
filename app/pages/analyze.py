"""Analyze: what a design costs and sees, layer by layer, and how it differs from another."""

import streamlit as st

from app.components.cost_table import show_costs
from app.components.navigation import link_to
from app.components.workspace import opening


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
    show_costs(opened)
