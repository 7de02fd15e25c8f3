"""Light or dark, as the browser shows this page."""

from typing import Literal

import streamlit as st

Theme = Literal["light", "dark"]


def theme() -> Theme:
    """The theme of this tab."""
    return "dark" if st.context.theme.type == "dark" else "light"
