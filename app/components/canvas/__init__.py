"""The canvas: a designer of networks in the browser."""

from app.components.canvas.commands import forget, replaces_design, send, send_design, unfinished
from app.components.canvas.editor import canvas
from app.components.canvas.flow_elements import LayerNode, PortEdge
from app.components.canvas.read_only import draw_graph
from app.components.canvas.state import CanvasState, MendRequest, mend_request, read_state

__all__ = [
    "CanvasState",
    "LayerNode",
    "MendRequest",
    "PortEdge",
    "canvas",
    "draw_graph",
    "forget",
    "mend_request",
    "read_state",
    "replaces_design",
    "send",
    "send_design",
    "unfinished",
]
