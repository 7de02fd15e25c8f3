"""A design mended, thinned out and wired by the rules of its tensors; the way back survives a reload."""

import pytest
from playwright.sync_api import expect

from graph_compiler import keras_code
from tests.e2e.conftest import Designer
from tests.e2e.test_mistakes import CLASSES, PICTURE, chain
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_a_problem_is_mended_at_its_card_and_undone_after_a_reload(
    visitor: Visitor, designer: Designer
) -> None:
    conv = ("Conv2D", {"filters": 4, "kernel_size": 3})
    project = designer.projects.create(
        "Mended at the card", chain(PICTURE, conv, ("Flatten", {}), CLASSES)
    ).id
    visitor.open(project)
    page, keys = visitor.page, visitor.page.keyboard
    expect(visitor.port("layer_1", "out")).to_have_attribute("data-kind", "image")
    expect(visitor.port("layer_1", "in")).to_have_attribute("data-kind", "image")
    expect(visitor.port("layer_3", "out")).to_have_attribute("data-kind", "features")

    # Without Flatten the answer has too many axes; the model and its code are made without it.
    visitor.select("layer_2")
    page.locator(".pane").focus()
    keys.press("Control+b")
    visitor.shape_is("layer_3", "26 × 26 × 10")
    expect(visitor.node("layer_3")).to_have_attribute("data-state", "error")
    visitor.settle()
    assert designer.document(project).nodes["n2"].bypassed

    # The problem, its fix, and what that will do.
    page.locator(".pane").focus()
    keys.press("F8")
    fix = page.get_by_test_id("problems").locator("[data-fix]").first
    expect(fix).to_contain_text("+ flatten (Flatten)")
    expect(fix).to_contain_text("batch × 26 × 26 × 10 → batch × 10")
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    fix.click()
    visitor.shape_is("layer_3", "10")
    visitor.settle()
    mended = designer.document(project)
    assert [node.name for node in mended.nodes.values()][-1] == "flatten"
    program = keras_code(mended)
    assert 'name="flatten"' in program
    assert "layer_2" not in program

    # View, selection and the way back are there after a reload; redo is, too.
    keys.press("-")
    before = visitor.middle(visitor.node("layer_3"))
    page.reload()
    visitor.is_at("Design")
    expect(visitor.node("layer_3")).to_have_attribute("data-selected", "true")
    assert visitor.middle(visitor.node("layer_3")) == pytest.approx(before, abs=2)
    page.locator(".pane").focus()
    keys.press("Control+z")
    expect(visitor.node("flatten")).to_have_count(0)
    keys.press("Control+z")
    expect(visitor.node("layer_2")).not_to_have_attribute("data-bypassed", "true")
    visitor.settle()
    page.reload()
    visitor.is_at("Design")
    page.locator(".pane").focus()
    keys.press("Control+y")
    expect(visitor.node("layer_2")).to_have_attribute("data-bypassed", "true")
    visitor.settle()
    assert designer.document(project).nodes["n2"].bypassed
