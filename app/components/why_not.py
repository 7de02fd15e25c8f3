"""Why a design cannot be trained, or taken away as code: each reason with the way to where it is mended."""

from dataclasses import dataclass

import streamlit as st

from app.components.navigation import PageName, go_to, show_layer
from app.components.words import plain
from app.services.notes import data_facts
from graph_compiler import analyze
from graph_compiler.document import GraphDocument

SHOWN = 3


@dataclass(frozen=True)
class Reason:
    """One thing that stands against it.

    Args:
        text: What it is, with the name of its layer.
        node_id: The layer to mend; empty when it is none.
        page: Where else it is mended; empty when it is on this page.
        label: What the button to there says.
    """

    text: str
    node_id: str = ""
    page: PageName | None = None
    label: str = ""


def reasons_against(document: GraphDocument, *, training: bool) -> list[Reason]:
    """What stands against it, by node; empty when nothing does.

    Args:
        document: The design.
        training: Whether it is to be trained, which needs data.
    """
    reasons: list[Reason] = []
    for finding in analyze(document, data_facts(document)).errors:
        node = document.nodes.get(finding.node_id or "")
        if node is not None:
            text = f"{node.name}: {finding.message} {finding.hint}"
            reasons.append(Reason(text.strip(), node.id, "design", f"Show {node.name}"))
        elif finding.code.startswith("NN4"):
            # Optimizer, loss and metrics stand on the page of training, beside the reason.
            reasons.append(Reason(f"{finding.message} {finding.hint}".strip()))
        else:
            text = f"{finding.message} {finding.hint}".strip()
            reasons.append(Reason(text, page="design", label="Open the design"))
    if training and document.data is None:
        reasons.append(Reason("No data is chosen.", page="data", label="Choose data"))
    return reasons


def draw_reasons(reasons: list[Reason], key: str) -> None:
    """Draws the reasons as a list with buttons; of many, the first few and the rest behind them."""
    for number, reason in enumerate(reasons[:SHOWN]):
        _draw_reason(reason, f"{key}:{number}")
    if len(reasons) > SHOWN:
        with st.expander(f"{len(reasons) - SHOWN} more"):
            for number, reason in enumerate(reasons[SHOWN:], start=SHOWN):
                _draw_reason(reason, f"{key}:{number}")


def _draw_reason(reason: Reason, key: str) -> None:
    with st.container(border=True, gap="small", key=f"reason_{key}"):
        st.markdown(f":red[:material/block:] {plain(reason.text)}")
        if reason.page is None:
            return
        if st.button(plain(reason.label), key=key, icon=":material/arrow_forward:", type="tertiary"):
            if reason.node_id:
                show_layer(reason.node_id)
            go_to(reason.page)
