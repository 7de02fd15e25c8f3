"""A design without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_layers_are_added_connected_deleted_and_brought_back_by_keys(
    visitor: Visitor, designer: Designer
) -> None:
    project_id = designer.projects.create("By keys").id
    visitor.open(project_id)
    keys = visitor.page.keyboard
    visitor.page.locator(".pane").focus()
    for layer, name in (("input", "input"), ("flatten", "flatten"), ("dense", "dense")):
        visitor.quick_add(layer)
        expect(visitor.node(name)).to_have_attribute("data-selected", "true")
        visitor.settle()
    for choice, wires in (("← flatten · output", 1), ("← input · output", 2)):
        keys.press("c")
        expect(visitor.page.get_by_test_id("connect-to")).to_be_visible()
        _choose(visitor, choice)
        expect(visitor.page.locator(".react-flow__edge")).to_have_count(wires)
        _walk_to(visitor, "flatten")

    keys.press("Delete")
    expect(visitor.node("flatten")).to_have_count(0)
    expect(visitor.page.locator(".react-flow__edge")).to_have_count(0)
    keys.press("Control+z")
    expect(visitor.node("flatten")).to_be_visible()
    expect(visitor.page.locator(".react-flow__edge")).to_have_count(2)
    visitor.settle()
    document = designer.document(project_id)
    names = {node.id: node.name for node in document.nodes.values()}
    wires = {(names[edge.source], names[edge.target]) for edge in document.edges.values()}
    assert wires == {("input", "flatten"), ("flatten", "dense")}

    # Enter once more leads from the card into its form, Escape back; what was typed is kept.
    _walk_to(visitor, "dense")
    keys.press("Enter")
    expect(visitor.page.get_by_label("name", exact=True)).to_be_focused()
    expect(visitor.page.get_by_label("name", exact=True)).to_have_value("dense")
    expect(visitor.page.get_by_test_id("announcer")).to_contain_text("Form of dense. Escape goes back")
    keys.type("scores")
    keys.press("Tab")
    keys.press("Escape")
    expect(visitor.page.locator(".react-flow__node:focus", has=visitor.node("scores"))).to_be_visible()
    expect(visitor.page.get_by_test_id("announcer")).to_contain_text("Back at Dense")
    visitor.settle()
    assert "scores" in designer.document(project_id).names()


def _choose(visitor: Visitor, choice: str) -> None:
    """Goes down the open list to a choice, and takes it."""
    options = visitor.page.get_by_role("option")
    place = options.all_inner_texts().index(choice)
    for _ in range(place):
        visitor.page.keyboard.press("ArrowDown")
    expect(options.nth(place)).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("Enter")


def _walk_to(visitor: Visitor, name: str) -> None:
    """Moves the focus from card to card until it is on the wanted one, and selects it."""
    visitor.page.locator(".pane").focus()
    wanted = visitor.page.locator(".react-flow__node:focus", has=visitor.node(name))
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        if wanted.count():
            break
    if visitor.node(name).get_attribute("data-selected") is None:
        visitor.page.keyboard.press("Enter")
    expect(visitor.node(name)).to_have_attribute("data-selected", "true")
