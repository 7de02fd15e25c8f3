"""Export: the design in every form it can be taken away in, each with the proof that it is the same model."""

import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.faults import report
from app.components.prepared_export import draw_export
from app.components.why_not import draw_reasons, reasons_against
from app.components.words import amount, plain
from app.components.workspace import Opening, designer, opening
from app.services import exports
from app.services.datasets import Dataset, load
from app.services.exporting import KINDS, Kind
from app.services.exports import Download
from runtime.errors import LayerloomError

GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS.values()))
LARGEST_DOWNLOAD = 1_000_000_000
"""Bytes of rows that are packed for a download, which is made in memory."""


def show() -> None:
    """Draws the page."""
    opened = opening()
    reasons = reasons_against(opened.document, training=False)
    forms, chosen = st.columns([2, 5], gap="large")
    kind: Kind | None = None
    with forms:
        st.markdown("**Take it away**")
        if reasons:
            st.info("Code and model can be had once these are mended:", icon=":material/block:")
            draw_reasons(reasons, "export_reason")
        else:
            kind = _choose()
            st.divider()
            _data(opened)
        design = exports.design(opened.project.name, opened.document)
        _button(
            "Design (.json)", "schema", design, "The drawing with all settings; Layerloom opens it again."
        )
    if kind is not None:
        with chosen:
            draw_export(opened, kind)


def _choose() -> Kind:
    group = st.segmented_control(
        "Kind of export",
        GROUPS,
        default=GROUPS[0],
        required=True,
        label_visibility="collapsed",
        key="export_group",
    )
    kinds = [kind for kind in KINDS.values() if kind.group == group]
    return st.radio(
        "Form",
        kinds,
        format_func=lambda kind: kind.label,
        captions=[kind.note for kind in kinds],
        label_visibility="collapsed",
        key=f"export_form:{group}",
    )


def _data(opened: Opening) -> None:
    if opened.document.data is None:
        return
    try:
        dataset = load(opened.document.data.dataset)
    except LayerloomError as error:
        st.caption(plain(str(error)))
        return
    if _size(dataset) > LARGEST_DOWNLOAD:
        st.caption(
            f"{plain(dataset.info.title)} has {amount(_size(dataset))} of rows: too many to be downloaded. "
            f"They are kept in {plain(str(designer().settings.data_dir))}."
        )
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
