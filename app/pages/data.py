"""Data: what there is to learn from, with a look at the samples."""

import streamlit as st

from app.components.again import draw_again
from app.components.augmented import draw_augmented
from app.components.catalogue import ADDING, choose_dataset, show_from_top
from app.components.changes import changes_in_words
from app.components.charts import STILL, answers_chart
from app.components.faults import guarded
from app.components.navigation import link_to
from app.components.own_data import (
    begin_again,
    draw_adding,
    draw_cautions,
    draw_preparing,
    draw_work,
    end_work,
    offer_deleting,
)
from app.components.samples import gate_text, preview
from app.components.style import SCROLLING
from app.components.words import plain
from app.components.workspace import Opening, opening
from app.services.datasets import DatasetInfo, describe, load
from app.services.datasets.own import Version, is_own_name, read_source, read_version, sources
from app.services.fitting import fit_to_data
from graph_compiler.document import BindData, DataBinding, GraphDocument, apply

_EFFECT = "data_effect"


def show() -> None:
    """Draws the page."""
    opened = opening()
    chosen = opened.document.data.dataset if opened.document.data else None
    end_work()
    left, right = st.columns([2, 5], gap="medium")
    with left, st.container(key=SCROLLING, gap="small"):
        looked_at = choose_dataset(chosen)
    with right:
        _right(opened, looked_at, chosen)
    show_from_top()


def _right(opened: Opening, looked_at: str, chosen: str | None) -> None:
    """What is looked at: a data set, a file that is to be prepared, or the way to bring one in."""
    draw_work()
    if looked_at == ADDING:
        draw_adding()
    elif looked_at in {source.id for source in sources()}:
        draw_preparing(read_source(looked_at))
    else:
        _card(opened, describe(looked_at), chosen)


def _card(opened: Opening, card: DatasetInfo, chosen: str | None) -> None:
    st.subheader(plain(card.title), anchor=False)
    st.write(plain(card.description) if is_own_name(card.name) else card.description)
    facts = st.columns([1, 1, 2])
    facts[0].metric("Samples", f"{card.rows:,}")
    facts[1].metric("One sample", " × ".join(map(str, card.input_shape)) or "1")
    facts[2].metric("Answer", _answer(card))
    if card.gate is not None:
        st.caption(f"A small network ({card.gate.network}) reaches {gate_text(card.gate)} on the test rows.")
    version = read_version(card.name) if is_own_name(card.name) else None
    _use(opened, card, chosen)
    if version is not None:
        draw_cautions(version)
    dataset = load(card.name)
    preview(dataset)
    if card.name == chosen:
        draw_augmented(opened.document, dataset)
    balance = answers_chart(dataset)
    if balance is not None:
        st.markdown("**How often each answer occurs**")
        st.plotly_chart(balance, width="stretch", config=STILL, key=f"balance:{card.name}")
    st.caption(f"Source: {plain(card.source)} · Licence: {plain(card.licence)}")
    if version is not None:
        _own(version)


def _own(version: Version) -> None:
    """What can be done with a version of one's own."""
    again, remove = st.columns(2)
    if version.source in {source.id for source in sources()}:
        again.button(
            "Prepare another version",
            icon=":material/tune:",
            help="From the same file; this one stays as it is.",
            on_click=guarded(begin_again),
            args=(version,),
        )
    with remove:
        offer_deleting(version.info.name, version.info.title)


def _answer(card: DatasetInfo) -> str:
    if card.answer.class_names:
        return f"one of {len(card.answer.class_names)} classes"
    return "the sample itself" if card.answer.task == "reconstruction" else card.answer.unit or "a number"


def _use(opened: Opening, card: DatasetInfo, chosen: str | None) -> None:
    if card.name == chosen:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":green[:material/check_circle:] **This design uses this data.**", width="content")
            link_to("train", "Train it", ":material/model_training:")
    use, fit = st.columns(2)
    if use.button("Use this data", type="primary", disabled=card.name == chosen, width="stretch"):
        binding = BindData(data=DataBinding(dataset=card.name))
        _keep(opened, apply(opened.document, binding)[0], card)
    if fit.button(
        "Use it and fit the design",
        width="stretch",
        help="Also sets the shape of the Input, units and activation of the last layer, loss and metrics, so "
        "that they go with this data.",
    ):
        _keep(opened, fit_to_data(opened.document, card), card)
    _effect(opened, card)


def _keep(opened: Opening, document: GraphDocument, card: DatasetInfo) -> None:
    before = opened.document
    opened.edit(document)
    st.session_state[_EFFECT] = (opened.project.id, card.name, changes_in_words(before, document))
    st.toast(f"This design now uses {plain(card.title)}.", icon=":material/check_circle:")
    draw_again()


def _effect(opened: Opening, card: DatasetInfo) -> None:
    """What was set when this data set was chosen a moment ago."""
    project_id, name, changes = st.session_state.get(_EFFECT) or ("", "", [])
    if (project_id, name) != (opened.project.id, card.name) or not changes:
        return
    lines = "\n".join(f"- {change}" for change in changes)
    st.success(f"Set to go with this data:\n{lines}", icon=":material/tune:")
    if not opened.document.nodes:
        st.caption("The design is empty: its Input and last layer can be fitted once they are there.")
