"""Templates to choose from."""

import streamlit as st

from app.components.again import draw_again
from app.components.words import plain
from app.components.workspace import FIRST_NAME, NEXT_NAME, Opening
from app.services.templates import TEMPLATES, Template, open_template
from graph_compiler import analyze
from graph_compiler.document import GraphDocument, MoveNodes, apply

OFFERED = tuple(template for template in TEMPLATES if template.dataset)
"""The empty canvas is what one has anyway."""

PER_ROW = 4
CARD_WIDTH, CARD_HEIGHT = 270, 210
"""Distances between the layers of a template, in canvas pixels."""


def offer_templates(key: str, *, columns: int = 1) -> tuple[Template, GraphDocument] | None:
    """Draws the templates, and gives back the one that was just chosen.

    Args:
        key: Names this place among those where templates are offered.
        columns: How many stand side by side.
    """
    chosen = None
    places = st.columns(columns, gap="small") if columns > 1 else [st.container(gap="small")]
    for number, template in enumerate(OFFERED):
        with places[number % columns], st.container(gap=None):
            if st.button(
                f"**{plain(template.title)}**",
                key=f"{key}_template_{template.name}",
                icon=":material/auto_awesome_mosaic:",
                width="stretch",
            ):
                chosen = template
            st.caption(plain(template.description))
    return None if chosen is None else (chosen, in_rows(open_template(chosen.name)))


def in_rows(document: GraphDocument) -> GraphDocument:
    """A long chain of layers in rows, as text is written: in one line it would be too small to read."""
    order = analyze(document).order
    if len(order) <= PER_ROW + 1 or len(document.edges) != len(order) - 1:
        return document
    rows = -(-len(order) // PER_ROW)
    length = -(-len(order) // rows)
    positions = {
        node: (float(place % length * CARD_WIDTH), float(place // length * CARD_HEIGHT))
        for place, node in enumerate(order)
    }
    return apply(document, MoveNodes(positions=positions))[0]


def begin_with_template(opened: Opening) -> None:
    """Offers templates for a design that is still empty, and fills it with the one that is chosen."""
    st.markdown("**Begin with a template**")
    st.caption("or drag layers onto the canvas.")
    chosen = offer_templates("begin")
    if chosen is None:
        return
    template, document = chosen
    opened.edit(document)
    if opened.project.name in (FIRST_NAME, NEXT_NAME):
        opened.rename(template.title)
    draw_again()
