"""Data of one's own: from a file to a trained network and its examination."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from app.services.evaluation import PREDICTIONS
from app.services.uploads import FileInBrowser, Uploads
from tests.browser import until
from tests.e2e.accessibility import grave_findings
from tests.e2e.conftest import Designer
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

ROWS = 240
LONG_AGO = 1_700_000_000
KINDS = ("ant", "bee", "fly")


def insects(path: Path) -> Path:
    """Insects whose kind follows from length, with some cells left empty."""
    random = np.random.RandomState(5)
    lines = ["number,length,habitat,kind"]
    for n in range(ROWS):
        kind = random.randint(3)
        length = f"{4 + 5 * kind + random.rand():.3f}" if n % 20 else ""
        lines.append(f"{n + 1},{length},{('wood', 'field')[random.randint(2)]},{KINDS[kind]}")
    path.write_text("\n".join(lines))
    return path


def _begun_before(designer: Designer, path: Path) -> None:
    """Has the first half of a file be there, as if a connection had been lost a while ago."""
    os.utime(path, (LONG_AGO, LONG_AGO))
    content = path.read_bytes()
    file = FileInBrowser(name=path.name, size=len(content), modified=LONG_AGO * 1000)
    folder = designer.settings.data_dir / "data-work" / "uploads"
    uploads = Uploads(folder)
    uploads.begin(file)
    uploads.take(file, 0, content[: len(content) // 2].replace(b"number", b"NUMBER"))
    for each in folder.iterdir():
        recently = each.stat().st_mtime - 60
        os.utime(each, (recently, recently))


def test_from_a_file_to_its_examination(visitor: Visitor, designer: Designer, tmp_path: Path) -> None:
    project_id = designer.new_project("iris", "Insects", epochs=20, seed=1)
    visitor.open(project_id, "data")
    page = visitor.page
    page.get_by_role("button", name="Add your own data").click()

    (tmp_path / "broken.docx").write_text("no table")
    broken = tmp_path / "broken.csv"
    broken.write_text("a,b\n1,2\n3,4,5\n")
    _upload(visitor).set_input_files(broken)
    # The first worker of a designer has torch to load.
    expect(page.get_by_text("Row 3 has 3 cells, the first row 2")).to_be_visible(timeout=30_000)
    assert not grave_findings(page)

    table = insects(tmp_path / "insects.csv")
    _begun_before(designer, table)
    page.reload()
    page.get_by_role("button", name="Add your own data").click()
    expect(page.get_by_text("of “insects.csv” are here")).to_be_visible()
    _upload(visitor).set_input_files(tmp_path / "broken.docx")
    expect(page.get_by_text("“broken.docx” is of no kind that is read")).to_be_visible()
    _upload(visitor).set_input_files(table)
    expect(page.get_by_text("What shall be predicted?")).to_be_visible()
    # The beginning is the one that was there: it was not sent again.
    expect(page.get_by_label("Type of NUMBER")).to_be_visible()
    expect(page.get_by_text("Left out: it numbers the rows")).to_be_visible()
    visitor.choose("Missing values of length", "Put in the mean")
    visitor.idle()
    assert not grave_findings(page)
    page.get_by_role("button", name="Prepare", exact=True).click()
    use = page.get_by_role("button", name="Use it and fit the design")
    expect(use).to_be_visible(timeout=30_000)
    expect(page.get_by_text("'length', 'habitat'")).to_be_in_viewport()
    expect(page.get_by_text("192 to learn from, 48 to test")).to_be_visible()
    use.click()
    expect(page.get_by_text("Set to go with this data")).to_be_visible()
    expect(page.get_by_text("It cannot be deleted while designs use it: “Insects”.")).to_be_visible()
    assert not grave_findings(page)
    document = designer.document(project_id)
    inputs = next(node for node in document.nodes.values() if "shape" in node.params)
    assert inputs.params["shape"] == [3]

    visitor.go("Train")
    visitor.train_button.click()
    visitor.run_is("Finished")
    run = designer.last_run(project_id)
    assert np.load(designer.settings.run_dir(run.id) / PREDICTIONS).shape == (48, 3)
    visitor.go("Evaluate")
    for kind in KINDS:
        expect(page.locator(".js-plotly-plot").get_by_text(kind, exact=True).first).to_be_visible()
    expect(page.get_by_text("All that stands below is of this model.")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Its best, epoch")).click()
    until((designer.settings.run_dir(run.id) / f"best-{PREDICTIONS}").exists, "answers of the best model")
    visitor.idle()
    _tries_rows_of_its_own(visitor)


def _tries_rows_of_its_own(visitor: Visitor) -> None:
    visitor.page.get_by_role("tab", name="Try it", exact=True).click()
    visitor.choose("habitat", "wood")
    for length, kind in (("4.5", "ant"), ("14.5", "fly")):
        visitor.fill("length", length)
        expect(visitor.page.locator("h4").filter(has_text=f"{kind} ·")).to_be_visible()
    visitor.painted()
    assert not grave_findings(visitor.page)


def _upload(visitor: Visitor) -> Locator:
    visitor.idle()
    return visitor.page.locator("input[type=file]")
