"""Design: the canvas, the form of the selected layer, and what is wrong."""

from typing import Literal

import streamlit as st

from app.components.canvas import CanvasState, canvas, read_state, send
from app.components.inspector import node_form
from app.components.workspace import CANVAS, Opening, opening
from app.services.datasets import describe
from app.services.notes import canvas_notes, data_facts
from app.services.palette import palette_entries
from graph_compiler import Analysis, analyze
from graph_compiler.document import DocumentError, GraphDocument, from_canvas, to_canvas
from graph_compiler.findings import Finding
from runtime.errors import LayerloomError

CANVAS_HEIGHT = 700
PALETTE = palette_entries()


def show() -> None:
    """Draws the page."""
    _editor()


@st.fragment
def _editor() -> None:
    """Canvas, inspector and problems: an edit runs this much and no more."""
    opened = opening()
    newest = read_state(CANVAS, opened.epoch)
    if newest is not None:
        _take_over(opened, newest)
    document = opened.document
    analysis = analyze(document, data_facts(document))
    drawing, panel = st.columns([7, 2], gap="small")
    with drawing:
        state = canvas(
            CANVAS,
            to_canvas(document),
            opened.epoch,
            notes=canvas_notes(document, analysis),
            palette=PALETTE,
            theme=_theme(),
            height=CANVAS_HEIGHT,
        )
    with panel, st.container(height=CANVAS_HEIGHT, border=False):
        _panel(document, analysis, state)
    st.html(f'<span hidden data-testid="probe">rev={state.rev}</span>')


def _take_over(opened: Opening, newest: CanvasState) -> None:
    """Keeps what the browser sent."""
    try:
        opened.save(from_canvas(newest.document, opened.document))
    except DocumentError as error:
        st.error(f"The last change could not be kept. {error}", icon=":material/error:")


def _theme() -> Literal["light", "dark"]:
    return "dark" if st.context.theme.type == "dark" else "light"


def _panel(document: GraphDocument, analysis: Analysis, state: CanvasState) -> None:
    """The form of the one selected layer, else the state of the whole design."""
    selected = [node_id for node_id in state.selected if node_id in document.nodes]
    if len(selected) == 1:
        node_form(CANVAS, document.nodes[selected[0]], analysis.findings_at(selected[0]))
        st.divider()
    elif len(selected) > 1:
        st.caption(f"{len(selected)} layers are selected. Select one to change it.")
    _summary(document, analysis)
    _problems(document, analysis)


def _summary(document: GraphDocument, analysis: Analysis) -> None:
    if analysis.ok:
        st.success("This is a working model.", icon=":material/check_circle:")
    layers, parameters = st.columns(2)
    layers.metric("Layers", len(document.nodes))
    parameters.metric("Parameters", f"{analysis.total_parameters:,}")
    if document.data is None:
        st.caption("No data is chosen yet: see the page Data.")
    else:
        try:
            st.caption(f"Made for: {describe(document.data.dataset).title}")
        except LayerloomError as error:
            st.error(str(error))


def _problems(document: GraphDocument, analysis: Analysis) -> None:
    if not analysis.findings:
        return
    st.markdown(f"**Problems** ({len(analysis.findings)})")
    for number, finding in enumerate(analysis.findings):
        _problem(document, finding, number)


def _problem(document: GraphDocument, finding: Finding, number: int) -> None:
    node = document.nodes.get(finding.node_id or "")
    icon = ":material/error:" if finding.severity == "error" else ":material/warning:"
    with st.container(border=True, gap="small"):
        st.markdown(f"{icon} {finding.message}")
        if finding.hint:
            st.caption(finding.hint)
        if node is not None:
            st.button(
                f"Show {node.name}",
                key=f"problem:{number}:{finding.code}:{node.id}",
                help=finding.code,
                on_click=_jump,
                args=(node.id,),
                icon=":material/my_location:",
                type="tertiary",
            )


def _jump(node_id: str) -> None:
    send(CANVAS, "focus", nodes=[node_id])
