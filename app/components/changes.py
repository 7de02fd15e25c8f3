"""What an edit has changed in a design, in words."""

from app.components.inspector.values import as_text
from app.components.words import plain
from graph_compiler.document import GraphDocument, SetCompile, SetParam, diff_edits


def changes_in_words(before: GraphDocument, after: GraphDocument) -> list[str]:
    """The parameters and compile settings that are others now, one line each.

    Args:
        before: The design as it was.
        after: The design as it is.
    """
    lines: list[str] = []
    for edit in diff_edits(before, after):
        if isinstance(edit, SetParam):
            value = "its default" if edit.remove else as_text(edit.value) or "none"
            lines.append(f"**{plain(after.nodes[edit.node].name)}**: {plain(edit.param)} = {plain(value)}")
        elif isinstance(edit, SetCompile):
            old, new = before.compile, after.compile
            if old.loss != new.loss:
                lines.append(f"loss = {plain(new.loss)}")
            if old.metrics != new.metrics:
                lines.append(f"metrics = {plain(', '.join(new.metrics)) or 'none'}")
    return lines
