"""The graph editor as a Streamlit element."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from app.components.canvas.commands import pending
from app.components.canvas.registration import mount
from app.components.canvas.state import CanvasState, Epoch, parse_state, read_state


def canvas(
    key: str,
    document: Mapping[str, Any],
    epoch: Epoch,
    *,
    notes: Mapping[str, Mapping[str, Any]] | None = None,
    palette: Iterable[Mapping[str, Any]] = (),
    commands: Sequence[Mapping[str, Any]] | None = None,
    theme: Literal["light", "dark"] = "light",
    height: int | str = 720,
    on_change: Callable[[], None] | None = None,
) -> CanvasState:
    """Draw the editor and give back the design as it stands in the browser.

    Args:
        key: names the canvas; `read_state` and `send` take the same key.
        document: the design to begin with: `{"nodes": [...], "edges": [...]}`. The browser reads it when it
            opens the canvas and when `epoch` changes, and owns it from then on.
        epoch: one value for each opening of a design, such as `f"{project_id}:{opening}"`.
        notes: what is known of each node, by its id: shapes, ports, parameters, findings.
        palette: the layers that can be added, in the order of the palette.
        commands: edits to make; those waiting from `send` when None.
        theme: used where Streamlit's own colours cannot be read.
        height: of the whole element: pixels, or a CSS length such as "calc(100dvh - 4rem)".
        on_change: called at each commit, before the page runs.

    Returns:
        The newest state; the design given, at revision 0, until the browser has sent one.
    """
    known = read_state(key, epoch)
    rev, ack = (known.rev, known.ack) if known else (0, 0)
    result = mount(
        key=key,
        data={
            "key": key,
            "doc": {"nodes": list(document.get("nodes", ())), "edges": list(document.get("edges", ()))},
            "epoch": epoch,
            "rev": rev,
            "ack": ack,
            "notes": dict(notes or {}),
            "palette": list(palette),
            "commands": pending(key, ack) if commands is None else list(commands),
            "theme": theme,
            "height": height,
        },
        on_doc_change=on_change or _ignore,
    )
    state = parse_state(result.doc)
    if state is not None and state.epoch == epoch:
        return state
    return CanvasState(
        document={"nodes": list(document.get("nodes", ())), "edges": list(document.get("edges", ()))},
        rev=0,
        epoch=epoch,
        ack=0,
        selected=(),
    )


def _ignore() -> None:
    """Streamlit keeps a state only of values that have a callback."""
