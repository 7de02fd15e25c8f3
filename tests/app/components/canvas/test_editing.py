"""The canvas under a mouse and keys, in a real browser."""

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .conftest import Hand

pytestmark = pytest.mark.e2e


def test_an_empty_canvas_says_how_to_begin(hand: "Hand") -> None:
    hand.open()
    expect(hand.page.get_by_text("Drag a layer here to begin")).to_be_visible()
    assert hand.rev == 0


def test_layers_are_dragged_from_the_palette_and_wired(hand: "Hand") -> None:
    hand.open()
    hand.drag_layer("Dense", 0.3, 0.3)
    hand.committed(1)
    hand.drag_layer("Conv2D", 0.75, 0.5)
    hand.committed(2)
    assert hand.names() == ["conv2d", "dense"]
    x, y = hand.middle(hand.node("dense"))
    wanted = hand.place(0.3, 0.3)
    assert abs(x - wanted[0]) < 20
    assert abs(y - wanted[1]) < 20

    hand.wire(hand.port("dense", "out"), hand.port("conv2d", "in"))
    hand.committed(3)
    assert hand.probe("wires") == "1"
    expect(hand.node("conv2d")).to_contain_text("batch × 8")
    assert hand.probe("runs") == "4", "each edit is one run of the page"


def test_a_new_layer_begins_with_what_the_palette_says(hand: "Hand") -> None:
    hand.open()
    hand.page.locator('[data-layer="Conv2D"]').dblclick()
    hand.committed(1)
    hand.page.get_by_text("document").click()
    (node,) = json.loads(hand.page.get_by_test_id("stCode").inner_text())["nodes"]
    assert node["params"] == {"filters": 32, "kernel_size": 3, "activation": None}
    assert (node["layer"], node["settings"], node["note"]) == ("Conv2D", {}, "")
    assert re.fullmatch(r"n_[0-9a-z]{8}", node["id"])


def test_the_palette_finds_by_few_letters_and_adds_with_enter(hand: "Hand") -> None:
    hand.open()
    search = hand.page.get_by_role("searchbox", name="Search layers")
    search.fill("mp2")
    expect(hand.page.get_by_test_id("palette").locator("[data-layer]").first).to_have_text("MaxPooling2D")
    search.press("Enter")
    hand.committed(1)
    assert hand.names() == ["max_pooling2d"]
    search.press("ArrowDown")
    hand.page.keyboard.press("Enter")
    hand.committed(2)
    assert hand.names() == ["max_pooling2d", "max_pooling2d_1"]


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("scores", "image", None),
        ("scores", "hidden", "“inputs” of hidden is taken by image: it holds one wire."),
        ("image", "hidden", "These two ports are already wired."),
    ],
)
def test_a_wire_that_cannot_be_is_refused_with_the_reason(
    hand: "Hand", source: str, target: str, reason: str | None
) -> None:
    hand.open("chain")
    if reason is None:
        hand.drag(hand.middle(hand.port(source, "out")), hand.middle(hand.node(target)))
        reason = "image has no input."
    else:
        hand.drag(hand.middle(hand.port(source, "out")), hand.middle(hand.port(target, "in")), drop=False)
        expect(hand.page.locator(".hint")).to_have_text(reason)
        hand.page.mouse.up()
    expect(hand.page.get_by_role("status").filter(has_text=reason)).to_be_visible()
    hand.settle()
    assert hand.probe("wires") == "1"
    assert hand.rev == 0


def test_a_cycle_is_refused_and_named(hand: "Hand") -> None:
    hand.open("chain")
    hand.wire(hand.port("hidden", "out"), hand.port("scores", "in"))
    hand.committed(1)
    hand.page.locator(".react-flow__edge").first.click(force=True)
    hand.page.keyboard.press("Delete")
    hand.committed(2)
    assert hand.probe("wires") == "1"
    hand.wire(hand.port("scores", "out"), hand.port("hidden", "in"))
    expect(hand.page.get_by_test_id("toast")).to_have_text(
        "This would make a cycle: hidden → scores → hidden."
    )


def test_a_wire_dropped_on_a_card_takes_the_first_port_that_fits(hand: "Hand") -> None:
    hand.open("chain")
    hand.drag(hand.middle(hand.port("hidden", "out")), hand.middle(hand.node("scores")))
    hand.committed(1)
    assert hand.probe("wires") == "2"


def test_a_wire_dropped_on_nothing_asks_for_a_layer_and_wires_it(hand: "Hand") -> None:
    hand.open("chain")
    hand.drag(hand.middle(hand.port("scores", "out")), hand.place(0.8, 0.8))
    expect(hand.page.get_by_test_id("quick-add")).to_be_visible()
    expect(hand.page.locator('[data-choice="InputLayer"]')).to_have_count(0)
    hand.page.keyboard.type("drop")
    hand.page.keyboard.press("Enter")
    hand.committed(1)
    assert "dropout" in hand.names()
    assert hand.probe("wires") == "2"


