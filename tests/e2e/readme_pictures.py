"""Takes the README's pictures: every page with a network for digits, light and dark, in two sizes of window.

Run from the root of the project: `python -m tests.e2e.readme_pictures`.
"""

import io
import tempfile
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from app.components.templates import in_rows
from app.services.templates import TEMPLATES, open_template
from tests.browser import ROOT, SIZE, chromium
from tests.e2e.conftest import running_designer
from tests.e2e.designs import digits_in_rows
from tests.e2e.visitor import Visitor

FOLDER = ROOT / "assets" / "screenshots"
EPOCHS = 8
PAGES = ("Projects", "Design", "Analyze", "Data", "Train", "Evaluate", "Export")
THEMES = ("light", "dark")
SIZES = {"": (SIZE["width"], SIZE["height"]), "-small": (1024, 768)}
"""Windows, by what their pictures' names end on."""


def keep(page: Page, name: str) -> None:
    """Saves what the window shows, in 256 colours: a quarter of the size, and no difference to see."""
    path = FOLDER / f"{name}.png"
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=60_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_designer(Path(folder) / "data") as designer,
        chromium() as browser,
    ):
        for template in TEMPLATES:
            designer.projects.create(template.title, in_rows(open_template(template.name)))
        project_id = designer.projects.create("Handwritten digits", digits_in_rows(EPOCHS)).id
        for theme, (ending, (width, height)) in product(THEMES, SIZES.items()):
            context = browser.new_context(
                viewport={"width": width, "height": height}, reduced_motion="reduce", color_scheme=theme
            )
            visitor = Visitor(context.new_page(), designer.server.address)
            visitor.open(project_id, "train")
            if not designer.runs.of_project(project_id):
                visitor.train_button.click()
                visitor.run_is("Finished")
            for page in PAGES:
                visitor.go(page)
                if page == "Design":
                    visitor.select("conv2d_1")
                visitor.painted()
                visitor.page.mouse.move(0, 0)
                if page in ("Train", "Evaluate"):
                    expect(visitor.page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
                keep(visitor.page, f"{page.lower()}-{theme}{ending}")
            context.close()


if __name__ == "__main__":
    main()
