"""What is wrong with a design, as a list in which each entry leads to its layer."""

from typing import Any

import streamlit as st

from app.components.canvas import send
from app.components.faults import guarded
from app.components.mending import carry_out
from app.components.words import plain
from app.components.workspace import CANVAS
from app.services.notes import data_facts
from graph_compiler import Analysis, QuickFix, fixes_for, rule_help
from graph_compiler.document import GraphDocument
from graph_compiler.findings import Finding

MOST_MENDED = 4
"""For so many problems, the first ones, ways to mend them are looked for: it takes a moment each."""
MOST_SHOWN = 20
"""Of so many problems all are shown at once: hundreds would make each edit wait for their drawing."""
_FIXES = "quick_fixes"
_ALL = "all_problems"

ICONS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


def problem_list(document: GraphDocument, analysis: Analysis) -> None:
    """Draws all findings, mistakes first, and how many layers wait for them."""
    if not analysis.findings:
        return
    findings = sorted(analysis.findings, key=lambda finding: finding.severity != "error")
    st.markdown(f"**Problems** :small[{_counts(analysis)}]")
    shown = findings
    if len(findings) > MOST_SHOWN and not st.toggle(f"Show all {len(findings)}", key=_ALL):
        shown = findings[:MOST_SHOWN]
    for number, finding in enumerate(shown):
        _problem(document, finding, number)
    if analysis.waiting:
        names = [plain(document.nodes[node].name) for node in analysis.waiting]
        layers = "layer waits" if len(names) == 1 else "layers wait"
        st.caption(f"{len(names)} {layers} for these: {', '.join(names[:6])}{' …' if len(names) > 6 else ''}")


def _counts(analysis: Analysis) -> str:
    errors = len(analysis.errors)
    warnings = len(analysis.findings) - errors
    counts = [f"{ICONS['error']} {errors}"] if errors else []
    return " · ".join(counts + ([f"{ICONS['warning']} {warnings}"] if warnings else []))


def _problem(document: GraphDocument, finding: Finding, number: int) -> None:
    node = document.nodes.get(finding.node_id or "")
    with st.container(border=True, gap="small"):
        st.markdown(f"{ICONS[finding.severity]} {plain(finding.message)}", help=_help(finding))
        if finding.hint:
            st.caption(plain(finding.hint))
        for place, fix in enumerate(fixes_of(document, finding) if number < MOST_MENDED else ()):
            st.button(
                f"Fix: {plain(fix.title)}",
                key=f"fix:{number}:{finding.code}:{finding.node_id}:{place}",
                on_click=guarded(carry_out),
                args=(fix,),
                icon=":material/build:",
            )
        shown = [node, document.nodes.get(finding.cause or "")]
        for other in {each.id: each for each in shown if each is not None}.values():
            st.button(
                f"Show {plain(other.name)}",
                key=f"problem:{number}:{finding.code}:{other.id}",
                on_click=guarded(_jump),
                args=(other.id,),
                icon=":material/my_location:",
                type="tertiary",
            )


def fixes_of(document: GraphDocument, finding: Finding) -> tuple[QuickFix, ...]:
    """The fixes of a finding, looked for once for each state of the design."""
    known: Any = st.session_state.get(_FIXES)
    if not isinstance(known, dict) or known["document"] is not document:
        known = st.session_state[_FIXES] = {"document": document, "fixes": {}}
    if finding not in known["fixes"]:
        known["fixes"][finding] = fixes_for(document, finding, data_facts(document))
    return known["fixes"][finding]


def _help(finding: Finding) -> str:
    return f"{finding.code} · {rule_help(finding.code)}"


def _jump(node_id: str) -> None:
    send(CANVAS, "focus", nodes=[node_id])
