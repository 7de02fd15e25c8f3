"""The canvas: a designer of networks in the browser."""

from app.components.canvas.commands import send
from app.components.canvas.editor import canvas
from app.components.canvas.state import CanvasState, read_state

__all__ = ["CanvasState", "canvas", "read_state", "send"]
