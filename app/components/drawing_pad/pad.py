"""A square to draw on with a pointer or with keys."""

import base64
import binascii
from pathlib import Path

import numpy as np

from app.components.scripted import scripted
from app.services.datasets.dataset import Array

SIDE = 112
"""Points along a side of the drawing, whatever size it has on the page."""

_SCRIPT = Path(__file__).with_name("pad.js")
_STYLE = Path(__file__).with_name("pad.css")


def drawing_pad(key: str) -> Array | None:
    """Draws the pad.

    Args:
        key: Names the pad.

    Returns:
        What is drawn on it: 112 × 112, 0 (paper) to 1 (ink); None while it is empty.
    """
    result = scripted("layerloom_drawing_pad", _SCRIPT, _STYLE)(
        key=key, data={"side": SIDE}, default={"ink": ""}, on_ink_change=_nothing
    )
    return read_ink(result.ink)


def read_ink(sent: object) -> Array | None:
    """What the browser has sent as numbers; None for nothing, or for what is no drawing."""
    if not isinstance(sent, str) or not sent:
        return None
    try:
        content = base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) != SIDE * SIDE:
        return None
    ink = np.frombuffer(content, np.uint8).reshape(SIDE, SIDE).astype(np.float32) / 255
    return ink if ink.any() else None


def _nothing() -> None:
    """The page reads what was drawn when it runs."""
