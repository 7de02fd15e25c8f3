"""A design mended, thinned out and wired by the rules of its tensors; the way back survives a reload."""

import pytest
from playwright.sync_api import expect

from graph_compiler import keras_code
from graph_compiler.document import Group
from tests.e2e.conftest import Designer
from tests.e2e.test_mistakes import CLASSES, PICTURE, chain
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_a_problem_is_mended_at_its_card_and_undone_after_a_reload(
    visitor: Visitor, designer: Designer
) -> None:
    conv = ("Conv2D", {"filters": 4, "kernel_size": 3})
    design = chain(PICTURE, conv, ("Flatten", {}), CLASSES)
    encoder = Group(id="g", title="encoder", nodes=("n1", "n2"))
    design = design.model_copy(update={"groups": {"g": encoder}})
    project = designer.projects.create("Mended at the card", design).id
    visitor.open(project)
    page, keys = visitor.page, visitor.page.keyboard
    expect(visitor.port("layer_1", "out")).to_have_attribute("data-kind", "image")
    expect(visitor.port("layer_1", "in")).to_have_attribute("data-kind", "image")
    expect(visitor.port("layer_3", "out")).to_have_attribute("data-kind", "features")

    # A frame lies around the cards that belong together.
    _lies_around(visitor, "encoder", "layer_1", "layer_2")

    # Without Flatten the answer has too many axes; the model and its code are made without it.
    visitor.select("layer_2")
    _press(visitor, "Control+b")
    visitor.shape_is("layer_3", "26 × 26 × 10")
    expect(visitor.node("layer_3")).to_have_attribute("data-state", "error")
    visitor.settle()
    assert designer.document(project).nodes["n2"].bypassed
    expect(page.get_by_label("Bypassed", exact=True)).to_be_checked()

    # The problem, its fix, and what that will do.
    _press(visitor, "F8")
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
    assert mended.groups == {"g": encoder}

    # View, selection and the way back are there after a reload; redo is, too.
    keys.press("-")
    before = visitor.middle(visitor.node("layer_3"))
    _reload(visitor)
    expect(visitor.node("layer_3")).to_have_attribute("data-selected", "true")
    assert visitor.middle(visitor.node("layer_3")) == pytest.approx(before, abs=2)
    _press(visitor, "Control+z")
    expect(visitor.node("flatten")).to_have_count(0)
    keys.press("Control+z")
    expect(visitor.node("layer_2")).not_to_have_attribute("data-bypassed", "true")
    visitor.settle()
    _reload(visitor)
    _press(visitor, "Control+y")
    expect(visitor.node("layer_2")).to_have_attribute("data-bypassed", "true")
    visitor.settle()
    assert designer.document(project).nodes["n2"].bypassed


def _press(visitor: Visitor, key: str) -> None:
    visitor.page.locator(".pane").focus()
    visitor.page.keyboard.press(key)


def _reload(visitor: Visitor) -> None:
    visitor.page.reload()
    visitor.is_at("Design")


def _lies_around(visitor: Visitor, title: str, *names: str) -> None:
    frame = visitor.page.locator(f'[data-frame="{title}"]').bounding_box()
    assert frame
    for name in names:
        card = visitor.node(name).bounding_box()
        assert card
        assert frame["x"] < card["x"] < card["x"] + card["width"] < frame["x"] + frame["width"]
        assert frame["y"] < card["y"] < card["y"] + card["height"] < frame["y"] + frame["height"]
