"""Takes the README's pictures: a network for digits, drawn, trained and examined.

Run from the root of the project: `python -m tests.e2e.readme_pictures`.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import ROOT, SIZE, chromium
from tests.e2e.conftest import running_designer
from tests.e2e.designs import digits_in_rows
from tests.e2e.visitor import Visitor

FOLDER = ROOT / "assets" / "screenshots"
EPOCHS = 8


def keep(page: Page, name: str) -> None:
    """Saves what the window shows, packed as small as it gets without loss."""
    path = FOLDER / f"{name}.png"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_designer(Path(folder) / "data") as designer,
        chromium() as browser,
    ):
        project_id = designer.projects.create("Handwritten digits", digits_in_rows(EPOCHS)).id
        for theme in ("light", "dark"):
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce", color_scheme=theme)
            visitor = Visitor(context.new_page(), designer.server.address)
            visitor.open(project_id)
            visitor.select("conv2d_1")
            visitor.painted()
            visitor.page.mouse.move(*visitor.place(0.5, 0.03))
            keep(visitor.page, f"design-{theme}")
            if theme == "light":
                _train_and_examine(visitor)
            context.close()


def _train_and_examine(visitor: Visitor) -> None:
    visitor.go("Train")
    visitor.train_button.click()
    visitor.run_is("Training")
    visitor.page.mouse.move(0, 0)
    visitor.run_is("Finished")
    visitor.final_curves(EPOCHS)
    visitor.painted()
    keep(visitor.page, "train-light")
    visitor.go("Evaluate")
    expect(visitor.page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    visitor.painted()
    keep(visitor.page, "evaluate-light")


if __name__ == "__main__":
    main()
