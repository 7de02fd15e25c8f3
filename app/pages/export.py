"""Export: the design as code, as a model file, as a document, and its data."""

import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.faults import report
from app.components.why_not import draw_reasons, reasons_against
from app.components.words import amount
from app.components.workspace import Opening, designer, opening
from app.services import exports
from app.services.datasets import Dataset, load
from app.services.exports import Download
from graph_compiler import analyze
from runtime.errors import LayerloomError

BYTES_A_PARAMETER = 4


def show() -> None:
    """Draws the page."""
    opened = opening()
    document, name = opened.document, opened.project.name
    reasons = reasons_against(document, training=False)
    files, code = st.columns([2, 5], gap="large")
    program: Download | None = None
    with files:
        st.markdown("**Take it away**")
        if reasons:
            st.info("Code and model can be had once these are mended:", icon=":material/block:")
            draw_reasons(reasons, "export_reason")
        else:
            program = _program(opened)
            _model(opened)
            _data(opened)
        design = exports.design(name, document)
        _button(
            "Design (.json)", "schema", design, "The drawing with all settings; Layerloom opens it again."
        )
    if program is not None:
        with code:
            st.markdown("**The code** :small[as Keras 3 runs it]")
            st.code(program.content.decode(), language="python", line_numbers=True)


def _program(opened: Opening) -> Download | None:
    try:
        program = exports.program(opened.project.name, opened.document)
    except LayerloomError as error:
        st.error(str(error), icon=":material/error:")
        return None
    _button("Python code (.py)", "code", program, "Runs as it is under Keras 3.")
    return program


def _model(opened: Opening) -> None:
    services, document, name = designer(), opened.document, opened.project.name
    weights = exports.weights_of(services.settings, services.runs, opened.project.id, document)
    size = amount(analyze(document).total_parameters * BYTES_A_PARAMETER)
    trained = (
        "With the weights of your last training"
        if weights.kind == "trained"
        else "Not trained yet: random weights"
    )
    file = Download(f"{exports.file_stem(name)}.h5", b"", "application/x-hdf5")
    _button(
        "Model (.h5)",
        "deployed_code",
        file,
        f"{trained}; {size} of them. Keras opens it.",
        lambda: exports.model_file(name, document, services.settings, weights).content,
    )


def _data(opened: Opening) -> None:
    if opened.document.data is None:
        return
    try:
        dataset = load(opened.document.data.dataset)
    except LayerloomError as error:
        st.caption(str(error))
        return
    file = Download(f"{opened.document.data.dataset}.npz", b"", "application/octet-stream")
    _button(
        "Data (.npz)",
        "table_chart",
        file,
        f"{dataset.info.title}, at most {amount(_size(dataset))}. Put it beside the code, which reads it.",
        lambda: _content(opened),
    )


def _size(dataset: Dataset) -> int:
    return sum(split.x.nbytes + split.y.nbytes for split in (dataset.train, dataset.test))


def _content(opened: Opening) -> bytes:
    download = exports.data(opened.document)
    return download.content if download else b""


def _button(
    label: str, icon: str, file: Download, note: str, make: Callable[[], bytes] | None = None
) -> None:
    """A button, with what the file is under it; one that takes time is made when it is asked for."""
    size = "" if make else f" · {amount(len(file.content))}"
    st.download_button(
        f"{label}{size}",
        _guarded(make) if make else file.content,
        file.file_name,
        file.mime,
        icon=f":material/{icon}:",
        width="stretch",
        on_click="ignore",
        key=f"download:{file.file_name}",
    )
    st.caption(note)


def _guarded(make: Callable[[], bytes]) -> Callable[[], Any]:
    """The file; what goes wrong is logged, and said at the button in place of a download."""

    def content() -> Any:
        try:
            return io.BytesIO(make())
        except LayerloomError:
            raise
        except Exception as error:
            raise LayerloomError(report(error)) from error

    return content
