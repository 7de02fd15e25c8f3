"""Design: the canvas, the form of the selected layer, and what is wrong."""

from typing import Any

import streamlit as st

from app.components.again import draw_again
from app.components.canvas import CanvasState, canvas
from app.components.canvas_fixes import add_fixes, mend
from app.components.faults import guarded, shielded
from app.components.inspector import node_form, nodes_form, surroundings
from app.components.navigation import link_to
from app.components.problems import problem_list
from app.components.style import PAGE_HEIGHT, PANEL
from app.components.templates import begin_with_template
from app.components.theme import theme
from app.components.words import plain, so_far
from app.components.workspace import CANVAS, Opening, opening
from app.services.datasets import describe
from app.services.notes import canvas_notes, data_facts
from app.services.palette import palette_entries
from graph_compiler import Analysis, analyze
from graph_compiler.document import GraphDocument, to_canvas
from runtime.errors import LayerloomError

CANVAS_HEIGHT = f"max(26rem, {PAGE_HEIGHT})"
PALETTE = palette_entries()


def show() -> None:
    """Draws the page."""
    _editor()


@st.fragment
def _editor() -> None:
    """Canvas, inspector and problems: an edit runs this much and no more."""
    with shielded():
        opened = opening()
        if opened.stale is not None and not st.session_state.get("stale_told"):
            # Found out in this very run: the notice stands above the page, which has to run for it.
            st.session_state["stale_told"] = True
            draw_again()
        st.session_state["stale_told"] = opened.stale is not None
        _draw(opened)


def _draw(opened: Opening) -> None:
    document = opened.document
    analysis = analyze(document, data_facts(document))
    drawing, panel = st.columns([7, 2], gap="small")
    with drawing:
        if opened.refusal:
            st.error(f"The last change could not be kept. {plain(opened.refusal)}", icon=":material/error:")
        state = canvas(
            CANVAS,
            to_canvas(document),
            opened.epoch,
            design=opened.project.id,
            base=opened.project.revision,
            form=PANEL,
            notes=_notes(document, analysis, opened.asks),
            palette=PALETTE,
            theme=theme(),
            height=CANVAS_HEIGHT,
            on_mend=guarded(mend),
        )
    if opened.take_back(state):
        draw_again()
    with panel, st.container(key=PANEL):
        _panel(opened, analysis, state)
        st.html(f'<span hidden data-testid="probe">rev={state.rev}</span>')


def _notes(document: GraphDocument, analysis: Analysis, asks: str) -> dict[str, dict[str, Any]]:
    notes = canvas_notes(document, analysis)
    if asks in notes:
        add_fixes(notes, document, analysis, asks)
    for node_id, cause in analysis.waiting.items():
        notes[node_id]["waits_for"] = document.nodes[cause].name
    return notes


def _panel(opened: Opening, analysis: Analysis, state: CanvasState) -> None:
    """The form of the one selected layer, else the state of the whole design."""
    document = opened.document
    if not document.nodes:
        begin_with_template(opened)
        return
    selected = [node_id for node_id in state.selected if node_id in document.nodes]
    if len(selected) == 1:
        node = document.nodes[selected[0]]
        cause = analysis.waiting.get(node.id)
        waits_for = document.nodes[cause].name if cause is not None else None
        around = surroundings(document, analysis, node)
        node_form(CANVAS, node, analysis.findings_at(node.id), waits_for, around)
        st.divider()
    elif selected:
        _several(document, selected, analysis)
        st.divider()
    _summary(document, analysis)
    problem_list(document, analysis)


def _several(document: GraphDocument, selected: list[str], analysis: Analysis) -> None:
    nodes_form(CANVAS, [document.nodes[node_id] for node_id in selected], analysis.findings)
    parameters = sum(analysis.parameters.get(node_id, 0) for node_id in selected)
    st.caption(f"{parameters:,} parameters together.")


def _total(document: GraphDocument, analysis: Analysis) -> str:
    known = analysis.total_parameters
    return so_far(known, f"{known:,}", unknown=not analysis.shapes.keys() >= document.nodes.keys())


def _summary(document: GraphDocument, analysis: Analysis) -> None:
    if analysis.ok:
        st.success("This is a working model.", icon=":material/check_circle:")
    layers, parameters = st.columns([1, 2])
    layers.metric("Layers", len(document.nodes))
    parameters.metric("Parameters", _total(document, analysis))
    if document.data is None:
        link_to("data", "Choose data to learn from", ":material/table_chart:")
        return
    try:
        st.caption(f"Made for: {plain(describe(document.data.dataset).title)}")
    except LayerloomError as error:
        st.error(plain(str(error)))
    if analysis.ok:
        link_to("train", "Train it", ":material/model_training:")
