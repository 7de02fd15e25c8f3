"""Export: the design as code, as a model file, as a document, and its data."""

from collections.abc import Callable

import streamlit as st

from app.components.workspace import Opening, designer, opening
from app.services.data_code import data_file_name
from app.services.datasets import describe
from app.services.exports import (
    export_data,
    export_document,
    export_h5,
    export_python,
    file_stem,
    trained_run,
)
from app.services.notes import data_facts
from graph_compiler import analyze


def show() -> None:
    """Draws the page."""
    opened = opening()
    document = opened.document
    errors = analyze(document, data_facts(document)).errors
    files, code = st.columns([1, 2], gap="large")
    with files:
        st.subheader("Take it away", anchor=False)
        if errors:
            st.error(
                "The design has mistakes: only the design itself can be taken away.", icon=":material/block:"
            )
            for finding in errors:
                where = f"{document.nodes[finding.node_id].name}: " if finding.node_id else ""
                st.caption(f"{where}{finding.message}")
        else:
            _model_files(opened)
        design = export_document(document)
        _button("Design (.json)", "schema", design.name, design.data, "The drawing with all settings.")
    if not errors:
        with code:
            st.subheader("The code", anchor=False)
            st.code(export_python(document).data.decode(), language="python", line_numbers=True)


def _model_files(opened: Opening) -> None:
    """Buttons for the files that only a design without errors has; the large ones are made on demand."""
    document, project_id = opened.document, opened.project.id
    program = export_python(document)
    _button("Python code (.py)", "code", program.name, program.data, "Runs as it is under Keras 3.")
    is_trained = trained_run(designer(), project_id, document) is not None
    _button(
        "Model (.h5)",
        "deployed_code",
        f"{file_stem(document)}.h5",
        lambda: export_h5(designer(), project_id, document).data,
        "With the weights of your last training."
        if is_trained
        else "Not trained yet: its weights are random.",
    )
    if document.data is not None:

        def data() -> bytes:
            download = export_data(document)
            return download.data if download else b""

        name = data_file_name(describe(document.data.dataset))
        _button("Data (.npz)", "table_chart", name, data, "Put it beside the code, which reads it.")


def _button(label: str, icon: str, file_name: str, data: bytes | Callable[[], bytes], note: str) -> None:
    st.download_button(
        label,
        data,
        file_name,
        icon=f":material/{icon}:",
        width="stretch",
        on_click="ignore",
        key=f"download:{label}",
    )
    st.caption(note)
