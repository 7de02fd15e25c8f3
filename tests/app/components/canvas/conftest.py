"""A server with the test page, and a hand on its canvas."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import browser as machine

PAGE = Path(__file__).with_name("page.py")


@pytest.fixture(scope="session")
def canvas_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = machine.free_port()
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "theme.light.primaryColor": "#3d63dd",
        "theme.dark.primaryColor": "#7c9bff",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE)]
    for name, value in options.items():
        command += [f"--{name}", value]
    log = tmp_path_factory.mktemp("canvas") / "server.log"
    with machine.Server(command, port, log, PYTHONPATH=str(machine.ROOT)) as server:
        yield server.address


class Hand(machine.Hand):
    """Somebody at the test page."""

    def open(self, design: str = "empty", height: int = 640) -> "Hand":
        self.page.goto(f"{self.address}/?design={design}&height={height}")
        expect(self.canvas).to_be_visible(timeout=20_000)
        self.settle()
        if design != "empty":
            expect(self.page.locator("[data-node-name]").first).to_be_visible()
        return self

    def rev_is_seen(self, rev: int) -> None:
        expect(self.page.get_by_text(re.compile(rf"^rev={rev}$"))).to_be_visible()

    def probe(self, name: str) -> str:
        text = self.page.get_by_text(re.compile(rf"^{name}=")).inner_text()
        return text.removeprefix(f"{name}=").removesuffix(";")

    def names(self) -> list[str]:
        return [name for name in self.probe("names").split(",") if name]


@pytest.fixture
def hand(canvas_address: str, browser: Browser) -> Iterator[Hand]:
    """A hand that leaves no console error and asked no other host for anything."""
    context = browser.new_context(viewport=machine.SIZE, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    hand = Hand(context.new_page(), canvas_address)
    yield hand
    context.close()
    assert hand.complaints == []
    assert hand.strangers == []
