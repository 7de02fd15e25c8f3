"""The canvas without a mouse."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .conftest import Hand

pytestmark = pytest.mark.e2e


def test_a_design_is_built_with_keys_alone(hand: "Hand") -> None:
    hand.open()
    hand.page.locator(".pane").focus()
    hand.quick_add("input")
    hand.quick_add("dense")
    expect(hand.node("dense")).to_be_visible()
    hand.page.keyboard.press("c")
    expect(hand.page.get_by_test_id("connect-to")).to_be_visible()
    expect(hand.page.get_by_role("option")).to_have_text(["← input · output"])
    hand.page.keyboard.press("Enter")
    hand.settle()
    assert (hand.names(), hand.probe("wires")) == (["dense", "input"], "1")
    expect(hand.page.get_by_test_id("announcer")).to_have_text("Wired dense from input")


def test_the_focus_walks_over_cards_and_enter_selects(hand: "Hand") -> None:
    hand.open("chain")
    hand.page.locator(".pane").focus()
    hand.page.keyboard.press("Tab")
    for _ in range(6):
        if hand.page.locator(".react-flow__node:focus").count():
            break
        hand.page.keyboard.press("Tab")
    hand.page.keyboard.press("Enter")
    hand.settle()
    assert hand.probe("selected") == "image"
    before = hand.middle(hand.node("image"))
    hand.page.keyboard.press("ArrowDown")
    hand.page.keyboard.press("ArrowDown")
    hand.settle()
    assert hand.middle(hand.node("image"))[1] > before[1]
    hand.page.keyboard.press("Control+z")
    hand.settle()
    assert hand.middle(hand.node("image")) == pytest.approx(before, abs=1), "nudges in a row are one step"


def test_tab_opens_the_list_for_the_mouse_and_moves_on_for_the_keys(hand: "Hand") -> None:
    hand.open()
    hand.pane.click(position={"x": 60, "y": 60})
    hand.page.keyboard.press("Tab")
    expect(hand.page.get_by_test_id("quick-add")).to_be_visible()
    hand.page.keyboard.press("Escape")
    expect(hand.page.get_by_test_id("quick-add")).to_have_count(0)
    hand.page.keyboard.press("Shift+Tab")
    hand.page.keyboard.press("Tab")
    expect(hand.page.get_by_test_id("quick-add")).to_have_count(0)


def test_double_click_on_the_canvas_adds_at_the_pointer(hand: "Hand") -> None:
    hand.open()
    hand.page.mouse.dblclick(*hand.place(0.3, 0.7))
    hand.page.locator('[data-choice="Flatten"]').click()
    hand.committed(1)
    x, y = hand.middle(hand.node("flatten"))
    wanted = hand.place(0.3, 0.7)
    assert abs(x - wanted[0]) + abs(y - wanted[1]) < 30


def test_the_keys_of_streamlit_are_not_pressed_by_ours(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.committed(1)
    hand.page.keyboard.press("c")
    expect(hand.page.get_by_test_id("connect-to")).to_be_visible()
    expect(hand.page.get_by_role("dialog", name="Clear caches")).to_have_count(0)


def test_the_help_lists_the_keys(hand: "Hand") -> None:
    hand.open()
    hand.pane.click(position={"x": 60, "y": 60})
    hand.page.keyboard.press("Shift+?")
    expect(hand.page.get_by_test_id("help")).to_contain_text("Connect the selected layer to…")
    hand.page.keyboard.press("Escape")
    expect(hand.page.get_by_test_id("help")).to_have_count(0)


def test_several_cards_are_selected_by_keys(hand: "Hand") -> None:
    hand.open("chain")
    keys = hand.page.keyboard
    card = hand.page.locator(".react-flow__node")
    card.filter(has=hand.node("image")).focus()
    keys.press("Enter")
    card.filter(has=hand.node("scores")).focus()
    keys.press("Shift+Enter")
    expect(hand.page.get_by_test_id("announcer")).to_have_text("Added to the selection: 2 selected")
    card.filter(has=hand.node("hidden")).focus()
    keys.press("Shift+Space")
    hand.settle()
    assert hand.probe("selected") == "hidden,image,scores"
    keys.press("Shift+Enter")
    hand.settle()
    assert hand.probe("selected") == "image,scores"


@pytest.mark.parametrize(
    ("keys", "box", "inside"),
    [("Shift+?", "help", "h3"), ("Control+Shift+s", "save-block", ".block-words"), ("/", "quick-add", "svg")],
)
def test_escape_closes_what_was_clicked_into(hand: "Hand", keys: str, box: str, inside: str) -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.committed(1)
    hand.page.keyboard.press(keys)
    opened = hand.page.get_by_test_id(box)
    opened.locator(inside).first.click()
    hand.page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(hand.page.locator(".pane")).to_be_focused()


def test_keys_in_the_toolbar_leave_cards_alone_unless_it_was_clicked(hand: "Hand") -> None:
    hand.open("chain")
    keys = hand.page.keyboard
    hand.node("hidden").click()
    hand.committed(1)
    hand.page.get_by_role("button", name="Zoom in").click()
    keys.press("ArrowDown")
    hand.committed(2)
    keys.press("Shift+Tab")
    expect(hand.page.get_by_role("button", name="Full size")).to_be_focused()
    keys.press("Delete")
    keys.press("ArrowDown")
    hand.settle()
    assert (hand.names(), hand.rev) == (["hidden", "image", "scores"], 2)


def test_the_same_words_are_said_each_time(hand: "Hand") -> None:
    hand.open("chain")
    hand.page.locator(".pane").focus()
    said = hand.page.get_by_test_id("announcer").locator("*")
    hand.page.keyboard.press("F8")
    expect(said).to_have_text("No problems.")
    said.evaluate("said => { said.dataset.heard = true; }")
    hand.page.keyboard.press("F8")
    expect(hand.page.locator("[data-heard]")).to_have_count(0)
    expect(said).to_have_text("No problems.")


def test_a_finding_is_read_out_and_shown(hand: "Hand") -> None:
    hand.open("gallery")
    card = hand.node("attention")
    expect(card).to_have_attribute("data-state", "error")
    expect(card.get_by_test_id("badge")).to_contain_text("error: query has 2 axes")
    card.get_by_test_id("badge").hover()
    expect(hand.page.get_by_text("Turn on return_sequences in reader.")).to_be_visible()
