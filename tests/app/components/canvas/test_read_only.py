"""Pictures of designs, in a real browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .conftest import Hand


@pytest.mark.e2e
def test_a_picture_shows_strings_as_text_and_says_what_was_clicked(hand: "Hand") -> None:
    hand.page.goto(f"{hand.address}/?design=picture")
    frame = hand.page.frame_locator("iframe[title*='streamlit_flow']")
    expect(frame.locator(".react-flow__node")).to_have_count(2)
    expect(frame.get_by_text("<iframe srcdoc=")).to_contain_text("**bold** [link](x)")
    expect(frame.locator(".react-flow__node iframe")).to_have_count(0)
    expect(frame.get_by_text("batch × 4")).to_be_visible()
    frame.get_by_text("image", exact=False).first.click()
    expect(hand.page.get_by_text("clicked=a;")).to_be_visible()
    expect(hand.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert int(hand.probe("runs")) <= 4, "a picture at rest does not run the page"
