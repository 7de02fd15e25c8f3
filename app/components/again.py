"""Draws a page once more, after something that stands on it has changed."""

from typing import NoReturn

import streamlit as st


def draw_again() -> NoReturn:
    """Begins the page anew.

    A click on a link that waits for this run to reach its next `st` command is done first, in place of it: of
    two requests Streamlit keeps the newer one, and that would be this one, for the page that is being left.
    """
    st.empty()
    st.rerun()
