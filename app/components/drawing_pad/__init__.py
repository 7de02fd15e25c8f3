"""A square to draw on, whose drawing the model is asked about."""

from app.components.drawing_pad.pad import drawing_pad

__all__ = ["drawing_pad"]
