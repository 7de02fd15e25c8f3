"""Export: the design as code, as a model file, and as a document."""

import streamlit as st

from app.components.workspace import designer, opening
from app.services.exports import export_document, export_h5, export_python
from app.services.notes import data_facts
from graph_compiler import analyze
from runtime.errors import LayerloomError


def show() -> None:
    """Draws the page."""
    opened = opening()
    document = opened.document
    errors = analyze(document, data_facts(document)).errors
    files, code = st.columns([1, 2], gap="large")
    with files:
        st.subheader("Take it away", anchor=False)
        json_file = export_document(document)
        if errors:
            st.error(
                "The design has mistakes, so only its document can be taken away.", icon=":material/block:"
            )
            for finding in errors:
                st.caption(
                    f"{document.nodes[finding.node_id].name}: {finding.message}"
                    if finding.node_id
                    else finding.message
                )
        else:
            _model_files(opened.project.id)
        st.download_button(
            "Document (.json)",
            json_file.data,
            json_file.name,
            json_file.mime,
            icon=":material/schema:",
            width="stretch",
            on_click="ignore",
        )
        st.caption("The drawing itself, with all settings. Layerloom opens it again.")
    with code:
        if not errors:
            st.subheader("The code", anchor=False)
            st.code(export_python(document).data.decode(), language="python", line_numbers=True)


def _model_files(project_id: str) -> None:
    document = opening().document
    python_file = export_python(document)
    st.download_button(
        "Python code (.py)",
        python_file.data,
        python_file.name,
        python_file.mime,
        icon=":material/code:",
        width="stretch",
        type="primary",
        on_click="ignore",
    )
    st.caption("Runs as it is under Keras 3.")
    try:
        model_file = export_h5(designer(), project_id, document)
    except LayerloomError as error:
        st.error(str(error))
        return
    st.download_button(
        "Model (.h5)",
        model_file.data,
        model_file.name,
        model_file.mime,
        icon=":material/deployed_code:",
        width="stretch",
        on_click="ignore",
    )
    st.caption(model_file.note)
