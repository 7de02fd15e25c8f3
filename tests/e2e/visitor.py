"""Somebody who works with the designer, and knows its pages by what stands on them."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser import Hand

PLACES = ((0.2, 0.14), (0.5, 0.14), (0.8, 0.14), (0.2, 0.43), (0.5, 0.43), (0.8, 0.43), (0.2, 0.72))
"""Of seven cards that do not hide each other at full size, as parts of the pane."""

RUN_STATE = """() => {
  const drawn = plot => plot.data && plot.layout.title;
  const plots = [...document.querySelectorAll(".js-plotly-plot")].filter(drawn);
  const title = plot => plot.layout.title.text.replace(/<[^>]*>/g, "").trim();
  const points = trace => Array.from(trace.x ?? [], (x, place) => [x, trace.y[place]]);
  const lines = plot => Object.fromEntries(plot.data.map(trace => [trace.name, points(trace)]));
  const texts = [...document.querySelectorAll("[data-testid=stMarkdown]")];
  return {
    training: texts.some(text => /\\bTraining\\b/.test(text.innerText)),
    curves: Object.fromEntries(plots.map(plot => [title(plot), lines(plot)])),
  };
}"""
"""What the page Train shows at one moment: whether a run goes on, and the points of its charts."""

COUNT = "now => Object.values(now.curves).flatMap(chart => Object.values(chart)).flat().length"
"""How many points such a look found."""


@dataclass(frozen=True)
class RunState:
    """One look at the page Train.

    Args:
        training: Whether it says that a run goes on.
        curves: Points by chart and line: curves["loss"]["validation"].
    """

    training: bool
    curves: dict[str, dict[str, list[list[float]]]]

    @property
    def points(self) -> int:
        return sum(len(line) for chart in self.curves.values() for line in chart.values())


class Visitor(Hand):
    """A hand that knows the designer."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page, address)
        self.sockets: list[WebSocket] = []
        page.on("websocket", self._note_socket)

    def _note_socket(self, socket: WebSocket) -> None:
        self.sockets.append(socket)

    @property
    def own_complaints(self) -> list[str]:
        """What the page itself has to answer for.

        At an address of a page, as after a reload, Streamlit first looks for its server below that page; and
        it drops a page's pictures when one leaves, though the browser may still be asking for them.
        """
        passing = r"(\w+/_stcore/(health|host-config)|media/\w+\.jpg)"
        missed = rf"Failed to load resource: .* 404 .*{self.address}/{passing}$"
        unseen = rf"Client Error: Image source error - {self.address}/media/\w+\.jpg "
        noise = re.compile(f"{missed}|{unseen}")
        return [complaint for complaint in self.complaints if not noise.match(complaint)]

    def rev_is_seen(self, rev: int) -> None:
        # While the page is drawn anew the old one may stand beside it.
        probe = self.page.get_by_test_id("probe").filter(has_text=re.compile(rf"^rev={rev}$"))
        expect(probe).to_have_count(1)

    def open(self, project_id: str = "", page: str = "") -> None:
        """Opens a project, else what the designer opens by itself."""
        query = f"?project={project_id}" if project_id else ""
        self.page.goto(f"{self.address}/{page}{query}")
        self.is_at(page.title() or "Design")

    @property
    def project_id(self) -> str:
        found = re.search(r"project=(\w+)", self.page.url)
        assert found, f"no project in {self.page.url}"
        return found[1]

    def begin_project(self) -> None:
        """Begins an empty project with the menu."""
        before = self.page.url
        self.page.get_by_role("button", name="Projects").click()
        self.page.get_by_role("button", name="New", exact=True).click()
        expect(self.page).not_to_have_url(before)
        self.page.keyboard.press("Escape")
        expect(self.page.locator("[data-node-name]")).to_have_count(0)
        self.settle()

    def go(self, page: str) -> None:
        """Goes to another page of the designer by its link."""
        self._link(page).click()
        self.is_at(page)

    def prepare(self, group: str, form: str, folder: Path) -> Path:
        """Has an export prepared, on its page, and downloads it."""
        self.page.get_by_role("radio", name=group, exact=True).click()
        self.page.get_by_text(form, exact=True).first.click()
        self.page.get_by_role("button", name="Prepare").click()
        ready = self.page.get_by_role("button", name=re.compile("^(download )?Download "))
        expect(ready).to_be_visible(timeout=60_000)
        expect(self.page.get_by_text("Run in a clean process with")).to_be_visible()
        return self.download(ready, folder)

    def download(self, button: Locator, folder: Path) -> Path:
        """Downloads what a button hands out."""
        with self.page.expect_download() as download:
            button.click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    def type_and_go(self, label: str, value: str, page: str) -> None:
        """Fills in a field and clicks on the link of another page, which is what leaves the field."""
        self.page.get_by_label(label, exact=True).fill(value)
        self._link(page).hover()
        # The field is left when the button goes down. No hand lets go before the server has begun with that.
        # The first words about a run name the script.
        socket, sent = self.sockets[-1], list[object]()
        socket.once("framesent", lambda _: sent.append(True))
        with socket.expect_event("framereceived", lambda said: bool(sent) and b"designer.py" in said):
            self.page.mouse.down()
        self.page.mouse.up()
        self.is_at(page)

    def _link(self, page: str) -> Locator:
        return self.page.get_by_test_id("stTopNavLink").filter(has_text=page)

    def is_at(self, page: str) -> None:
        """Waits until a page is there and at rest."""
        marks = {
            "Projects": self.page.get_by_placeholder("by its name"),
            "Design": self.canvas,
            "Analyze": self.page.get_by_text(re.compile("Memory to train|nothing to measure")).first,
            "Data": self.page.get_by_role("button", name=re.compile("Use this data")),
            "Train": self.train_button,
            "Evaluate": self.page.get_by_text(re.compile("test rows|Nothing has been trained")).first,
            "Export": self.page.get_by_role("button", name=re.compile(r"Design \(\.json")),
        }
        expect(marks[page]).to_be_visible(timeout=30_000)
        if page == "Design":
            self.settle()
        else:
            # While a run goes on the page is hardly ever at rest.
            expect(self.page.locator("[data-stale=true]")).to_have_count(0)

    def painted(self) -> None:
        """Waits until nothing is left of what stands in for parts that are still being loaded."""
        self.idle()
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        self.page.wait_for_function("() => [...document.images].every(image => image.complete)")
        self.page.wait_for_function("() => document.fonts.status === 'loaded'")

    @property
    def train_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"\bTrain$"))

    def select(self, node: str) -> None:
        """Clicks on the head of a card, and waits for the form."""
        self.settle()
        self.node(node).click(position={"x": 40, "y": 18})
        expect(self.node(node)).to_have_attribute("data-selected", "true")
        self.settle()
        expect(self.page.get_by_label("name", exact=True)).to_have_value(node)

    def fill(self, label: str, value: str) -> None:
        """Fills in a field of a form, and leaves it."""
        # What was done before may yet put another field in its place.
        self.idle()
        field = self.page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Tab")

    def choose(self, label: str, value: str) -> None:
        """Chooses from a list of a form."""
        self.idle()
        self.page.get_by_label(label, exact=True).click()
        self.page.get_by_role("option", name=value, exact=True).click()

    def shape_is(self, node: str, shape: str) -> None:
        expect(self.node(node).locator(".card-shape")).to_have_text(f"batch × {shape}")

    def look_again(self, before: RunState, seconds: float = 60) -> RunState:
        """Waits until the charts show more than before, or the run has ended."""
        changed = f"""before => {{
          const now = ({RUN_STATE})();
          return !now.training || ({COUNT})(now) > before ? now : null;
        }}"""
        found = self.page.wait_for_function(changed, arg=before.points, timeout=seconds * 1000).json_value()
        return RunState(found["training"], found["curves"])

    def curves_hold(self, points: int) -> None:
        """Waits until the charts show at least so many points."""
        self.page.wait_for_function(f"wanted => ({COUNT})(({RUN_STATE})()) >= wanted", arg=points)

    def final_curves(self, epochs: int) -> dict[str, dict[str, list[list[float]]]]:
        """Waits until every curve of epochs has come to the last one."""
        ended = f"""epochs => {{
          const now = ({RUN_STATE})();
          const lines = Object.values(now.curves).flatMap(chart => [chart.training, chart.validation]);
          return lines.length && lines.every(line => line?.at(-1)?.[0] === epochs) ? now.curves : null;
        }}"""
        return self.page.wait_for_function(ended, arg=epochs).json_value()

    def run_is(self, state: str, seconds: float = 120) -> None:
        """Waits until the page Train says how the run stands."""
        head = self.page.get_by_test_id("stMarkdown").filter(has_text=re.compile(rf"\b{state}\b"))
        expect(head.first).to_be_visible(timeout=seconds * 1000)
