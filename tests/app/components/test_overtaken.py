"""Streamlit cleans up after a call that newer data has overtaken, though both have drawn the same thing."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

COMPONENTS = Path(__file__).parents[3] / "app" / "components"
SCRIPTS = {
    "canvas/frontend_dist/canvas-*.js": {
        "key": "canvas",
        "doc": {"nodes": [], "edges": []},
        "epoch": 1,
        "rev": 0,
        "ack": 0,
        "notes": {},
        "palette": [],
        "commands": [],
        "theme": "light",
        "height": 600,
    },
    "drawing_pad/pad.js": {"side": 28},
    "file_drop/drop.js": {"key": "drop", "label": "A file", "endings": [".csv"], "most": 100, "slice": 10},
    "live_chart/chart.js": {
        "figure": json.dumps({"data": [], "layout": {"height": 100}}),
        "label": "Loss",
    },
}
CALLS = """async ([script, data]) => {
  const file = new Blob([script], { type: "text/javascript" });
  const { default: render } = await import(URL.createObjectURL(file));
  const parentElement = document.createElement("main");
  document.body.append(parentElement);
  const call = () => render({ data, parentElement, setStateValue() {}, setTriggerValue() {} });
  const overtaken = call();
  await new Promise(requestAnimationFrame);
  const drawn = parentElement.lastElementChild;
  const newest = call();
  overtaken();
  const stays = drawn.isConnected;
  parentElement.remove();
  newest();
  return { stays, left: parentElement.childElementCount };
}"""


@pytest.mark.e2e
@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_drawn_outlives_an_overtaken_call(browser: Browser, script: str) -> None:
    page = browser.new_page()
    (file,) = COMPONENTS.glob(script)
    found = page.evaluate(CALLS, [file.read_text(encoding="utf-8"), SCRIPTS[script]])
    page.close()
    assert found == {"stays": True, "left": 0}
