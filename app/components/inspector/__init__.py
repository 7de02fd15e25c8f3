"""The inspector: a form for the selected layers, made from their descriptions."""

from app.components.inspector.form import node_form
from app.components.inspector.schedule_editor import schedule_editor
from app.components.inspector.several import nodes_form
from app.components.inspector.surroundings import surroundings

__all__ = ["node_form", "nodes_form", "schedule_editor", "surroundings"]
