"""What was drawn stays: through reloads, page switches and a second tab."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import free_port, until
from tests.e2e.conftest import Designer, NewVisitor, running_designer
from tests.e2e.test_mistakes import CLASSES, chain
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e


def _add(visitor: Visitor, layer: str, name: str, at: tuple[float, float]) -> None:
    visitor.drag_layer(layer, *at)
    expect(visitor.node(name)).to_be_visible()
    visitor.settle()


def test_a_reload_keeps_the_design(visitor: Visitor, designer: Designer) -> None:
    visitor.open(designer.projects.create("Reloaded").id)
    _add(visitor, "InputLayer", "input", (0.3, 0.3))
    _add(visitor, "Dense", "dense", (0.7, 0.3))
    visitor.wire(visitor.port("input", "out"), visitor.port("dense", "in"))
    visitor.settle()
    visitor.select("input")
    visitor.fill("shape", "5")
    visitor.shape_is("dense", "32")
    visitor.settle()
    visitor.page.reload()
    visitor.is_at("Design")
    expect(visitor.page.locator("[data-node-name]")).to_have_count(2)
    expect(visitor.page.locator(".react-flow__edge")).to_have_count(1)
    visitor.shape_is("input", "5")
    visitor.shape_is("dense", "32")


def test_undo_works_after_going_to_another_page_and_back(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.projects.create("Undone").id
    visitor.open(project_id)
    _add(visitor, "Dense", "dense", (0.3, 0.3))
    _add(visitor, "Flatten", "flatten", (0.7, 0.3))
    for page in ("Data", "Train", "Export", "Design"):
        visitor.go(page)
    expect(visitor.page.locator("[data-node-name]")).to_have_count(2)
    visitor.pane.click(position={"x": 10, "y": 10})
    visitor.page.keyboard.press("Control+z")
    expect(visitor.node("flatten")).to_have_count(0)
    visitor.page.keyboard.press("Control+z")
    expect(visitor.page.locator("[data-node-name]")).to_have_count(0)
    visitor.settle()
    visitor.page.keyboard.press("Control+y")
    expect(visitor.node("dense")).to_be_visible()
    visitor.settle()
    assert [node.name for node in designer.document(project_id).nodes.values()] == ["dense"]


SOCKETS = """(() => {
  const Socket = window.WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Socket {
    constructor(...given) { super(...given); window.sockets.push(this); }
  };
})()"""
"""Keeps the connections of a page, so that a test can cut them."""


def test_an_edit_underway_outlives_page_switches_and_a_cut_connection(
    visitor: Visitor, designer: Designer
) -> None:
    page, keys = visitor.page, visitor.page.keyboard
    page.add_init_script(SOCKETS)
    project_id = designer.projects.create("In mid-edit", chain(("InputLayer", {"shape": [8]}), CLASSES)).id
    visitor.open(project_id)
    begun = designer.document(project_id)
    units = page.get_by_label("units", exact=True)
    undo = page.get_by_role("button", name="Undo", exact=True)
    visitor.select("layer_1")
    keys.press("-")
    page.mouse.move(5, 5)
    seen = visitor.middle(visitor.node("layer_1"))

    def nothing_has_moved() -> None:
        expect(visitor.node("layer_1")).to_have_attribute("data-selected", "true")
        assert visitor.middle(visitor.node("layer_1")) == pytest.approx(seen, abs=1)

    # The page is left while the command of the form is on its way to the canvas.
    visitor.painted()
    visitor.type_and_go("units", "20", "Data")
    visitor.go("Design")
    expect(units).to_have_value("20")
    nothing_has_moved()

    # The connection is cut; edits on the canvas and in the form reach the server when it is back.
    page.evaluate("() => window.sockets.at(-1).close()")
    page.locator(".pane").focus()
    keys.press("Control+d")
    expect(visitor.node("layer_2")).to_have_attribute("data-selected", "true")
    until(lambda: "layer_2" in designer.document(project_id).names(), "the copy is stored")
    visitor.select("layer_1")
    visitor.settle()
    page.evaluate("() => window.sockets.at(-1).close()")
    visitor.fill("units", "33")
    until(lambda: designer.document(project_id).nodes["n1"].params["units"] == 33, "what was typed is stored")
    visitor.settle()
    nothing_has_moved()

    # Three edits were made, and three steps lead back.
    page.locator(".pane").focus()
    for _ in range(3):
        expect(undo).to_be_enabled()
        keys.press("Control+z")
        visitor.settle()
    expect(undo).to_be_disabled()
    until(lambda: designer.document(project_id) == begun, "the design as it was")
    # The page rightly complains that there was no server to talk to.
    visitor.complaints.clear()


def test_the_second_tab_is_told_and_loses_nothing(designer: Designer, new_visitor: NewVisitor) -> None:
    project_id = designer.projects.create("Two tabs").id
    first, second = new_visitor(designer), new_visitor(designer)
    first.open(project_id)
    second.open(project_id)
    _add(first, "Dense", "dense", (0.3, 0.3))
    _add(second, "Flatten", "flatten", (0.7, 0.3))
    expect(second.page.get_by_text("This project was changed in another tab.")).to_be_visible()
    expect(second.node("flatten")).to_be_visible()
    assert [node.name for node in designer.document(project_id).nodes.values()] == ["dense"]

    second.page.get_by_role("button", name="Keep mine as a copy").click()
    expect(second.page.get_by_text("This project was changed in another tab.")).to_have_count(0)
    second.settle()
    assert second.project_id != project_id
    assert [node.name for node in designer.document(second.project_id).nodes.values()] == ["flatten"]

    # A tab in which nothing is drawn sees what another one saves, without a click.
    third = new_visitor(designer)
    third.open(project_id)
    expect(third.node("dense")).to_be_visible()
    third.select("dense")
    seen = third.middle(third.node("dense"))
    _add(first, "Dropout", "dropout", (0.7, 0.3))
    expect(third.node("dropout")).to_be_visible(timeout=20_000)
    # It is one step of its undo, and moves nothing.
    assert third.middle(third.node("dense")) == pytest.approx(seen, abs=1)
    expect(third.node("dense")).to_have_attribute("data-selected", "true")
    third.settle()
    third.page.locator(".pane").focus()
    third.page.keyboard.press("Control+z")
    expect(third.node("dropout")).to_have_count(0)
    until(lambda: designer.document(project_id).names() == {"dense"}, "the step taken back is stored")


def test_a_value_is_kept_by_going_elsewhere_right_after_typing(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.new_project("digits_mlp")
    code = visitor.page.get_by_test_id("stCode")
    for value in (41, 42):
        visitor.open(project_id, "train")
        visitor.painted()
        visitor.type_and_go("Epochs", str(value), "Export")
        expect(code.first).to_contain_text(f"epochs={value}")

        visitor.go("Design")
        visitor.select("hidden")
        visitor.painted()
        visitor.type_and_go("units", str(value), "Export")
        expect(code.first).to_contain_text(f"Dense({value}")
        visitor.go("Design")
        visitor.shape_is("hidden", str(value))


CLICK_WHEN_DRAWN = """(canvas, page) => new MutationObserver((_, watch) => {
  if (!canvas.querySelector("[data-node-name]")) return;
  watch.disconnect();
  const links = [...document.querySelectorAll("[data-testid=stTopNavLink]")];
  links.find(link => link.innerText.includes(page)).click();
}).observe(canvas, { childList: true, subtree: true })"""
"""Clicks on the link of another page in the moment in which the first card is drawn."""


@pytest.mark.parametrize("elsewhere", ["Projects", "Data", "Export"])
def test_a_page_opened_before_a_change_has_ended_is_shown(
    visitor: Visitor, designer: Designer, elsewhere: str
) -> None:
    project_id = designer.projects.create("Left at once").id
    visitor.open(project_id)
    visitor.canvas.evaluate(CLICK_WHEN_DRAWN, elsewhere)
    # The canvas has yet to say that it has drawn the template when it is left.
    visitor.page.locator(".st-key-begin_template_iris").get_by_role("button").click()
    visitor.is_at(elsewhere)
    visitor.go("Design")
    expect(visitor.page.locator("[data-node-name]")).to_have_count(len(designer.document(project_id).nodes))


def test_ten_fast_edits_of_mixed_kinds_are_all_kept(visitor: Visitor, designer: Designer) -> None:
    project_id = designer.new_project("iris")
    visitor.open(project_id)
    keys = visitor.page.keyboard
    visitor.canvas.evaluate("canvas => { canvas.dataset.first = true; }")
    visitor.node("hidden").click(position={"x": 40, "y": 18})
    # Nothing is waited for in between: each key comes while Python still works on the one before.
    for key in ("Control+d", "Control+d", "ArrowDown", "Delete", "Control+z", "Control+z", "Control+y"):
        keys.press(key)
    for word in ("dropout", "flatten", "dense"):
        keys.press("/")
        keys.type(word)
        keys.press("Enter")
    expect(visitor.page.locator("[data-node-name]")).to_have_count(8)
    visitor.settle()
    drawn = visitor.page.locator("[data-node-name]").evaluate_all(
        "cards => cards.map(card => card.dataset.nodeName)"
    )
    assert sorted(node.name for node in designer.document(project_id).nodes.values()) == sorted(drawn)
    # The canvas was never thrown away and drawn anew.
    expect(visitor.canvas).to_have_attribute("data-first", "true")


def test_what_is_drawn_while_the_server_is_away_is_there_when_it_is_back(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    port = free_port()
    with running_designer(tmp_path / "data", port) as designer:
        visitor = new_visitor(designer)
        visitor.open(designer.projects.create("Cut off").id)
        project_id = visitor.project_id
        _add(visitor, "Dense", "dense", (0.3, 0.3))
        # Streamlit fetches parts of itself late; one that is cut off is never fetched again.
        visitor.page.wait_for_load_state("networkidle")
        designer.server.kill()
    visitor.drag_layer("Flatten", 0.7, 0.3)
    expect(visitor.node("flatten")).to_be_visible()
    with running_designer(tmp_path / "data", port) as designer:
        visitor.settle()
        assert [node.name for node in designer.document(project_id).nodes.values()] == ["dense", "flatten"]
        visitor.page.reload()
        visitor.is_at("Design")
        expect(visitor.node("flatten")).to_be_visible()
        visitor.page.close()
    # While the server was away the browser complained, and rightly so.
    visitor.complaints.clear()
