"""One form of export: prepared as a job, proven in a clean process, then to be downloaded."""

import streamlit as st

from app.components.again import draw_again
from app.components.faults import guarded, shielded
from app.components.words import amount, plain
from app.components.workspace import Opening, designer
from app.services.data_code import data_snippet
from app.services.exporting import Kind, Order, Prepared, Receipt, begin, latest, order_of, prepared
from app.services.run_store import Run
from graph_compiler import analyze
from runtime.errors import LayerloomError

POLL_SECONDS = 0.5
BYTES_A_PARAMETER = 4
PROMISE = (
    "Writes the file and runs it in a clean process: only what answers as your model does is handed out."
)


def draw_export(opened: Opening, kind: Kind) -> None:
    """Draws a form: what it is, the way to its file, its receipt, and its text where it has one.

    Args:
        opened: The project.
        kind: The form.
    """
    st.markdown(f":material/{kind.icon}: **{plain(kind.label)}**")
    if kind.missing:
        st.info(
            f"This form needs {', '.join(kind.missing)}, which is not installed here.  \n"
            f"`pip install 'layerloom[{kind.extra}]'` brings it.",
            icon=":material/extension:",
        )
    else:
        order = order_of(designer(), opened.project.id, opened.project.name, opened.document, kind)
        if kind.group != "Picture":
            st.caption(_weights(opened, order))
        run = latest(designer(), order)
        if run is not None and run.is_open:
            st.fragment(_wait, run_every=POLL_SECONDS)(run.id)
        else:
            _offer(order, run)
    if kind.preview is not None:
        _preview(opened, kind)


def _weights(opened: Opening, order: Order) -> str:
    size = amount(analyze(opened.document).total_parameters * BYTES_A_PARAMETER)
    if order.weights.kind == "trained":
        return f"With the weights of your last training; {size} of them."
    return f"Not trained yet: random weights; {size} of them."


def _wait(run_id: str) -> None:
    with shielded():
        run = designer().runs.get(run_id)
        if not run.is_open:
            # The page itself runs once more, and does not ask for another look.
            draw_again()
        place = designer().exports.place_in_line(run_id)
        text = f"Number {place} in line" if place else run.progress.get("text", "Getting ready")
        st.progress(float(run.progress.get("done", 0.0)), f"{text} …")
        st.button(
            "Cancel", icon=":material/close:", on_click=guarded(designer().exports.kill), args=(run_id,)
        )


def _offer(order: Order, run: Run | None) -> None:
    ready = prepared(designer(), run, order) if run is not None else None
    if ready is not None:
        _download(order.kind, ready)
        return
    if run is not None and run.state == "failed":
        st.error(plain(f"{run.reason[:1].upper()}{run.reason[1:]}"), icon=":material/error:")
    st.button(
        "Prepare" if run is None or run.state != "failed" else "Try again",
        type="primary",
        icon=":material/play_arrow:",
        on_click=guarded(_begin),
        args=(order,),
        help=PROMISE if order.kind.runner else None,
        key=f"prepare:{order.kind.name}",
    )


def _begin(order: Order) -> None:
    begin(designer(), order)


def _download(kind: Kind, ready: Prepared) -> None:
    content = ready.content()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"Download {ready.file_name} · {amount(len(content))}",
            content,
            ready.file_name,
            kind.mime if len(ready.files) == 1 else "application/zip",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
            key=f"prepared:{kind.name}",
        )
        if ready.receipt is not None:
            st.download_button(
                "Receipt (.json)",
                ready.receipt.dump(),
                f"{ready.files[0].stem}.receipt.json",
                "application/json",
                icon=":material/receipt_long:",
                on_click="ignore",
                key=f"receipt:{kind.name}",
            )
    if ready.receipt is not None:
        st.markdown(f":green[:material/verified:] {plain(_proof(ready.receipt))}")


def _proof(receipt: Receipt) -> str:
    """What a receipt says, in a sentence."""
    apart = receipt.largest_difference
    result = "its answers are the same" if apart == 0 else f"its answers are at most {apart:.1e} apart"
    return f"Run in a clean process with {receipt.ran_with}: on {receipt.rows} rows {result}."


def _preview(opened: Opening, kind: Kind) -> None:
    if kind.preview is None:
        return
    try:
        text = kind.preview(opened.document, data_snippet(opened.document))
    except LayerloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if kind.language == "svg":
        st.image(text, alt="The design as a picture")
        return
    st.code(text, language=kind.language, line_numbers=True)
