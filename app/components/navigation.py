"""Ways from one page to another, for buttons that say where a thing can be mended."""

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from app.components.canvas import send
from app.components.workspace import CANVAS

PageName = Literal["projects", "design", "analyze", "data", "train", "evaluate", "export"]

_PAGES = "pages"


def remember_pages(pages: Mapping[PageName, Any]) -> None:
    """Keeps the pages of this run by name; `app.main` alone knows them."""
    st.session_state[_PAGES] = dict(pages)


def go_to(page: PageName) -> None:
    """Shows another page."""
    st.switch_page(st.session_state[_PAGES][page])


def link_to(page: PageName, label: str, icon: str | None = None) -> None:
    """Draws a link to another page."""
    st.page_link(st.session_state[_PAGES][page], label=label, icon=icon)


def show_layer(node_id: str) -> None:
    """Shows the design page, with one layer selected and in sight."""
    send(CANVAS, "focus", nodes=[node_id])
    go_to("design")
