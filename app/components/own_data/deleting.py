"""Deleting own data: refused where a design uses it, else with a way back."""

from functools import partial

import streamlit as st

from app.components.catalogue import look_at
from app.components.deleting import say_deleted
from app.components.faults import guarded
from app.components.words import plain
from app.components.workspace import designer
from app.services.datasets.own import deleting

MOST_NAMED = 5


def offer_deleting(name: str, title: str) -> None:
    """Draws the button that deletes a version or a file, or says why it cannot be."""
    users = [entry.name for entry in designer().projects.using(name)]
    if users:
        named = ", ".join(f"“{plain(user)}”" for user in users[:MOST_NAMED])
        more = f" and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else ""
        st.button("Delete", icon=":material/delete:", disabled=True, key=f"delete_data:{name}")
        st.caption(f"It cannot be deleted while designs use it: {named}{more}.")
        return
    st.button(
        "Delete",
        icon=":material/delete:",
        key=f"delete_data:{name}",
        help="You can undo it. Runs trained on it cannot be examined without it; the same recipe makes "
        "it again.",
        on_click=guarded(_delete),
        args=(name, title),
    )


def _delete(name: str, title: str) -> None:
    deleting.delete(name)
    say_deleted(title, partial(_restore, name))
    look_at("")


def _restore(name: str) -> None:
    deleting.restore(name)
    look_at(name)
