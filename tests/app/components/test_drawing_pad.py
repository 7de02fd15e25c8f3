import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from app.components.drawing_pad import pad
from app.components.drawing_pad.pad import SIDE, read_ink


def test_ink_comes_as_one_byte_a_point():
    sent = np.zeros((SIDE, SIDE), np.uint8)
    sent[2, 5] = 255
    ink = read_ink(base64.b64encode(sent.tobytes()).decode())
    assert ink is not None
    assert ink[2, 5] == 1
    assert ink.sum() == 1


@pytest.mark.parametrize("sent", [None, "", 7, "no base64!", base64.b64encode(b"short").decode()])
def test_what_is_no_drawing_is_none(sent):
    assert read_ink(sent) is None


def test_an_empty_paper_is_no_drawing():
    assert read_ink(base64.b64encode(bytes(SIDE * SIDE)).decode()) is None


DRAWN = """async (script) => {
  const file = new Blob([script], { type: "text/javascript" });
  const { default: render } = await import(URL.createObjectURL(file));
  window.sent = [];
  const parentElement = document.body.appendChild(document.createElement("main"));
  render({ data: { side: 112 }, parentElement, setStateValue: (_, ink) => window.sent.push(ink) });
}"""


@pytest.mark.e2e
def test_a_pen_that_is_left_down_has_drawn_a_stroke(browser: Browser):
    page = browser.new_page()
    script = Path(pad.__file__).with_name("pad.js").read_text(encoding="utf-8")
    page.evaluate(DRAWN, script)
    page.get_by_role("application").focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    sent = page.evaluate("() => window.sent")
    # There is nothing more to say of it.
    page.get_by_role("application").focus()
    page.keyboard.press("Tab")
    again = page.evaluate("() => window.sent.length")
    page.close()
    assert len(sent) == again == 1
    assert read_ink(sent[0]) is not None
