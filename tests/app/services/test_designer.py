import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.services.datasets.own import ImportSpec
from app.services.designer import Designer
from app.services.jobs import CLOSED
from app.services.settings import DATA_DIR_VARIABLE

HERE = Path(__file__).parent

# Under Streamlit the main module is the page script that runs just then: a worker must not import it.
PAGE = """
import signal, sys, types
page = types.ModuleType("__main__")
page.__file__ = sys.argv[1]
sys.modules["__main__"] = page
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
from app.services.designer import Designer
designer = Designer.start()
run = designer.jobs.submit(designer.projects.create("Project").id, "sample_jobs:until_stopped", {})
while not designer.runs.events_after(run.id):
    pass
print(run.id, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "data"))


def test_projects_are_there_after_a_restart():
    designer = Designer.start()
    project = designer.projects.create("Kept")
    designer.close()
    designer = Designer.start()
    assert designer.projects.open(project.id).name == "Kept"
    designer.close()


def test_a_designer_that_is_ended_in_order_ends_its_runs_in_order(tmp_path):
    page = tmp_path / "page.py"
    page.write_text("import os; os.abort()")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), os.getcwd()])}
    with subprocess.Popen(
        [sys.executable, "-c", PAGE, str(page)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        run_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    designer = Designer.start()
    run = designer.runs.get(run_id)
    assert (run.state, run.reason) == ("interrupted", CLOSED)
    assert (designer.settings.run_dir(run_id) / "checkpoint").exists()
    designer.close()


def test_reading_a_file_that_was_cut_short_can_be_begun_again():
    designer = Designer.start()
    path = designer.settings.data_dir / "data-work" / "uploads" / "long.csv"
    path.parent.mkdir(parents=True)
    path.write_text("a,b\n" + "1,2\n" * 1_000_000)
    spec = ImportSpec(path=str(path), file_name="long.csv", remove=True)
    task = designer.data_work.bring_in(spec)
    folder = designer.settings.data_dir / "data-work" / task.id
    designer.close()
    # As if the power had gone: the worker could not sweep up.
    (folder / "source").mkdir(exist_ok=True)
    (folder / "source" / "table.parquet").write_text("half")
    designer = Designer.start()
    (left,) = designer.data_work.interrupted()
    assert (left.title, left.what) == ("long.csv", "import")
    assert [each.name for each in folder.iterdir()] == ["order.json"]
    path.write_text("a,b\n1,2\n3,4\n")
    begun = designer.data_work.again(left.id)
    while (now := designer.data_work.task(begun.id)).state == "running":
        threading.Event().wait(0.02)
    assert now.state == "done", now.text
    designer.close()
    assert not path.exists()
    assert not list((designer.settings.data_dir / "data-work").glob("d_*"))
    designer = Designer.start()
    assert not designer.data_work.interrupted()
    designer.close()
