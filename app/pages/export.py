"""Export: the design as code, as a model file, as a document, and its data."""

from collections.abc import Callable

import streamlit as st

from app.components.workspace import Opening, designer, opening
from app.services import exports
from app.services.exports import Download
from app.services.notes import data_facts
from graph_compiler import analyze


def show() -> None:
    """Draws the page."""
    opened = opening()
    document, name = opened.document, opened.project.name
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
        design = exports.design(name, document)
        _button("Design (.json)", "schema", design, design.content, "The drawing with all settings.")
    if not errors:
        with code:
            st.subheader("The code", anchor=False)
            st.code(exports.program(name, document).content.decode(), language="python", line_numbers=True)


def _model_files(opened: Opening) -> None:
    document, name = opened.document, opened.project.name
    program = exports.program(name, document)
    _button("Python code (.py)", "code", program, program.content, "Runs as it is under Keras 3.")
    services = designer()
    weights = exports.weights_of(services.settings, services.runs, opened.project.id, document)
    model = Download(f"{exports.file_stem(name)}.h5", b"", "application/x-hdf5")
    _button(
        "Model (.h5)",
        "deployed_code",
        model,
        lambda: exports.model_file(name, document, services.settings, weights).content,
        "With the weights of your last training."
        if weights.kind == "trained"
        else "Not trained yet: random weights.",
    )
    if document.data is not None:
        data = Download(f"{document.data.dataset}.npz", b"", "application/octet-stream")
        _button(
            "Data (.npz)",
            "table_chart",
            data,
            lambda: _data(opened),
            "Put it beside the code, which reads it.",
        )


def _data(opened: Opening) -> bytes:
    download = exports.data(opened.document)
    return download.content if download else b""


def _button(label: str, icon: str, file: Download, content: bytes | Callable[[], bytes], note: str) -> None:
    st.download_button(
        label,
        content,
        file.file_name,
        file.mime,
        icon=f":material/{icon}:",
        width="stretch",
        on_click="ignore",
        key=f"download:{file.file_name}",
    )
    st.caption(note)
