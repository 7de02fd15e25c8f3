"""Components that are one script of ours, with a style perhaps."""

from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component


@cache
def scripted(name: str, script: Path, style: Path | None = None, *, isolated: bool = True) -> Any:
    """Registers a component when it is first drawn: that is only possible while Streamlit runs.

    Args:
        name: Names it in the browser.
        script: Its JavaScript, whose default export draws it.
        style: Its style sheet.
        isolated: Whether it has a shadow root, where styles of the page do not reach.

    Returns:
        What draws it.
    """
    return component(
        name,
        js=script.read_text(encoding="utf-8"),
        css=None if style is None else style.read_text(encoding="utf-8"),
        isolate_styles=isolated,
    )
