import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@contextmanager
def worker(folder, job, spec=None):
    """A worker with its order; yields the process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE / "services"), str(ROOT)])}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=environment,
    )
    with process:
        order = {"job": f"sample_jobs:{job}", "spec": spec or {}, "folder": str(folder)}
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        yield process


def events(process):
    return [json.loads(line) for line in process.stdout]


def test_a_worker_reports_each_event_as_a_line_and_ends(tmp_path):
    with worker(tmp_path, "count", {"epochs": 2}) as process:
        sent = events(process)
        assert process.wait(timeout=30) == 0
    assert [event["kind"] for event in sent] == ["start", "epoch", "epoch", "end"]
    assert [event["seq"] for event in sent] == [1, 2, 3, 4]
    assert sent[-1]["data"] == {"state": "finished", "reason": ""}
    assert all(event["at"] > 0 for event in sent)


def test_a_worker_stops_for_the_reason_it_is_given(tmp_path):
    with worker(tmp_path, "until_stopped") as process:
        process.stdout.readline()
        process.stdin.write(b'{"do": "stop", "reason": "enough", "end_state": "stopped"}\n')
        process.stdin.flush()
        (end,) = events(process)
    assert end["data"] == {"state": "stopped", "reason": "enough"}


def test_a_worker_whose_designer_is_gone_saves_and_ends(tmp_path):
    with worker(tmp_path, "until_stopped") as process:
        process.stdout.readline()
        process.stdin.close()
        (end,) = events(process)
    assert end["data"] == {"state": "interrupted", "reason": "the designer ended while it was training"}
    assert (tmp_path / "checkpoint").read_text() == "saved when stopped"


def test_what_a_job_prints_does_not_mix_with_its_reports(tmp_path):
    with worker(tmp_path, "who") as process:
        sent = events(process)
    assert [event["kind"] for event in sent] == ["log", "end"]
    assert (tmp_path / "worker.log").read_text() == "words for the log\n"


def test_a_job_that_does_not_exist_is_a_failed_run(tmp_path):
    with worker(tmp_path, "no_such_job") as process:
        (end,) = events(process)
    assert end["data"]["state"] == "failed"
    assert "no_such_job" in end["data"]["reason"]


def test_the_worker_knows_nothing_of_pages_nor_of_streamlit():
    code = "import sys, app.worker, app.services.train_job; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"streamlit", "app.pages", "app.components", "app.main"} & set(loaded)
