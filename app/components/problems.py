"""What is wrong with a design, as a list in which each entry leads to its layer."""

import streamlit as st

from app.components.canvas import send
from app.components.words import plain
from app.components.workspace import CANVAS
from graph_compiler import Analysis, rule_help
from graph_compiler.document import GraphDocument
from graph_compiler.findings import Finding

ICONS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


def problem_list(document: GraphDocument, analysis: Analysis) -> None:
    """Draws all findings, mistakes first, and how many layers wait for them."""
    if not analysis.findings:
        return
    findings = sorted(analysis.findings, key=lambda finding: finding.severity != "error")
    st.markdown(f"**Problems** :small[{_counts(analysis)}]")
    for number, finding in enumerate(findings):
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
        if node is not None:
            st.button(
                f"Show {plain(node.name)}",
                key=f"problem:{number}:{finding.code}:{node.id}",
                on_click=_jump,
                args=(node.id,),
                icon=":material/my_location:",
                type="tertiary",
            )


def _help(finding: Finding) -> str:
    return f"{finding.code} · {rule_help(finding.code)}"


def _jump(node_id: str) -> None:
    send(CANVAS, "focus", nodes=[node_id])
