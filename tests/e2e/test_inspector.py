"""The form of a layer in a browser: what is typed, dragged and chosen there is done to the design."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from graph_compiler.document import GraphDocument
from tests.browser import until
from tests.e2e.conftest import Designer
from tests.e2e.test_mistakes import chain
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

UNNAMED = """panel => [...panel.querySelectorAll("input, textarea, button, summary, [role=slider], img")]
  .filter(one => one.checkVisibility() && one.getAttribute("aria-hidden") !== "true")
  .filter(one => !(one.labels?.length || one.getAttribute("aria-label") || one.innerText?.trim() || one.alt))
  .map(one => one.outerHTML.slice(0, 200))"""
"""What in a form has no name that could be read aloud."""


def design() -> GraphDocument:
    layers: list[tuple[str, dict[str, Any]]] = [
        ("InputLayer", {"shape": [28, 28, 1]}),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}),
        ("Flatten", {}),
        ("Dropout", {"rate": 0.25}),
        ("Dense", {"units": 16}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    ]
    return chain(*layers)


def test_a_form_from_slider_to_shape(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.projects.create("Forms", design()).id
    visitor.open(project_id)
    panel = visitor.page.locator(".st-key-panel")

    def stored(node: str, **expected: object) -> None:
        """Waits until the stored design has these parameters, and those of these that are None no more."""

        def has() -> bool:
            found = designer.document(project_id).nodes
            params = next(one.params for one in found.values() if one.name == node)
            return {name: params.get(name) for name in expected} == expected

        until(has, f"{node} with {expected}")

    _windows(visitor, panel, stored)
    _slider_by_keys(visitor, stored)
    _shape(visitor, stored)
    _several(visitor, stored)
    _ten_fast_edits(visitor, stored)
    visitor.select("layer_1")
    visitor.page.get_by_text(re.compile("^More")).click()
    expect(visitor.page.get_by_label("kernel_initializer", exact=True)).to_be_visible()
    assert panel.evaluate(UNNAMED) == []


Stored = Callable[..., None]


def _windows(visitor: Visitor, panel: Locator, stored: Stored) -> None:
    """Geometry follows the fields; what is no size stays in its field; all goes back at once."""
    visitor.select("layer_1")
    picture = panel.get_by_role("img", name=re.compile("^Windows"))
    expect(picture).to_have_attribute("alt", re.compile("28 places become 26, each from 3"))
    expect(panel.get_by_role("img", name=re.compile("^Curve: -4 becomes 0"))).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")

    visitor.fill("kernel_size", "three")
    expect(panel.get_by_text("kernel_size got 'three'")).to_be_visible()
    expect(visitor.page.get_by_label("kernel_size", exact=True)).to_have_value("three")
    visitor.fill("kernel_size", "(3,5)")
    expect(panel.get_by_text("kernel_size got")).to_have_count(0)
    expect(visitor.page.get_by_label("kernel_size", exact=True)).to_have_value("3, 5")
    stored("layer_1", kernel_size=[3, 5])
    visitor.choose("padding", "same")
    expect(picture).to_have_attribute("alt", re.compile("Across: 28 places become 28, each from 5"))
    visitor.shape_is("layer_1", "28 × 28 × 4")

    before = visitor.rev
    panel.get_by_role("button", name="Reset all to defaults").click()
    expect(visitor.canvas).not_to_have_attribute("data-rev", str(before))
    stored("layer_1", padding=None, activation=None, kernel_size=[3, 5])
    visitor.settle()
    visitor.page.locator(".pane").focus()
    visitor.page.keyboard.press("Control+z")
    stored("layer_1", padding="same", activation="relu")
    visitor.settle()
    panel.get_by_role("button", name="Reset padding").click()
    stored("layer_1", padding=None, activation="relu")
    visitor.shape_is("layer_1", "26 × 24 × 4")


def _slider_by_keys(visitor: Visitor, stored: Stored) -> None:
    visitor.select("layer_3")
    slider = visitor.page.get_by_role("slider", name="rate")
    slider.focus()
    visitor.page.keyboard.press("ArrowRight")
    stored("layer_3", rate=0.26)


def _shape(visitor: Visitor, stored: Stored) -> None:
    visitor.select("layer_0")
    visitor.fill("shape", "14 x 14, 3")
    stored("layer_0", shape=[14, 14, 3])
    visitor.page.get_by_role("button", name="Axes of shape").click()
    visitor.fill("shape, axis 3", "1")
    stored("layer_0", shape=[14, 14, 1])
    visitor.fill("shape, axis 1", "")
    stored("layer_0", shape=[None, 14, 1])
    visitor.page.keyboard.press("Escape")
    visitor.fill("shape", "14, 14, 1")
    stored("layer_0", shape=[14, 14, 1])
    visitor.settle()


def _several(visitor: Visitor, stored: Stored) -> None:
    """Two layers are changed in one step, and brought back in one."""
    visitor.select("layer_4")
    visitor.node("layer_5").click(position={"x": 40, "y": 18}, modifiers=["Shift"])
    visitor.settle()
    units = visitor.page.get_by_label("units", exact=True)
    expect(units).to_have_value("")
    expect(units).to_have_attribute("placeholder", "mixed")
    before = visitor.rev
    visitor.fill("units", "12")
    expect(visitor.canvas).not_to_have_attribute("data-rev", str(before))
    for node in ("layer_4", "layer_5"):
        stored(node, units=12)
    visitor.settle()
    visitor.page.locator(".pane").focus()
    visitor.page.keyboard.press("Control+z")
    stored("layer_4", units=16)
    stored("layer_5", units=10)
    visitor.settle()


def _ten_fast_edits(visitor: Visitor, stored: Stored) -> None:
    """None of them is lost, however quickly they follow each other."""
    visitor.select("layer_1")
    for number in range(5):
        visitor.fill("filters", str(number + 5))
        visitor.fill("strides", f"{number + 1}, 2")
    stored("layer_1", filters=9, strides=[5, 2])
    visitor.settle()
