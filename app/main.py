"""The designer's pages and the way between them."""

import streamlit as st

from app.components.chrome import header
from app.components.faults import shielded
from app.components.navigation import remember_pages
from app.pages import analyze, data, design, evaluate, export, projects, train
from app.services.settings import ASSETS


def main() -> None:
    """Draws the page that the address names, under what stands around every page."""
    st.set_page_config(page_title="Layerloom", page_icon=str(ASSETS / "icon.svg"), layout="wide")
    everything = st.Page(projects.show, title="Projects", icon=":material/folder_open:", url_path="projects")
    first = st.Page(design.show, title="Design", icon=":material/schema:", default=True)
    weigh = st.Page(analyze.show, title="Analyze", icon=":material/analytics:", url_path="analyze")
    learn = st.Page(data.show, title="Data", icon=":material/table_chart:", url_path="data")
    fit = st.Page(train.show, title="Train", icon=":material/model_training:", url_path="train")
    judge = st.Page(evaluate.show, title="Evaluate", icon=":material/monitoring:", url_path="evaluate")
    take = st.Page(export.show, title="Export", icon=":material/download:", url_path="export")
    page = st.navigation([everything, first, weigh, learn, fit, judge, take], position="top")
    remember_pages(
        {
            "projects": everything,
            "design": first,
            "analyze": weigh,
            "data": learn,
            "train": fit,
            "evaluate": judge,
            "export": take,
        }
    )
    # Here what nobody expected becomes a sentence. Parts of pages that run alone (fragments) do the same.
    with shielded():
        header()
        page.run()
