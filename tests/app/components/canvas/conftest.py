"""A server with the test page, a browser, and the ways of a hand on the canvas."""

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

ROOT = Path(__file__).parents[4]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1440, "height": 900}


def _free_port() -> int:
    for port in range(8701, 8710):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("Ports 8701 to 8709 are all taken.")


@pytest.fixture(scope="session")
def canvas_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("canvas") / "server.log"
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
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("page.py"))]
    for name, value in options.items():
        command += [f"--{name}", value]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with (
            suppress(URLError, ConnectionError),
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1),
        ):
            return
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.1)
    raise RuntimeError(f"The test page did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


class Hand:
    """Somebody at the mouse and keys of one canvas."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note_request)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.strangers.append(request.url)

    @property
    def canvas(self) -> Locator:
        return self.page.get_by_test_id("canvas")

    @property
    def pane(self) -> Locator:
        return self.page.locator(".react-flow__pane")

    @property
    def rev(self) -> int:
        return int(self.canvas.get_attribute("data-rev") or 0)

    def open(self, design: str = "empty", height: int = 640) -> "Hand":
        self.page.goto(f"{self.address}/?design={design}&height={height}")
        expect(self.canvas).to_be_visible(timeout=20_000)
        self.settle()
        if design != "empty":
            expect(self.page.locator("[data-node-name]").first).to_be_visible()
        return self

    def settle(self) -> None:
        """Wait until Python has seen the last commit and the page is idle."""
        self.page.wait_for_function(
            "() => new Promise(done => setTimeout(() => requestAnimationFrame(done)))"
        )
        rev = self.canvas.get_attribute("data-rev")
        expect(self.page.get_by_text(re.compile(rf"^rev={rev}$"))).to_be_visible()
        expect(self.page.locator('[data-testid="stApp"]')).to_have_attribute(
            "data-test-script-state", "notRunning"
        )

    def committed(self, rev: int) -> None:
        """Wait for a commit by its number, in the browser and then in Python."""
        expect(self.canvas).to_have_attribute("data-rev", str(rev))
        self.settle()

    def probe(self, name: str) -> str:
        text = self.page.get_by_text(re.compile(rf"^{name}=")).inner_text()
        return text.removeprefix(f"{name}=").removesuffix(";")

    def names(self) -> list[str]:
        return [name for name in self.probe("names").split(",") if name]

    def node(self, name: str) -> Locator:
        return self.page.locator(f'[data-node-name="{name}"]')

    def port(self, node: str, side: str, port: str | None = None) -> Locator:
        which = f'[data-port="{port}"]' if port else ""
        return self.node(node).locator(f'[data-side="{side}"]{which}')

    def middle(self, locator: Locator) -> tuple[float, float]:
        box = locator.bounding_box()
        assert box is not None, f"{locator} is not on the page"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + 2, start[1] + 2)
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        mouse.move(*end, steps=4)
        if drop:
            mouse.up()

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the pane, as parts of its width and height."""
        box = self.pane.bounding_box()
        assert box is not None
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    def drag_layer(self, layer: str, x: float, y: float) -> None:
        self.drag(self.middle(self.page.locator(f'[data-layer="{layer}"]')), self.place(x, y))

    def wire(self, source: Locator, target: Locator) -> None:
        self.drag(self.middle(source), self.middle(target))

    def quick_add(self, text: str) -> None:
        self.page.keyboard.press("/")
        expect(self.page.get_by_test_id("quick-add")).to_be_visible()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_test_id("quick-add")).to_have_count(0)


@pytest.fixture
def hand(canvas_address: str, browser: Browser) -> Iterator[Hand]:
    """A hand that leaves no console error and asked no other host for anything."""
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    hand = Hand(context.new_page(), canvas_address)
    yield hand
    context.close()
    assert hand.complaints == []
    assert hand.strangers == []