def test_the_end_of_a_wire_is_moved_to_another_port(hand: "Hand") -> None:
    hand.open("chain")
    x, y = hand.middle(hand.port("hidden", "in"))
    hand.drag((x - 14, y), hand.middle(hand.port("scores", "in")))
    hand.committed(1)
    assert hand.probe("wires") == "1"
    assert hand.page.get_by_label("Wire from image output to scores inputs").count() == 1


def test_variadic_ports_take_many_wires_in_order(hand: "Hand") -> None:
    hand.open("chain")
    hand.pane.click(position={"x": 20, "y": 20})
    hand.quick_add("concat")
    hand.committed(1)
    hand.page.get_by_role("button", name="Tidy up").click()
    hand.committed(2)
    for source in ("scores", "image"):
        hand.wire(hand.port(source, "out"), hand.port("concatenate", "in"))
    hand.committed(4)
    hand.page.get_by_text("document").click()
    design = json.loads(hand.page.get_by_test_id("stCode").inner_text())
    names = {node["id"]: node["name"] for node in design["nodes"]}
    order = {
        edge["slot"]: names[edge["source"]]
        for edge in design["edges"]
        if names[edge["target"]] == "concatenate"
    }
    assert order == {0: "scores", 1: "image"}


def test_undo_and_redo_give_back_what_delete_took(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.committed(1)
    assert hand.probe("selected") == "hidden"
    hand.page.keyboard.press("Delete")
    hand.committed(2)
    assert (hand.names(), hand.probe("wires")) == (["image", "scores"], "0")
    hand.page.keyboard.press("Control+z")
    hand.committed(3)
    assert (hand.names(), hand.probe("wires")) == (["hidden", "image", "scores"], "1")
    hand.page.keyboard.press("Control+Shift+z")
    hand.committed(4)
    assert hand.names() == ["image", "scores"]
    hand.page.keyboard.press("Control+z")
    hand.page.keyboard.press("Control+y")
    hand.page.keyboard.press("Control+z")
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]


def test_a_drag_is_one_commit_and_one_step(hand: "Hand") -> None:
    hand.open("chain")
    before = hand.middle(hand.node("scores"))
    hand.drag(before, (before[0] - 40, before[1] + 120))
    hand.committed(1)
    moved = hand.middle(hand.node("scores"))
    assert abs(moved[1] - before[1] - 120) < 12
    hand.page.keyboard.press("Control+z")
    hand.committed(2)
    assert hand.middle(hand.node("scores")) == pytest.approx(before, abs=1)


def test_what_is_dragged_falls_into_line_and_alt_leaves_it_where_it_is(hand: "Hand") -> None:
    hand.open("chain")
    x, y = hand.middle(hand.node("scores"))
    level = hand.middle(hand.node("hidden"))[1]
    hand.drag((x, y), (x, y + 90))
    hand.committed(1)
    x, y = hand.middle(hand.node("scores"))
    assert y > level + 60
    hand.drag((x, y), (x, level + 4), drop=False)
    expect(hand.page.locator('[data-guide="across"]')).to_have_count(2)
    assert hand.middle(hand.node("scores"))[1] == pytest.approx(level, abs=0.6)
    hand.page.keyboard.down("Alt")
    hand.page.mouse.move(x, level + 5)
    expect(hand.page.locator("[data-guide]")).to_have_count(0)
    assert hand.middle(hand.node("scores"))[1] > level + 1
    hand.page.keyboard.up("Alt")
    hand.page.mouse.move(x, level + 4)
    hand.page.mouse.up()
    hand.committed(2)
    expect(hand.page.locator("[data-guide]")).to_have_count(0)
    assert hand.middle(hand.node("scores"))[1] == pytest.approx(level, abs=0.6)
    hand.page.keyboard.press("Control+f")
    hand.page.keyboard.type("softmax")
    expect(hand.page.get_by_test_id("find").get_by_role("option")).to_have_text(
        ["scoresactivation softmaxDense"]
    )
    hand.page.keyboard.press("Enter")
    expect(hand.page.get_by_test_id("announcer")).to_have_text("Found scores")


MARKUP = "<img src=x onerror=alert(1)>"


