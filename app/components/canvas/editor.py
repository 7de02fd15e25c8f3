"""The graph editor as a Streamlit element."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from app.components.canvas.commands import pending
from app.components.canvas.registration import mount
from app.components.canvas.state import FEW, CanvasState, Epoch, parse_state, read_state


def canvas(
    key: str,
    document: Mapping[str, Any],
    epoch: Epoch,
    *,
    design: str = "",
    base: int = 0,
    form: str = "",
    notes: Mapping[str, Mapping[str, Any]] | None = None,
    palette: Iterable[Mapping[str, Any]] = (),
    theme: Literal["light", "dark"] = "light",
    height: int | str = 720,
    on_change: Callable[[], None] | None = None,
    on_mend: Callable[[], None] | None = None,
) -> CanvasState:
    """Draw the editor and give back the design as it stands in the browser.

    Args:
        key: names the canvas; `read_state` and `send` take the same key.
        document: the design to begin with: `{"nodes": [...], "edges": [...]}`. The browser reads it when it
            opens the canvas and when `epoch` changes, and owns it from then on.
        epoch: one value for each opening of a design, such as `f"{project_id}:{opening}"`.
        design: names the design over all its openings, so that the browser finds its undo history again after
            a reload; without one the history ends with the page.
        base: the stored revision of the document; what the browser sends says which one it began from.
        form: key of the container with the form of what is selected, for those who go there by keys.
        notes: what is known of each node, by its id: shapes, ports, parameters, findings.
        palette: the layers that can be added, in the order of the palette.
        theme: used where Streamlit's own colours cannot be read.
        height: of the whole element: pixels, or a CSS length such as "calc(100dvh - 4rem)".
        on_change: called at each commit, before the page runs.
        on_mend: called when a fix was chosen that changes more than the canvas shows; `mend_request` says
            which.

    Returns:
        The newest state; the design given, at revision 0, until the browser has sent one.
    """
    known = read_state(key, epoch)
    rev, ack = (known.rev, known.ack) if known else (0, 0)
    result = mount(
        key=key,
        data={
            "key": key,
            "doc": _plain(document),
            "epoch": epoch,
            "design": design or None,
            "base": base,
            "form": form,
            "rev": rev,
            "ack": ack,
            "notes": dict(notes or {}),
            "palette": list(palette),
            "commands": pending(key, ack),
            "theme": theme,
            "height": height,
        },
        on_doc_change=on_change or _ignore,
        on_mend_change=on_mend or _ignore,
    )
    state = parse_state(result.doc)
    if state is not None and state.epoch == epoch:
        return state
    return CanvasState(
        document=_plain(document),
        rev=0,
        epoch=epoch,
        ack=0,
        selected=(),
    )


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    parts = {part: list(document.get(part, ())) for part in ("nodes", "edges", *FEW)}
    return {part: entries for part, entries in parts.items() if entries or part not in FEW}


def _ignore() -> None:
    """Streamlit keeps a state only of values that have a callback."""
