"""Prints how long one edit takes in the browser: from the drop of a wire until the new shapes are painted.

Run from the root of the project: `python -m tests.benchmarks.edit_latency`.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import expect

from graph_compiler.document import Edge, GraphDocument, Node
from tests.browser import SIZE, chromium
from tests.e2e.conftest import Designer, running_designer
from tests.e2e.visitor import Visitor

SIZES = (3, 50, 200)
REPEATS = 6
LIMIT = 300
"""Milliseconds that an edit may take on a machine that does nothing else."""

WATCH = """name => {
  const editor = document.querySelectorAll("*");
  const roots = [...editor].map(element => element.shadowRoot).filter(Boolean);
  const card = roots.map(root => root.querySelector(`[data-node-name="${name}"]`)).find(Boolean);
  const shape = card.querySelector(".card-shape");
  const before = shape.textContent;
  window.dropped = window.painted = 0;
  const drop = () => { window.dropped = performance.now(); };
  window.addEventListener("mouseup", drop, { capture: true, once: true });
  const look = () => {
    if (shape.textContent === before) requestAnimationFrame(look);
    // The frame after the one in which the text changed begins when that one was painted.
    else requestAnimationFrame(() => { window.painted = performance.now(); });
  };
  requestAnimationFrame(look);
}"""


def network(count: int) -> GraphDocument:
    """Dense layers in a row, and one more beside the input that waits for its wire."""
    nodes = [Node(id="n0", layer="InputLayer", name="image", params={"shape": [64]})]
    edges: list[Edge] = []
    for place in range(1, count - 1):
        at = {"x": 300.0 * (place % 10), "y": 400.0 + 160.0 * (place // 10)}
        nodes.append(
            Node(
                id=f"n{place}",
                layer="Dense",
                name=f"d{place}",
                params={"units": 64, "activation": "relu"},
                **at,
            )
        )
        edges.append(Edge(id=f"e{place}", source=f"n{place - 1}", target=f"n{place}"))
    nodes.append(Node(id="last", layer="Dense", name="last", params={"units": 7}, x=400, y=0))
    return GraphDocument(nodes={node.id: node for node in nodes}, edges={edge.id: edge for edge in edges})


def measure(visitor: Visitor, designer: Designer, count: int) -> list[float]:
    """Milliseconds of each edit; the wire is taken back in between."""
    visitor.open(designer.projects.create(f"{count} layers", network(count)).id)
    # A large design is opened far away: both ends have to be near enough to be wired by hand.
    visitor.page.locator(".pane").focus()
    visitor.page.keyboard.press("Control+f")
    visitor.page.keyboard.type("last")
    visitor.page.keyboard.press("Enter")
    visitor.settle()
    taken: list[float] = []
    for _ in range(REPEATS):
        visitor.page.evaluate(WATCH, "last")
        visitor.wire(visitor.port("image", "out"), visitor.port("last", "in"))
        visitor.shape_is("last", "7")
        visitor.page.wait_for_function("() => window.painted > 0")
        taken.append(visitor.page.evaluate("() => window.painted - window.dropped"))
        visitor.settle()
        visitor.page.keyboard.press("Control+z")
        expect(visitor.node("last").locator(".card-shape")).not_to_contain_text("7")
        visitor.settle()
    return taken


def main() -> int:
    """Returns 1 when an edit takes longer than it may."""
    slow = False
    with (
        tempfile.TemporaryDirectory() as folder,
        running_designer(Path(folder) / "data") as designer,
        chromium() as browser,
    ):
        print(
            f"{'layers':>6} {'median ms':>10} {'worst ms':>9}   (a wire dropped until its shapes are painted)"
        )
        for count in SIZES:
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
            taken = measure(Visitor(context.new_page(), designer.server.address), designer, count)
            context.close()
            print(f"{count:>6} {median(taken):>10.0f} {max(taken):>9.0f}", flush=True)
            slow |= median(taken) > LIMIT
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
