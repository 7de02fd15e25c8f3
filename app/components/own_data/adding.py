"""Bringing a file in: sent by the browser piece by piece, or read where it is on this machine."""

from pathlib import Path

import streamlit as st

from app.components.faults import guarded
from app.components.file_drop import file_drop
from app.components.own_data.following import draw_failure, follow
from app.components.words import amount, plain
from app.components.workspace import designer
from app.services.datasets.own import FORMS, ImportSpec
from runtime.errors import DataError

FORMS_IN_WORDS = (
    ("table_rows", "**A table**: CSV, TSV, Excel (.xlsx) or Parquet. The first row names the columns."),
    (
        "image",
        "**Pictures**: a ZIP with a folder for each class; outer folders *train* and *test* are respected.",
    ),
    ("data_array", "**Arrays**: an NPZ with inputs and answers, such as *x_train* and *y_train*."),
    ("text_fields", "**Texts**: a table with a column of texts and one of what they are."),
)


def draw_adding() -> None:
    """Draws the ways to bring a file in."""
    st.subheader("Add your own data", anchor=False)
    st.write(
        "Nothing leaves this machine. A file is read once, piece by piece; then you choose what is learned "
        "from what, and what is prepared of it stays as it is."
    )
    draw_failure("import")
    file_drop("new_data", "A file with your data", list(FORMS), _take)
    _draw_begun()
    with st.expander("A file that is on the designer's machine already", icon=":material/hard_drive:"):
        st.caption("It is read where it is, and not sent through the browser.")
        path = st.text_input("Path of the file", placeholder="/home/me/measurements.csv", key="adding_path")
        st.button(
            "Read it",
            icon=":material/file_open:",
            disabled=not path.strip(),
            on_click=guarded(_read_there),
            args=(path,),
        )
    for icon, words in FORMS_IN_WORDS:
        st.caption(f":material/{icon}: {words}")


def _draw_begun() -> None:
    """Files that have come in part, before a connection was lost or a page was left."""
    uploads = designer().data_work.uploads
    for file, received in uploads.begun():
        words, forget = st.columns([6, 1], vertical_alignment="center")
        words.caption(
            f":material/pending: {amount(received)} of {amount(file.size)} of “{plain(file.name)}” are here: "
            "choose it again, and it goes on from there."
        )
        forget.button(
            "Forget it",
            key=f"forget:{file.name}:{file.size}:{file.modified}",
            width="stretch",
            on_click=guarded(uploads.discard),
            args=(file,),
        )


def _take(path: Path, name: str) -> None:
    """Begins to read a file that has come whole."""
    follow(designer().data_work.bring_in(ImportSpec(path=str(path), file_name=name, remove=True)))


def _read_there(text: str) -> None:
    path = Path(text.strip().strip("\"'")).expanduser()
    if not path.is_absolute() or not path.is_file():
        raise DataError(f"There is no file {text.strip()!r}.", hint="Write its whole path, from the root on.")
    follow(designer().data_work.bring_in(ImportSpec(path=str(path), file_name=path.name)))
