"""Takes a file from the browser in slices, so that neither side ever holds it in memory."""

import base64
import binascii
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.components.again import draw_again
from app.components.faults import guarded, shielded
from app.components.scripted import scripted
from app.components.workspace import designer
from app.services.uploads import FileInBrowser, Uploads
from runtime.errors import LayerloomError

SLICE = 4 * 2**20
"""Bytes that come at once: large enough to be quick, small enough for the bar to move and for memory."""

Take = Callable[[Path, str], None]
Answer = dict[str, Any]

_SCRIPT = Path(__file__).with_name("drop.js")
_STYLE = Path(__file__).with_name("drop.css")


class Sent(BaseModel):
    """What the browser sends: a slice of a file, or what it wants with the file.

    Args:
        sending: Names this sending of the file; the answer names it again.
        file: The file.
        offset: Where the slice begins; nothing when the browser asks how much is there already.
        content: The slice, base64.
        cancelled: Whether the file is not wanted any more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sending: str = Field(max_length=60)
    file: FileInBrowser
    offset: int | None = Field(default=None, ge=0)
    content: str = Field(default="", max_length=2 * SLICE)
    cancelled: bool = False


def file_drop(key: str, label: str, endings: Sequence[str], take: Take) -> None:
    """Draws the place to drop or choose a file.

    Args:
        key: Names it.
        label: What it is called for screen readers.
        endings: Endings of the files that are taken, each with its dot.
        take: Is given the whole file and the user's name for it, then the page runs anew.
    """
    st.fragment(_draw)(key, label, tuple(endings), take)


def _draw(key: str, label: str, endings: tuple[str, ...], take: Take) -> None:
    with shielded():
        scripted("layerloom_file_drop", _SCRIPT, _STYLE)(
            key=key,
            data={
                "key": key,
                "label": label,
                "endings": list(endings),
                "slice": SLICE,
                "most": designer().data_work.uploads.most(),
                "answer": st.session_state.get(_answer(key)),
            },
            on_sent_change=guarded(lambda: _listen(key, take)),
        )
        if st.session_state.pop(f"{key}:taken", False):
            draw_again()


def _answer(key: str) -> str:
    return f"{key}:answer"


def _listen(key: str, take: Take) -> None:
    """Takes what was sent, and says how much of the file is there."""
    try:
        sent = Sent.model_validate(st.session_state[key]["sent"])
    except ValidationError:
        return
    answer = answer_to(sent, st.session_state.get(_answer(key)), designer().data_work.uploads, take)
    st.session_state[f"{key}:taken"] = answer["done"]
    st.session_state[_answer(key)] = answer


def answer_to(sent: Sent, before: Answer | None, uploads: Uploads, take: Take) -> Answer:
    """Does what the browser wants with a file.

    Args:
        sent: What it has sent.
        before: What it was answered last.
        uploads: Where files come to.
        take: Is given a whole file and the user's name for it.

    Returns:
        "sending" as it was sent, bytes "received", "problem" in words, and whether it is "done".
    """
    if before and before["done"] and before["sending"] == sent.sending:
        # Sent once more, since taking the file took its time: it is not to be taken twice.
        return before
    file = sent.file
    answer: Answer = {"sending": sent.sending, "received": 0, "problem": "", "done": False}
    if sent.cancelled:
        uploads.discard(file)
        return answer
    try:
        if sent.offset is None:
            answer["received"] = uploads.begin(file)
        else:
            answer["received"] = uploads.take(file, sent.offset, _content(sent.content))
        if answer["received"] == file.size:
            take(uploads.finish(file), file.name)
            answer["done"] = True
    except LayerloomError as error:
        answer["problem"] = str(error)
    return answer


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        # Nothing is taken of it, and the browser sends it once more.
        return b""