def test_a_selection_is_kept_as_a_block_and_added_again(hand: "Hand") -> None:
    hand.open("chain")
    page, keys = hand.page, hand.page.keyboard
    cards = page.locator("[data-node-name]")
    hand.node("image").click()
    hand.node("hidden").click(modifiers=["Shift"])
    keys.press("Control+Shift+s")
    field = page.get_by_label("Name of the block")
    expect(field).to_be_focused()
    field.fill(" ")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    field.fill(MARKUP)
    keys.press("Enter")
    expect(page.get_by_test_id("announcer")).to_contain_text("Saved 2 layers as")
    block = page.locator("[data-block]")
    expect(block).to_have_text(MARKUP)

    # By keys, from the list of layers and from the palette; by a drag of the mouse. Each is one step of undo.
    hand.quick_add("<img")
    expect(cards).to_have_count(5)
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    expect(hand.node("hidden_1")).to_have_attribute("data-selected", "true")
    block.focus()
    keys.press("Enter")
    expect(cards).to_have_count(7)
    hand.drag(hand.middle(block), hand.place(0.5, 0.85))
    expect(cards).to_have_count(9)
    page.locator(".pane").focus()
    for count in (7, 5, 3):
        keys.press("Control+z")
        expect(cards).to_have_count(count)
    hand.settle()
    assert hand.probe("wires") == "1"

    # Kept by the browser, whatever else is written there; deleted and brought back.
    page.reload()
    expect(block).to_have_text(MARKUP)
    page.get_by_role("button", name="Delete the block").click()
    expect(block).to_have_count(0)
    page.get_by_role("button", name="Bring back").click()
    expect(block).to_have_text(MARKUP)
    page.evaluate("localStorage.setItem('layerloom:blocks', '[{\"name\": 3}, ')")
    page.reload()
    expect(hand.node("image")).to_be_visible()
    expect(page.get_by_test_id("blocks")).to_have_count(0)


def test_twelve_quick_adds_lose_none(hand: "Hand") -> None:
    hand.open()
    hand.pane.click()
    for _ in range(12):
        hand.quick_add("dense")
    expect(hand.page.locator("[data-node-name]")).to_have_count(12)
    hand.settle()
    assert len(hand.names()) == 12
    boxes = [card.bounding_box() for card in hand.page.locator("[data-node-name]").all()]
    corners = {(round(box["x"]), round(box["y"])) for box in boxes if box}
    assert len(corners) == 12, "no card hides another"


def test_copy_paste_and_duplicate_keep_the_wires_among_them(hand: "Hand") -> None:
    hand.open("chain")
    hand.pane.click(position={"x": 20, "y": 20})
    hand.page.keyboard.press("Control+a")
    hand.page.keyboard.press("Control+c")
    hand.page.keyboard.press("Control+v")
    expect(hand.page.locator("[data-node-name]")).to_have_count(6)
    hand.settle()
    assert hand.names() == ["hidden", "hidden_1", "image", "image_1", "scores", "scores_1"]
    assert hand.probe("wires") == "2"
    hand.page.keyboard.press("Delete")
    expect(hand.page.locator("[data-node-name]")).to_have_count(3)
    hand.settle()
    assert (hand.names(), hand.probe("wires")) == (["hidden", "image", "scores"], "1")
    hand.node("hidden").click()
    hand.page.keyboard.press("Control+d")
    expect(hand.node("hidden_1")).to_be_visible()
    hand.settle()
    assert hand.probe("selected") == "hidden_1"


def test_shift_drag_selects_an_area(hand: "Hand") -> None:
    hand.open("chain")
    hand.page.keyboard.down("Shift")
    x, y = hand.middle(hand.node("image"))
    end = hand.middle(hand.node("hidden"))
    hand.drag((x - 110, y - 120), (end[0], end[1] + 120))
    hand.page.keyboard.up("Shift")
    hand.committed(1)
    assert hand.probe("selected") == "hidden,image"


def test_a_name_is_changed_in_place_and_checked(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.page.keyboard.press("F2")
    field = hand.page.get_by_label("Name of the layer")
    field.fill("scores")
    expect(hand.page.get_by_role("alert")).to_have_text("Another layer is already called “scores”.")
    field.fill("features")
    field.press("Enter")
    expect(hand.node("features")).to_be_visible()
    hand.settle()
    assert hand.names() == ["features", "image", "scores"]


def test_a_name_is_text_and_never_markup(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.page.keyboard.press("F2")
    hand.page.get_by_label("Name of the layer").fill("<img src=x onerror=alert(1)>")
    expect(hand.page.get_by_role("alert")).to_contain_text("Use letters, digits and _ only")
    hand.page.keyboard.press("Escape")
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]


def test_two_clicks_wire_two_ports_for_those_who_cannot_drag(hand: "Hand") -> None:
    hand.open("chain")
    hand.port("hidden", "out").click()
    hand.port("scores", "in").click()
    expect(hand.page.locator(".react-flow__edge")).to_have_count(2)
    expect(hand.page.get_by_test_id("toast")).to_be_hidden()
    hand.settle()
    assert hand.probe("wires") == "2"
    hand.port("image", "out").click()
    hand.port("scores", "in").click()
    expect(hand.page.get_by_test_id("toast")).to_have_text(
        "“inputs” of scores is taken by hidden: it holds one wire."
    )
