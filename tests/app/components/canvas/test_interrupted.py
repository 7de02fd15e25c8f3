"""Gestures that end otherwise than they began, and elements that go while others are there."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from tests.app.components.test_overtaken import COMPONENTS, SCRIPTS

if TYPE_CHECKING:
    from .conftest import Hand

pytestmark = pytest.mark.e2e

BUNDLE = "canvas/frontend_dist/canvas-*.js"


def test_a_card_deleted_while_it_is_dragged_holds_nothing_back(hand: "Hand") -> None:
    hand.open("chain")
    before = hand.middle(hand.node("scores"))
    end = (before[0] - 60, before[1] + 120)
    hand.drag(before, end, drop=False)
    hand.page.keyboard.press("Delete")
    expect(hand.node("scores")).to_have_count(0)
    hand.page.mouse.move(end[0] + 1, end[1])
    hand.page.mouse.up()
    hand.committed(1)
    assert hand.names() == ["hidden", "image"]
    hand.page.keyboard.press("Control+z")
    hand.committed(2)
    assert hand.middle(hand.node("scores")) == pytest.approx(before, abs=1), "it was never dropped elsewhere"


def test_a_note_is_made_larger_in_one_step_and_sent_once(hand: "Hand") -> None:
    hand.open()
    page = hand.page
    hand.pane.click(position={"x": 300, "y": 200})
    page.keyboard.press("n")
    page.keyboard.type("Why?")
    page.keyboard.press("Escape")
    hand.settle()
    rev = hand.rev
    small = page.locator(".sticky").bounding_box()
    assert small is not None
    x, y = hand.middle(page.locator(".sticky-size"))
    page.clock.install()
    hand.drag((x, y), (x + 40, y + 30), drop=False)
    page.clock.fast_forward(1500)
    page.mouse.move(x + 80, y + 60)
    expect(page.locator(".sticky")).not_to_have_css("width", f"{small['width']}px")
    assert hand.rev == rev, "nothing is sent while the mouse is down"
    page.mouse.up()
    page.clock.resume()
    hand.committed(rev + 1)
    page.keyboard.press("Control+z")
    hand.committed(rev + 2)
    assert page.locator(".sticky").bounding_box() == pytest.approx(small)


@pytest.mark.parametrize(("key", "name"), [("Enter", "features"), ("Escape", "hidden")])
def test_the_end_of_a_new_name_is_one_end(hand: "Hand", key: str, name: str) -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.committed(1)
    hand.page.keyboard.press("F2")
    hand.page.get_by_label("Name of the layer").fill("features")
    hand.page.keyboard.press(key)
    expect(hand.node(name)).to_be_visible()
    hand.settle()
    assert hand.names() == sorted([name, "image", "scores"])
    if name == "features":
        hand.page.keyboard.press("Control+z")
        expect(hand.node("hidden")).to_be_visible()
    expect(hand.page.get_by_role("button", name="Undo")).to_be_disabled()


LATE_GOODBYE = """async ([script, data]) => {
  const file = new Blob([script], { type: "text/javascript" });
  const { default: render } = await import(URL.createObjectURL(file));
  let sent;
  const said = new Promise((done) => { sent = done; });
  const setStateValue = (_, doc) => sent(doc);
  const call = (parentElement, more) =>
    render({ data: { ...data, ...more }, parentElement, setStateValue, setTriggerValue() {} });
  const [old, fresh] = [0, 1].map(() => document.body.appendChild(document.createElement("main")));
  const goodbye = call(old, {});
  call(fresh, {});
  old.remove();
  goodbye();
  call(fresh, { commands: [{ id: 1, op: "add_node", node: { layer: "Dense" } }] });
  const never = new Promise((done) => setTimeout(() => done({ nodes: [] }), 3000));
  return (await Promise.race([said, never])).nodes.length;
}"""


def test_the_goodbye_of_old_elements_does_not_silence_new_ones(browser: Browser) -> None:
    page = browser.new_page()
    (file,) = Path(COMPONENTS).glob(BUNDLE)
    found = page.evaluate(LATE_GOODBYE, [file.read_text(encoding="utf-8"), SCRIPTS[BUNDLE]])
    page.close()
    assert found == 1


DRAWN = """async ([script, data]) => {
  const file = new Blob([script], { type: "text/javascript" });
  const { default: render } = await import(URL.createObjectURL(file));
  const parentElement = document.body.appendChild(document.createElement("main"));
  const doc = { nodes: [{ id: "a", layer: "Dense", name: "a" }], edges: [] };
  window.say = (notes) =>
    void render({ data: { ...data, doc, notes }, parentElement, setStateValue() {}, setTriggerValue() {} });
  window.say({ a: { outputs: { output: "batch × 8" } } });
}"""


def test_the_mark_of_a_new_size_does_not_outlive_the_size(browser: Browser) -> None:
    page = browser.new_page()
    (file,) = Path(COMPONENTS).glob(BUNDLE)
    page.evaluate(DRAWN, [file.read_text(encoding="utf-8"), SCRIPTS[BUNDLE]])
    shape, marked = page.locator(".card-shape"), page.locator("[data-changed]")
    expect(shape).to_have_text("batch × 8")
    page.evaluate("() => say({ a: { outputs: { output: 'batch × 16' } } })")
    expect(marked).to_have_count(1)
    page.evaluate("() => say({})")
    expect(shape).to_have_text("no shape yet")
    expect(marked).to_have_count(0)
    page.close()


def test_what_was_focused_once_does_not_move_the_view_again(hand: "Hand") -> None:
    hand.open("chain")
    page = hand.page
    page.get_by_role("button", name="Focus", exact=True).click()
    hand.committed(1)
    x, y = hand.place(0.5, 0.8)
    hand.drag((x, y), (x - 250, y - 60))
    hand.settle()
    seen = hand.middle(hand.node("scores"))
    assert seen != pytest.approx(hand.place(0.5, 0.5), abs=40)
    page.get_by_text("Elsewhere").click()
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    page.get_by_text("Canvas", exact=True).first.click()
    expect(hand.node("scores")).to_be_visible()
    hand.settle()
    assert hand.middle(hand.node("scores")) == pytest.approx(seen, abs=1)


def test_copies_of_another_design_lie_beside_each_other(hand: "Hand") -> None:
    hand.open("chain")
    page, keys = hand.page, hand.page.keyboard
    page.get_by_text("document").click()
    hand.node("hidden").click()
    keys.press("Control+x")
    for _ in range(2):
        keys.press("Control+v")
    expect(hand.node("hidden_1")).to_be_visible()
    hand.settle()
    nodes = json.loads(page.get_by_test_id("stCode").inner_text())["nodes"]
    one, other = [node for node in nodes if node["name"].startswith("hidden")]
    assert (other["x"] - one["x"], other["y"] - one["y"]) == (32, 32)
