"""Fixes on the canvas: looked for when somebody opens the problems of a layer, chosen with one click."""

from typing import Any

from app.components.canvas import mend_request
from app.components.mending import carry_out, commands_of, goes_beyond
from app.components.problems import fixes_of
from app.components.workspace import CANVAS, opening
from app.services.notes import data_facts
from graph_compiler import Analysis, QuickFix, analyze, applied
from graph_compiler.comparison import change_lines, compare
from graph_compiler.document import GraphDocument


def add_fixes(
    notes: dict[str, dict[str, Any]], document: GraphDocument, analysis: Analysis, node_id: str
) -> None:
    """Adds to the findings of one node what would mend them, and what each way of mending will do."""
    for entry, finding in zip(notes[node_id]["findings"], analysis.findings_at(node_id), strict=True):
        entry["fixes"] = [_entry(document, fix) for fix in fixes_of(document, finding)]


def mend() -> None:
    """Carries out the fix that was just chosen on the canvas, for those that change more than it shows."""
    chosen = mend_request(CANVAS)
    if chosen is None:
        return
    document = opening().document
    for finding in analyze(document, data_facts(document)).findings_at(chosen.node):
        if (finding.code, finding.port) == (chosen.code, chosen.port):
            for fix in fixes_of(document, finding):
                if fix.title == chosen.title:
                    carry_out(fix)
                    return


def _entry(document: GraphDocument, fix: QuickFix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "changes": change_lines(compare(document, applied(document, fix))),
        "edits": commands_of(fix),
        "beyond": goes_beyond(fix),
    }
