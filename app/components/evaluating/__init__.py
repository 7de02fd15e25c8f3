"""What the page Evaluate is made of: one section a file, each drawn only when it is looked at."""

from app.components.evaluating.sections import Section, sections_of

__all__ = ["Section", "sections_of"]
