"""The designer's pages and the way between them."""

import streamlit as st

from app.components.chrome import header
from app.pages import data, design, evaluate, export, train
from app.services.settings import ASSETS


def main() -> None:
    """Draws the page that the address names, under what stands around every page."""
    st.set_page_config(page_title="Layerloom", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    page = st.navigation(
        [
            st.Page(design.show, title="Design", icon=":material/schema:", url_path="design", default=True),
            st.Page(data.show, title="Data", icon=":material/table_chart:", url_path="data"),
            st.Page(train.show, title="Train", icon=":material/model_training:", url_path="train"),
            st.Page(evaluate.show, title="Evaluate", icon=":material/monitoring:", url_path="evaluate"),
            st.Page(export.show, title="Export", icon=":material/download:", url_path="export"),
        ],
        position="top",
    )
    header()
    page.run()
