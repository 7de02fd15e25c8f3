"""Opens an uploaded file as a project, and says first what became of a model in it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.words import plain
from app.components.workspace import designer, open_project
from app.services.model_files import open_as_project, read_file
from graph_compiler.importers import Imported
from runtime.errors import LayerloomError

SHOWN = 8
_READ = "file_read"
"""Where what was read of an upload is kept, so that drawing the report again does not read it again."""


def open_file(upload: Any, show: Callable[[], None]) -> None:
    """Opens a file as a project of its own; the one that is open stays as it is.

    Args:
        upload: The file, as Streamlit has it.
        show: Leads to the design, once it is open.
    """
    imported = _read(upload)
    if imported is None:
        return
    if (imported.locked or imported.remarks) and not _agreed(upload, imported):
        return
    with st.spinner("Making the project…"):
        project = open_as_project(designer(), upload.name, upload.getvalue(), imported)
    st.session_state.pop(_READ, None)
    open_project(project)
    show()


def _read(upload: Any) -> Imported | None:
    known = st.session_state.get(_READ)
    if known is not None and known[0] == upload.file_id:
        return known[1]
    try:
        with st.spinner(f"Reading {plain(upload.name)}…"):
            imported = read_file(upload.name, upload.getvalue())
    except LayerloomError as error:
        st.error(f"{plain(upload.name)} could not be opened. {plain(str(error))}", icon=":material/error:")
        return None
    st.session_state[_READ] = (upload.file_id, imported)
    return imported


def _agreed(upload: Any, imported: Imported) -> bool:
    """Shows what was changed and what is locked; True once somebody has read it."""
    count = len(imported.document.nodes)
    st.success(f"{plain(upload.name)}: {count} layers were drawn.", icon=":material/schema:")
    if imported.locked:
        one = len(imported.locked) == 1
        st.warning(
            f"{len(imported.locked)} of them {'is' if one else 'are'} locked: drawn with all that the file "
            "says, but not computed here.",
            icon=":material/lock:",
        )
        _listed([f"**{plain(node.name)}**: {plain(node.locked)}" for node in imported.locked])
    if imported.remarks:
        st.markdown("Worth knowing:")
        _listed([plain(remark) for remark in imported.remarks])
    return st.button("Open the design", type="primary", icon=":material/arrow_forward:", width="stretch")


def _listed(lines: list[str]) -> None:
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    st.markdown("\n".join(f"- {line}" for line in [*lines[:SHOWN], *more]))
