"""Bringing a file in: from the browser, or from this machine without a copy in memory."""

import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from app.components.faults import guarded
from app.components.own_data.following import draw_failure, follow
from app.components.words import amount
from app.components.workspace import designer
from app.services.datasets.own import FORMS, ImportSpec
from runtime.errors import DataError

LARGE = 200_000_000
"""Bytes from which a file had better be read where it is."""

_ROUND = "adding_round"
FORMS_IN_WORDS = (
    ("table_rows", "**A table**: CSV, TSV, Excel (.xlsx) or Parquet. The first row names the columns."),
    (
        "image:",
        "**Pictures**: a ZIP with a folder for each class; outer folders *train* and *test* are respected.",
    ),
    ("data_array", "**Arrays**: an NPZ with inputs and answers, such as *x_train* and *y_train*."),
    ("text_fields", "**Texts**: a table with a column of texts and one of what they are."),
)


def draw_adding() -> None:
    """Draws the ways to bring a file in."""
    st.subheader("Add your own data", anchor=False)
    st.write(
        "Nothing leaves this machine. A file is read once, piece by piece; then you choose what is "
        "learned from "
        "what, and what is prepared of it stays as it is."
    )
    draw_failure("import")
    number = st.session_state.get(_ROUND, 0)
    file = st.file_uploader("A file", type=[form[1:] for form in FORMS], key=f"upload:{number}")
    if file is not None:
        guarded(_take)(file)
    with st.expander("A large file, or one that is on this machine already", icon=":material/hard_drive:"):
        st.caption(
            f"Above {amount(LARGE)} this is better: the file is read where it is, and not sent through "
            "the browser."
        )
        path = st.text_input("Path of the file", placeholder="/home/me/measurements.csv", key="adding_path")
        sheet = st.text_input(
            "Sheet of a workbook", placeholder="the first that holds anything", key="adding_sheet"
        )
        st.button(
            "Read it",
            icon=":material/file_open:",
            disabled=not path.strip(),
            on_click=guarded(_read_there),
            args=(path, sheet),
        )
    for icon, words in FORMS_IN_WORDS:
        st.caption(f":material/{icon.rstrip(':')}: {words}")


def _take(file: Any) -> None:
    """Puts an uploaded file on the disk, lets go of its memory, and begins to read it."""
    work = designer().data_work
    path = work.upload_file(file.name)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target, 2**20)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    follow(work.bring_in(ImportSpec(path=str(path), file_name=file.name, remove=True)))
    st.rerun()


def _read_there(text: str, sheet: str) -> None:
    path = Path(text.strip().strip("\"'")).expanduser()
    if not path.is_absolute() or not path.is_file():
        raise DataError(f"There is no file {text.strip()!r}.", hint="Write its whole path, from the root on.")
    follow(
        designer().data_work.bring_in(ImportSpec(path=str(path), file_name=path.name, sheet=sheet.strip()))
    )
