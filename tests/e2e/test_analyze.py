"""What a design costs, in a real browser: the table, the way back to the canvas, and the comparison."""

import re

import pytest
from playwright.sync_api import expect

from graph_compiler.document import SetParam, apply
from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_a_costly_layer_is_found_and_shown(visitor: Visitor, designer: Designer) -> None:
    visitor.open(designer.new_project("mnist_cnn"))
    visitor.go("Analyze")
    expect(visitor.page.get_by_text("conv2d_1 has 79% of the multiplications")).to_be_visible()
    table = visitor.page.get_by_test_id("stDataFrame")
    # The table is a drawing; the box before a row is where somebody clicks to choose it.
    place = table.bounding_box()
    assert place is not None
    row = [node.name for node in designer.document(visitor.project_id).nodes.values()].index("conv2d_1")
    visitor.page.mouse.click(place["x"] + 17, place["y"] + 35 * (row + 1) + 18)
    visitor.page.get_by_role("button", name="Show conv2d_1 on the canvas").click()
    visitor.is_at("Design")
    expect(visitor.node("conv2d_1")).to_have_attribute("data-selected", "true")
    assert visitor.own_complaints == []


def test_a_design_is_compared_with_the_one_it_came_from(visitor: Visitor, designer: Designer) -> None:
    project = designer.projects.open(designer.new_project("mnist_cnn", "Wider"))
    conv = next(key for key, node in project.document.nodes.items() if node.name == "conv2d")
    wider, _ = apply(project.document, SetParam(node=conv, param="filters", value=24))
    designer.projects.save(project.id, wider, project.revision)
    visitor.open(project.id)
    visitor.go("Analyze")
    visitor.page.get_by_role("radio", name="Compare").click()
    chooser = visitor.page.get_by_role("combobox", name=re.compile("Compare this design with"))
    chooser.fill("MNIST: with convolutions")
    visitor.page.get_by_role("option", name=re.compile("MNIST: with convolutions")).click()
    expect(visitor.page.get_by_text("1 layer changed")).to_be_visible()
    expect(visitor.page.get_by_test_id("stCode")).to_contain_text("filters: 16 → 24")
    drawing = visitor.page.frame_locator("iframe")
    expect(drawing.get_by_text("~ filters")).to_be_visible()
    expect(drawing.get_by_text("= other output").first).to_be_visible()
