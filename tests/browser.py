"""What every test in a real browser needs: Chromium, a server to look at, and a hand at mouse and keys."""

import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from tests.talk import Talk

ROOT = Path(__file__).parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
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
START_SECONDS = 60.0


def until(state: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Waits for a state that no page shows: a file, a process, a row."""
    deadline = time.monotonic() + seconds
    while not state():
        assert time.monotonic() < deadline, f"Within {seconds:g} s there was never this: {what}."
        threading.Event().wait(0.02)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; without one the test is skipped, except where CI runs it."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        reason = f"No browser was found on the PATH; looked for {', '.join(CHROMIUM)}."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Server:
    """A server in a process of its own.

    Args:
        command: Starts it.
        port: Where it listens on this machine.
        log: Takes what it prints.
        **environment: Variables it gets besides ours.
    """

    def __init__(self, command: Sequence[str], port: int, log: Path, **environment: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=log.parent,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        try:
            until(self._answers_or_ended, f"an answer of {self.address}", START_SECONDS)
            assert self.process.poll() is None, f"The server did not start:\n{self.log.read_text()}"
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it in order."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def kill(self) -> None:
        """Ends it as a power cut does."""
        self.process.kill()
        self.process.wait(timeout=20)

    def _answers_or_ended(self) -> bool:
        if self.process.poll() is not None:
            return True
        with (
            suppress(URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1),
        ):
            return True
        return False


class Hand:
    """Somebody at the mouse and keys of one page with a canvas.

    Args:
        page: The page.
        address: The server; what is asked of any other is kept in `strangers`.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note_request)
        self.talk = Talk(page)

    def _note_message(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(f"{said.text} {said.location.get('url', '')}".strip())

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

    def rev_is_seen(self, rev: int) -> None:
        """Waits until Python says that it has seen a commit; each page says it in its own way."""
        raise NotImplementedError

    def settle(self) -> None:
        """Waits until Python has seen the last commit and the page is idle."""
        self._next_frame()
        rev = self.rev
        try:
            self.rev_is_seen(rev)
        except AssertionError:
            # A canvas that was mounted anew meanwhile says once more what it has, under the next number.
            if self.rev == rev:
                raise
            self.rev_is_seen(self.rev)
        self.idle()

    def idle(self) -> None:
        """Waits until every run of the script that was asked for has ended, and the page has drawn it."""

        def is_over() -> bool:
            self._next_frame()
            return self.talk.is_over

        until(is_over, "an end of all runs of the script")
        self._next_frame()
        app = self.page.locator('[data-testid="stApp"]')
        expect(app).to_have_attribute("data-test-script-state", "notRunning")

    def _next_frame(self) -> None:
        """Waits until what the browser has been told is drawn."""
        self.page.wait_for_function(
            "() => new Promise(done => setTimeout(() => requestAnimationFrame(done)))"
        )

    def committed(self, rev: int) -> None:
        """Waits for a commit by its number, in the browser and then in Python."""
        expect(self.canvas).to_have_attribute("data-rev", str(rev))
        self.settle()

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
        entry = self.page.locator(f'[data-layer="{layer}"]')
        entry.scroll_into_view_if_needed()
        self.drag(self.middle(entry), self.place(x, y))

    def wire(self, source: Locator, target: Locator) -> None:
        self.drag(self.middle(source), self.middle(target))

    def quick_add(self, text: str) -> None:
        self.page.keyboard.press("/")
        expect(self.page.get_by_test_id("quick-add")).to_be_visible()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_test_id("quick-add")).to_have_count(0)
