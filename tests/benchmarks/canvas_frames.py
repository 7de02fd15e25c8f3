"""Prints how fluid a large design is: frames a second while cards and the view are dragged, and its loading.

Run from the root of the project: `python -m tests.benchmarks.canvas_frames`.
"""

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect

from graph_compiler.document import Edge, GraphDocument, Node
from tests.browser import chromium
from tests.e2e.conftest import Designer, running_designer
from tests.e2e.visitor import Visitor

NODES, WIRES, COLUMNS = 200, 300, 16
FRAMES, SECONDS = 50, 2.0
"""Frames a second while dragging, and seconds of loading, that a large design must keep to."""

_STEPS = 90

_WATCH = """() => {
  window.frames_at = [];
  window.watching = true;
  const look = now => { window.frames_at.push(now); if (window.watching) requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""
_STOP = "() => { window.watching = false; return window.frames_at; }"


def network() -> GraphDocument:
    """Layers in rows; each row is a chain, and adding layers join the rows."""
    nodes = [Node(id="n0", layer="InputLayer", name="image", params={"shape": [64]})]
    for place in range(1, NODES):
        x, y = 300.0 * (place % COLUMNS), 180.0 * (place // COLUMNS)
        joins = place % 2 == 0 and place >= 4
        node = Node(id=f"n{place}", layer="Add", name=f"l{place}", x=x, y=y)
        if not joins:
            node = node.model_copy(update={"layer": "Dense", "params": {"units": 64}})
        nodes.append(node)
    edges = [Edge(id=f"e{place}", source=f"n{place - 1}", target=f"n{place}") for place in range(1, NODES)]
    joined = [place for place in range(1, NODES) if nodes[place].layer == "Add"]
    while len(edges) < WIRES:
        back = 3 + 20 * ((len(edges) - NODES + 1) // len(joined))
        place = joined[(len(edges) - NODES + 1) % len(joined)]
        source = max(0, place - back)
        slot = 1 + (len(edges) - NODES + 1) // len(joined)
        edges.append(Edge(id=f"e{len(edges) + 1}", source=f"n{source}", target=f"n{place}", slot=slot))
    return GraphDocument(nodes={node.id: node for node in nodes}, edges={edge.id: edge for edge in edges})


def frames_while_dragging(page: Page, start: tuple[float, float]) -> list[float]:
    """Milliseconds between frames, while the mouse goes round from a point with its button down."""
    mouse = page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + 4, start[1] + 4)
    page.evaluate(_WATCH)
    for step in range(_STEPS):
        mouse.move(start[0] + 4 + 2.0 * step, start[1] + 4 + (step % 30))
    at: list[float] = page.evaluate(_STOP)
    mouse.up()
    return [later - earlier for earlier, later in pairwise(at)]


def report(what: str, gaps: list[float]) -> bool:
    """Prints one line; True if it is too slow."""
    worst = sorted(gaps)[int(0.95 * len(gaps))]
    rate = 1000 * len(gaps) / sum(gaps)
    print(
        f"{what:<34} {rate:>6.0f} frames/s  median {median(gaps):>5.1f} ms  95 % {worst:>5.1f} ms", flush=True
    )
    return rate < FRAMES


def measure(visitor: Visitor, designer: Designer) -> bool:
    """True if anything is too slow."""
    project_id = designer.projects.create("Large", network()).id
    page = visitor.page
    began = time.perf_counter()
    page.goto(f"{visitor.address}/?project={project_id}")
    expect(page.locator("[data-node-name]")).to_have_count(NODES)
    page.wait_for_function(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    first = time.perf_counter() - began
    visitor.settle()
    began = time.perf_counter()
    page.reload()
    expect(page.locator("[data-node-name]")).to_have_count(NODES)
    page.wait_for_function(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    loading = time.perf_counter() - began
    visitor.settle()
    print(f"{NODES} layers, {len(network().edges)} wires: opened in {first:.2f} s, again in {loading:.2f} s")
    slow = loading > SECONDS
    slow |= report(
        "a card, everything in sight", frames_while_dragging(page, visitor.middle(visitor.node("l70")))
    )
    visitor.settle()
    slow |= report("the view, everything in sight", frames_while_dragging(page, visitor.place(0.02, 0.03)))
    page.keyboard.press("0")
    visitor.settle()
    seen = next(card for card in page.locator("[data-node-name]").all() if _in_sight(visitor.middle(card)))
    slow |= report("a card at full size", frames_while_dragging(page, visitor.middle(seen)))
    visitor.settle()
    page.keyboard.press("f")
    page.keyboard.press("Control+a")
    visitor.settle()
    slow |= report("all cards at once", frames_while_dragging(page, visitor.middle(visitor.node("l70"))))
    visitor.settle()
    return slow


def _in_sight(point: tuple[float, float]) -> bool:
    return 500 < point[0] < 900 and 300 < point[1] < 600


def main() -> int:
    """Returns 1 when anything is slower than it may be."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_designer(Path(folder) / "data") as designer,
        chromium() as browser,
    ):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        slow = measure(Visitor(context.new_page(), designer.server.address), designer)
        context.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
