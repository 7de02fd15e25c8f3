"""The page Evaluate in a real browser: cells that open, reasons, layers, and inputs of one's own."""

import os
import re
import signal

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from app.services.evaluation import read_evaluation
from tests.e2e.accessibility import grave_findings
from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_a_network_for_pictures_is_looked_into(
    visitor: Visitor, designer: Designer, trained_project: str
) -> None:
    visitor.open(trained_project, "evaluate")
    evaluation = read_evaluation(designer.settings.run_dir(designer.last_run(trained_project).id))
    assert evaluation is not None
    mistakes = evaluation.confusion - np.diag(np.diag(evaluation.confusion))
    true, taken = (int(place) for place in np.unravel_index(mistakes.argmax(), mistakes.shape))
    _a_cell_opens_its_samples(visitor, true, taken, int(mistakes.max()))
    _look_at(visitor, "Classes")
    expect(visitor.page.get_by_text("Mean over all classes: ROC 0.9")).to_be_visible()

    _look_at(visitor, "Why")
    expect(visitor.page.get_by_text("Saliency: where more ink")).to_be_visible()
    expect(visitor.page.get_by_text(re.compile("^Grad-CAM of .*pool")).last).to_be_visible()
    _look_at(visitor, "Layers")
    expect(visitor.page.get_by_text("channels, each in its own range")).not_to_have_count(0)

    _look_at(visitor, "Try it")
    _draw(visitor, [(0.35, 0.2), (0.68, 0.2), (0.45, 0.85)])
    expect(_answer(visitor)).to_contain_text("7 ·")
    for pid in designer.workers():
        os.kill(pid, signal.SIGKILL)
    # Who examined is gone; the next question is answered all the same.
    visitor.page.get_by_role("button", name="Clear").click()
    expect(_answer(visitor)).to_have_count(0)
    _draw_with_keys(visitor)
    expect(_answer(visitor)).to_contain_text("1 ·")


def test_a_row_and_a_text_are_changed(visitor: Visitor, designer: Designer) -> None:
    flowers = designer.new_project("iris", epochs=60, seed=1)
    phrases = designer.new_project("language_id", epochs=2, seed=1)
    for project in (phrases, flowers):
        visitor.open(project, "train")
        visitor.train_button.click()
        visitor.run_is("Finished")

    visitor.open(flowers, "evaluate")
    _look_at(visitor, "Map")
    expect(visitor.page.get_by_label("Across")).to_be_visible()
    _look_at(visitor, "Try it")
    for length, width, species in (("1.2", "0.2", "setosa"), ("6.5", "2.4", "virginica")):
        visitor.fill("petal length, cm", length)
        visitor.fill("petal width, cm", width)
        expect(_answer(visitor)).to_contain_text(f"{species} ·")

    visitor.open(phrases, "evaluate")
    _look_at(visitor, "Try it")
    for text, language in (("Vereinigte Arabische Emirate", "German"), ("Îles Mariannes du Nord", "French")):
        visitor.page.get_by_label("Your text", exact=True).fill(text)
        visitor.page.get_by_label("Your text", exact=True).press("Control+Enter")
        expect(_answer(visitor)).to_contain_text(f"{language} ·")


def _look_at(visitor: Visitor, section: str) -> None:
    visitor.page.get_by_role("tab", name=section, exact=True).click()
    expect(visitor.page.get_by_role("tab", name=section, exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    visitor.painted()
    assert not grave_findings(visitor.page), section


def _answer(visitor: Visitor) -> Locator:
    return visitor.page.get_by_test_id("stHeading").or_(visitor.page.locator("h4")).filter(has_text="·")


def _a_cell_opens_its_samples(visitor: Visitor, true: int, taken: int, count: int) -> None:
    """A click on the cell chooses its classes, and its rows stand beside it; a second one lets go."""
    visitor.painted()
    matrix = visitor.page.locator(".js-plotly-plot").first
    cell = matrix.locator(".nsewdrag")
    box = cell.bounding_box()
    assert box is not None
    place = {"x": (taken + 0.5) / 10 * box["width"], "y": (true + 0.5) / 10 * box["height"]}
    # Plotly takes a click for the cell that it has seen the pointer on.
    cell.hover(position=place)
    expect(matrix.locator(".hoverlayer .hovertext")).to_be_visible()
    cell.click(position=place)
    captions = visitor.page.get_by_test_id("stImageCaption")
    expect(captions).to_have_count(count)
    expect(captions.first).to_contain_text(f"{taken}, not {true}")
    visitor.choose("True", "any")
    expect(captions).not_to_have_count(count)


def _draw(visitor: Visitor, places: list[tuple[float, float]]) -> None:
    pad = visitor.page.locator(".pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    visitor.page.mouse.move(*points[0])
    visitor.page.mouse.down()
    for point in points[1:]:
        visitor.page.mouse.move(*point, steps=8)
    visitor.page.mouse.up()


def _draw_with_keys(visitor: Visitor) -> None:
    """An upright stroke: the pen goes up, is put down, goes down, and is lifted."""
    pad = visitor.page.locator(".pad canvas")
    pad.focus()
    for key in ("Delete", *["Shift+ArrowUp"] * 3, " ", *["Shift+ArrowDown"] * 6, " "):
        pad.press(key)
