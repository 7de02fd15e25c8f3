"""Data: what there is to learn from, with a look at the samples."""

import streamlit as st

from app.components.samples import gate_text, preview
from app.components.workspace import Opening, opening
from app.services.datasets import DatasetInfo, catalogue, describe, load
from app.services.fitting import fit_to_data
from graph_compiler.document import BindData, DataBinding, apply

TASKS = "All"
FIRST_LOOK = "mnist"
"""What is shown before one has chosen."""


def show() -> None:
    """Draws the page."""
    opened = opening()
    chosen = opened.document.data.dataset if opened.document.data else None
    cards = catalogue()
    names = [card.name for card in cards]
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Data sets", anchor=False)
        tasks = [TASKS, *dict.fromkeys(card.answer.task for card in cards)]
        task = st.pills("Task", tasks, default=TASKS, label_visibility="collapsed") or TASKS
        shown = [card for card in cards if task in (TASKS, card.answer.task)]
        first = chosen if chosen in names else FIRST_LOOK
        looked_at = st.session_state.get("looked_at") or first
        with st.container(key="catalogue", gap="small"):
            for card in shown:
                _entry(card, chosen=card.name == chosen, looked_at=card.name == looked_at)
    with right:
        _card(opened, describe(looked_at), chosen)


def _entry(card: DatasetInfo, *, chosen: bool, looked_at: bool) -> None:
    st.button(
        f"{card.title} · {card.rows:,} samples",
        key=f"look:{card.name}",
        icon=":material/check_circle:" if chosen else ":material/dataset:",
        type="primary" if looked_at else "secondary",
        width="stretch",
        on_click=_look_at,
        args=(card.name,),
    )


def _look_at(name: str) -> None:
    st.session_state["looked_at"] = name


def _card(opened: Opening, card: DatasetInfo, chosen: str | None) -> None:
    st.subheader(card.title, anchor=False)
    st.write(card.description)
    facts = st.columns(3)
    facts[0].metric("Samples", f"{card.rows:,}")
    facts[1].metric("One sample", " × ".join(map(str, card.input_shape)) or "1")
    facts[2].metric(
        "Answer", f"{len(card.answer.class_names)} classes" if card.answer.class_names else "a number"
    )
    if card.gate is not None:
        st.caption(f"A small network ({card.gate.network}) reaches {gate_text(card.gate)}.")
    if card.name == chosen:
        st.success("This design uses this data.", icon=":material/check_circle:")
    use, fit = st.columns(2)
    if use.button("Use this data", type="primary", disabled=card.name == chosen, width="stretch"):
        binding = BindData(data=DataBinding(dataset=card.name))
        opened.edit(apply(opened.document, binding)[0])
        st.rerun()
    if fit.button(
        "Use it and fit the design",
        width="stretch",
        help="Also sets the shape of the Input, units and activation of the last layer, loss and metrics.",
    ):
        opened.edit(fit_to_data(opened.document, card))
        st.rerun()
    preview(load(card.name))
    st.caption(f"Source: {card.source} · Licence: {card.licence}")
