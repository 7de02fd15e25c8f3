"""What may spoil what is learned from prepared data, and how it was prepared."""

import streamlit as st

from app.components.words import plain
from app.services.datasets.own import Version


def draw_cautions(version: Version) -> None:
    """Draws warnings, grave ones first."""
    if not version.cautions:
        st.caption(
            ":green[:material/verified:] No doubles between training and test, no feature that gives the "
            "answer away, no idle columns."
        )
        return
    ordered = sorted(version.cautions, key=lambda caution: not caution.grave)
    grave = [caution for caution in ordered if caution.grave]
    for caution in grave:
        st.warning(f"**{plain(caution.text)}**  \n{plain(caution.hint)}", icon=":material/warning:")
    others = ordered[len(grave) :]
    if others:
        with st.expander(
            f"{len(others)} {'thing' if len(others) == 1 else 'things'} to know", icon=":material/info:"
        ):
            for caution in others:
                st.markdown(f"- {plain(caution.text)} :gray[{plain(caution.hint)}]")
