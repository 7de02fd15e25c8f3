"""Every page in every theme and size: whole, without an error, from no other host, and for all people.

With LAYERLOOM_SCREENSHOTS=FOLDER set, each page is kept there as a picture to be looked at.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import grave_findings
from tests.e2e.conftest import Designer, NewVisitor
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

PAGES = ("Projects", "Design", "Analyze", "Data", "Train", "Evaluate", "Export")
SIZES = {"large": {"width": 1440, "height": 900}, "small": {"width": 1024, "height": 768}}
PICTURES = os.environ.get("LAYERLOOM_SCREENSHOTS")

OVERFLOW = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def _check(visitor: Visitor, name: str) -> None:
    expect(visitor.page.get_by_test_id("stException")).to_have_count(0)
    expect(visitor.page.get_by_text("Something went wrong")).to_have_count(0)
    expect(visitor.page.get_by_text("Traceback")).to_have_count(0)
    assert visitor.page.evaluate(OVERFLOW) <= 0, f"{name} is wider than the window"
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_a_trained_project(
    designer: Designer, trained_project: str, new_visitor: NewVisitor, theme: str, size: str
) -> None:
    visitor = new_visitor(designer, viewport=SIZES[size], color_scheme=theme)
    visitor.open(trained_project)
    expect(visitor.page.locator("[data-node-name]")).to_have_count(9)
    for page in PAGES:
        visitor.go(page)
        visitor.painted()
        if page in ("Train", "Evaluate"):
            expect(visitor.page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        if page == "Train":
            expect(visitor.page.get_by_label("Epochs", exact=True)).to_have_value("2")
            expect(visitor.page.get_by_label("Batch size", exact=True)).to_have_value("32")
            visitor.train_button.hover()
        _check(visitor, f"{page.lower()}-{theme}-{size}")
        if size == "small":
            assert not grave_findings(visitor.page), page
    visitor.go("Design")
    visitor.node("conv2d").click()
    expect(visitor.page.get_by_label("filters", exact=True)).to_be_visible()
    visitor.painted()
    _check(visitor, f"layer-{theme}-{size}")
    assert designer.projects.open(trained_project).revision == 1, "looking changes nothing"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_an_empty_project(designer: Designer, new_visitor: NewVisitor, theme: str) -> None:
    visitor = new_visitor(designer, viewport=SIZES["small"], color_scheme=theme)
    visitor.open(designer.projects.create("Empty").id)
    for page in PAGES:
        visitor.go(page)
        visitor.painted()
        _check(visitor, f"empty-{page.lower()}-{theme}")
