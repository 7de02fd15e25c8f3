"""The inspector: a form for the selected layer, made from its description."""

from app.components.inspector.form import node_form

__all__ = ["node_form"]
