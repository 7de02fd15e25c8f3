"""Pictures of designs: template previews, the model that was trained, lessons."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit_flow import streamlit_flow
from streamlit_flow.layouts import LayeredLayout, ManualLayout
from streamlit_flow.state import StreamlitFlowState

from app.components.canvas.flow_elements import LayerNode, Mark, PortEdge
from app.components.theme import Theme


def draw_graph(
    key: str,
    document: Mapping[str, Any],
    *,
    labels: Mapping[str, str] | None = None,
    shapes: Mapping[str, str] | None = None,
    marks: Mapping[str, Mark] | None = None,
    words: Mapping[str, str] | None = None,
    theme: Theme = "light",
    height: int = 320,
    arrange: bool = False,
) -> str | None:
    """Draw a design that cannot be changed, and give back the node that was clicked last.

    Draw it in an `st.fragment`, and not on the page of the editor: each picture is a frame of its own.

    Args:
        key: names the picture; the editor's key must be another.
        document: `{"nodes": [...], "edges": [...]}`.
        labels: what each layer is called, by its registry name.
        shapes: output shapes in words, by node id.
        marks: what became of nodes and wires in a comparison, by their ids.
        words: the same in a few words, by node id.
        theme: the colours to draw it in.
        height: in pixels.
        arrange: lay the nodes out from left to right instead of where the design has them.
    """
    drawn = streamlit_flow(
        key,
        _state(key, document, labels or {}, shapes or {}, marks or {}, words or {}, theme),
        height=height,
        fit_view=True,
        show_controls=False,
        style={},
        layout=LayeredLayout("right") if arrange else ManualLayout(),
        get_node_on_click=True,
        min_zoom=0.1,
        hide_watermark=True,
    )
    return drawn.selected_id


def _state(
    key: str,
    document: Mapping[str, Any],
    labels: Mapping[str, str],
    shapes: Mapping[str, str],
    marks: Mapping[str, Mark],
    words: Mapping[str, str],
    theme: Theme,
) -> StreamlitFlowState:
    """The same object until the content changes: to a new one the frame answers, and the page runs again."""
    nodes, edges = document.get("nodes", ()), document.get("edges", ())
    content = json.dumps(
        [nodes, edges, dict(labels), dict(shapes), dict(marks), dict(words), theme], sort_keys=True
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    place = f"{key}:picture"
    kept: tuple[str, StreamlitFlowState] | None = st.session_state.get(place)
    if kept is not None and kept[0] == digest:
        return kept[1]
    state = StreamlitFlowState(
        nodes=[
            LayerNode.from_doc(
                node,
                labels.get(node["layer"], node["layer"]),
                shapes.get(node["id"], ""),
                theme,
                marks.get(node["id"]),
                words.get(node["id"], ""),
            )
            for node in nodes
        ],
        edges=[PortEdge.from_doc(edge, theme, marks.get(edge["id"])) for edge in edges],
    )
    st.session_state[place] = (digest, state)
    return state
