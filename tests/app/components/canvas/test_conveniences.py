"""What makes work quick: commands by name, layers put into wires, bypass, notes, lining up, wired copies."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .conftest import Hand

pytestmark = pytest.mark.e2e


def _document(hand: "Hand") -> dict[str, Any]:
    hand.settle()
    return json.loads(hand.page.get_by_test_id("stCode").inner_text())


def _wires(document: dict[str, Any]) -> set[tuple[str, str]]:
    names = {node["id"]: node["name"] for node in document["nodes"]}
    return {(names[edge["source"]], names[edge["target"]]) for edge in document["edges"]}


def test_a_design_is_worked_on_with_everything_at_hand(hand: "Hand") -> None:
    hand.open("chain")
    page, keys = hand.page, hand.page.keyboard
    page.get_by_text("document").click()

    # A layer of the palette is dropped on a wire, another goes into a wire that is selected.
    start, end = hand.middle(hand.port("image", "out")), hand.middle(hand.port("hidden", "in"))
    entry = page.locator('[data-layer="Dropout"]')
    entry.scroll_into_view_if_needed()
    hand.drag(hand.middle(entry), ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    expect(hand.node("dropout")).to_be_visible()
    assert _wires(_document(hand)) == {("image", "dropout"), ("dropout", "hidden")}
    page.get_by_label("Wire from dropout output to hidden inputs").focus()
    keys.press("Enter")
    hand.quick_add("flatten")
    assert _wires(_document(hand)) == {("image", "dropout"), ("dropout", "flatten"), ("flatten", "hidden")}
    expect(page.get_by_test_id("announcer")).to_have_text("Added flatten, wired")

    # What was used stands first, once the pointer is elsewhere; a favourite does so for good.
    page.mouse.move(*hand.place(0.5, 0.9))
    palette = page.get_by_test_id("palette")
    expect(palette.get_by_role("button", name="Recent")).to_be_visible()
    palette.get_by_role("button", name="Favourite: Conv2D").first.click()
    expect(palette.get_by_role("button", name="Favourites")).to_be_visible()

    # Find, bypass, and in again.
    keys.press("Control+f")
    keys.type("hid")
    keys.press("Enter")
    expect(hand.node("hidden")).to_have_attribute("data-selected", "true")
    keys.press("Control+b")
    expect(hand.node("hidden")).to_have_attribute("data-bypassed", "true")
    assert [node["name"] for node in _document(hand)["nodes"] if node.get("bypassed")] == ["hidden"]
    keys.press("Control+b")
    expect(hand.node("hidden")).not_to_have_attribute("data-bypassed", "true")

    # A copy that keeps its incoming wire.
    keys.press("Control+c")
    keys.press("Control+Shift+V")
    expect(hand.node("hidden_1")).to_be_visible()
    assert ("flatten", "hidden_1") in _wires(_document(hand))


def test_words_lines_and_a_grid_are_at_hand(hand: "Hand") -> None:
    hand.open("chain")
    page, keys = hand.page, hand.page.keyboard
    page.get_by_text("document").click()
    hand.pane.click(position={"x": 20, "y": 20})

    # Words on the canvas, written at once.
    keys.press("n")
    keys.type("Why this width?")
    keys.press("Escape")
    expect(page.locator(".sticky-text")).to_have_text("Why this width?")
    (sticky,) = _document(hand)["sticky_notes"]
    assert sticky["text"] == "Why this width?"
    keys.press("Delete")
    expect(page.locator(".sticky")).to_have_count(0)

    # Commands by name: all in one line, and the step is one.
    keys.press("Control+a")
    expect(page.get_by_test_id("selection-bar")).to_contain_text("3 selected")
    keys.press("Control+k")
    keys.type("left edges")
    keys.press("Enter")
    expect(page.get_by_test_id("announcer")).to_have_text("Left edges aligned")
    assert len({node["x"] for node in _document(hand)["nodes"]}) == 1
    keys.press("Control+z")
    assert len({node["x"] for node in _document(hand)["nodes"]}) > 1

    # On the grid, when it is asked for.
    keys.press("Escape")
    keys.press("g")
    expect(page.get_by_role("button", name="Snap to the grid")).to_have_attribute("aria-pressed", "true")
    x, y = hand.middle(hand.node("scores"))
    hand.drag((x, y), (x + 47, y + 31))
    (moved,) = [node for node in _document(hand)["nodes"] if node["name"] == "scores"]
    assert (moved["x"] % 20, moved["y"] % 20) == (0, 0)


def test_the_keys_lead_from_problem_to_problem(hand: "Hand") -> None:
    hand.open("gallery")
    keys = hand.page.keyboard
    hand.page.locator(".pane").focus()
    panel = hand.page.get_by_test_id("problems")
    keys.press("F8")
    expect(panel).to_contain_text("Turn on return_sequences in reader.")
    expect(hand.node("attention")).to_have_attribute("data-selected", "true")
    keys.press("F8")
    expect(panel).to_contain_text("Set the input's dtype to int32.")
    expect(hand.page.get_by_test_id("announcer")).to_contain_text(
        "embedding: warning: The input holds decimal"
    )
    keys.press("Escape")
    expect(panel).to_have_count(0)
    hand.settle()
    assert hand.probe("selected") == "embedding"


def test_the_tools_stay_in_sight_where_there_is_little_room(hand: "Hand") -> None:
    hand.open("chain")
    hand.pane.click(position={"x": 20, "y": 20})
    hand.page.keyboard.press("Control+a")
    bars = [hand.page.get_by_test_id("selection-bar"), hand.page.get_by_role("toolbar", name="Canvas tools")]
    tall = []
    for width in (1440, 560):
        hand.page.set_viewport_size({"width": width, "height": 900})
        if width < 1000:
            expect(hand.canvas).to_have_attribute("data-narrow", "true")
        pane = hand.pane.bounding_box()
        assert pane is not None
        for bar in bars:
            box = bar.bounding_box()
            assert box is not None
            assert pane["x"] <= box["x"]
            assert box["x"] + box["width"] <= pane["x"] + pane["width"]
            tall.append(box["height"])
    assert tall[0] == tall[1], "one row where there is room"


def test_what_another_tab_keeps_is_seen_here(hand: "Hand") -> None:
    hand.open("chain")
    hand.page.locator(".pane").focus()
    other = hand.page.context.new_page()
    other.goto(f"{hand.address}/_stcore/health")
    keep = "([key, text]) => localStorage.setItem(`layerloom:${key}`, text)"
    other.evaluate(keep, ["layers", json.dumps({"favourites": ["Conv2D"], "recent": []})])
    other.evaluate(keep, ["snap", "on"])
    expect(hand.page.get_by_role("button", name="Favourites")).to_be_visible()
    # A switch goes the other way of what it shows, whatever another tab has switched meanwhile.
    snap = hand.page.get_by_role("button", name="Snap to the grid")
    expect(snap).to_have_attribute("aria-pressed", "false")
    hand.page.keyboard.press("g")
    expect(snap).to_have_attribute("aria-pressed", "true")
