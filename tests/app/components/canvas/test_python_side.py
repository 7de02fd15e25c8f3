"""What Python and the browser say to each other, in a real browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .conftest import Hand

pytestmark = pytest.mark.e2e


def press(hand: "Hand", name: str) -> None:
    hand.page.get_by_role("button", name=name, exact=True).click()


def test_a_command_is_carried_out_once_and_can_be_undone(hand: "Hand") -> None:
    hand.open("chain")
    press(hand, "Rename")
    expect(hand.node("renamed")).to_contain_text("units 99")
    hand.committed(1)
    for count in (1, 2, 3):
        press(hand, "Add one")
        expect(hand.page.locator("[data-node-name]")).to_have_count(3 + count)
    hand.settle()
    assert hand.names() == ["dense", "dense_1", "dense_2", "image", "renamed", "scores"]
    hand.node("image").click()
    for _ in range(4):
        hand.page.keyboard.press("Control+z")
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]


def test_commands_pressed_quickly_are_all_carried_out(hand: "Hand") -> None:
    hand.open("chain")
    press(hand, "Add one")
    hand.node("image").click()
    press(hand, "Rename")
    expect(hand.node("renamed")).to_be_visible()
    hand.settle()
    assert hand.names() == ["dense", "image", "renamed", "scores"]
    assert hand.probe("selected") == "image"


def test_replace_is_one_step(hand: "Hand") -> None:
    hand.open()
    hand.page.locator('[data-layer="Dense"]').dblclick()
    hand.committed(1)
    press(hand, "Replace")
    expect(hand.node("hidden")).to_be_visible()
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]
    hand.page.locator(".pane").focus()
    hand.page.keyboard.press("Control+z")
    expect(hand.node("dense")).to_be_visible()
    hand.settle()
    assert hand.names() == ["dense"]


def test_focus_brings_a_node_into_sight_and_selects_it(hand: "Hand") -> None:
    hand.open("chain")
    x, y = hand.place(0.5, 0.5)
    for _ in range(3):
        hand.drag((x, y + 150), (x - 300, y + 150))
    press(hand, "Focus")
    hand.committed(1)
    assert hand.probe("selected") == "scores"
    seen = hand.middle(hand.node("scores"))
    assert seen == pytest.approx(hand.place(0.5, 0.5), abs=4)


def test_undo_and_view_survive_a_page_switch(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.page.keyboard.press("Delete")
    hand.settle()
    hand.page.get_by_role("button", name="Zoom in").click()
    zoom = hand.page.get_by_label("Full size").inner_text()
    hand.page.get_by_text("Elsewhere").click()
    expect(hand.page.get_by_text("Nothing here.")).to_be_visible()
    hand.page.get_by_text("Canvas", exact=True).first.click()
    expect(hand.node("image")).to_be_visible()
    hand.settle()
    assert hand.names() == ["image", "scores"]
    expect(hand.page.get_by_label("Full size")).to_have_text(zoom)
    hand.page.locator(".pane").focus()
    hand.page.keyboard.press("Control+z")
    expect(hand.node("hidden")).to_be_visible()
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]


def test_a_reload_shows_the_document_that_python_gives(hand: "Hand") -> None:
    hand.open("chain")
    hand.node("hidden").click()
    hand.page.keyboard.press("Delete")
    hand.settle()
    hand.page.reload()
    expect(hand.node("hidden")).to_be_visible(timeout=20_000)
    hand.settle()
    assert hand.names() == ["hidden", "image", "scores"]
    assert hand.rev == 0


def test_a_new_epoch_opens_the_document_anew(hand: "Hand") -> None:
    hand.open("chain")
    press(hand, "Add one")
    expect(hand.node("dense")).to_be_visible()
    hand.settle()
    press(hand, "Open anew")
    hand.settle()
    assert hand.names() == ["dense", "hidden", "image", "scores"], "the page keeps what it was told"
    expect(hand.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_an_edit_does_not_move_the_view(hand: "Hand") -> None:
    hand.open("chain")
    before = hand.middle(hand.node("image"))
    press(hand, "Rename")
    expect(hand.node("renamed")).to_be_visible()
    hand.settle()
    assert hand.middle(hand.node("image")) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme(hand: "Hand", theme: str) -> None:
    hand.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    hand.open("chain")
    expect(hand.page.locator(".canvas")).to_have_attribute("data-theme", theme)
