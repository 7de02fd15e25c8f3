import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.services import jobs
from app.services import store as database
from app.services.events import Event
from app.services.jobs import CLOSED, KILLED, NEVER_BEGAN, STOPPED, JobPool
from app.services.locks import try_lock
from app.services.run_store import EXPORT_JOB, RunStore

HERE = Path(__file__).parent
DEADLINE = 30.0


def wait_for(condition):
    """Polls a condition until it holds; the pause is no wait for something to have happened."""
    until = time.monotonic() + DEADLINE
    while not (found := condition()):
        assert time.monotonic() < until, "the condition never came true"
        threading.Event().wait(0.005)
    return found


class Bench:
    """A pool, and the words to talk about its runs."""

    def __init__(self, settings, projects, runs, workers, limit=1):
        self.settings, self.runs = settings, runs
        self.project = projects.create("Project").id
        self.pool = JobPool(settings, runs, limit=limit, workers=workers)

    def submit(self, job, **spec):
        return self.pool.submit(self.project, f"sample_jobs:{job}", spec).id

    def state(self, run_id):
        return self.runs.get(run_id).state

    def wait_for_events(self, run_id, number):
        wait_for(lambda: len(self.runs.events_after(run_id)) >= number)

    def ended(self, run_id):
        wait_for(lambda: not self.runs.get(run_id).is_open)
        return self.runs.get(run_id)

    def file(self, run_id, name):
        return self.settings.run_dir(run_id) / name


@pytest.fixture
def quick(settings, projects, runs, forked):
    """A bench that forks: for what does not depend on how workers are started."""
    bench = Bench(settings, projects, runs, forked)
    yield bench
    bench.pool.close()


@pytest.fixture(params=["forked", "spawned"])
def bench(request, settings, projects, runs):
    """A bench of either kind."""
    bench = Bench(settings, projects, runs, request.getfixturevalue(request.param))
    yield bench
    bench.pool.close()


def test_a_job_reports_and_finishes(bench):
    run = bench.ended(bench.submit("count", epochs=50, reason="all is learned"))
    assert (run.state, run.reason) == ("finished", "all is learned")
    assert run.progress == {"epochs": 50, "epoch": 50, "metrics": {"loss": 0.02}}
    assert run.created_at <= run.started_at <= run.ended_at
    events = bench.runs.events_after(run.id)
    assert [event.seq for event in events] == list(range(1, 53))
    assert [event.data["epoch"] for event in events[1:-1]] == list(range(1, 51))


def test_stopping_lets_a_job_save_what_it_has(bench):
    run_id = bench.submit("until_stopped")
    bench.wait_for_events(run_id, 1)
    bench.pool.stop(run_id)
    run = bench.ended(run_id)
    assert (run.state, run.reason) == ("stopped", STOPPED)
    assert bench.file(run_id, "checkpoint").read_text() == "saved when stopped"


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_worker_that_is_killed_leaves_what_was_reached(bench):
    run_id = bench.submit("deaf")
    bench.wait_for_events(run_id, 1)
    os.kill(bench.pool.pid(run_id), signal.SIGKILL)
    run = bench.ended(run_id)
    assert run.state == "failed"
    assert "killed" in run.reason
    assert run.progress == {"epoch": 2, "metrics": {"loss": 0.25}}
    assert bench.file(run_id, "checkpoint").read_text() == "saved before"
    assert bench.pool.pid(run_id) is None
    last = bench.runs.events_after(run_id)[-1]
    assert (last.kind, last.data["state"]) == ("end", "failed"), "its end is an event of its own"


def test_a_job_that_does_not_listen_can_be_ended(quick):
    run_id = quick.submit("deaf")
    quick.wait_for_events(run_id, 1)
    quick.pool.stop(run_id)
    assert quick.state(run_id) == "stopping"
    quick.pool.kill(run_id)
    run = quick.ended(run_id)
    assert (run.state, run.reason) == ("stopped", KILLED)


def test_a_worker_has_its_own_process_log_and_nothing_of_the_pages(quick):
    run_id = quick.submit("who")
    quick.ended(run_id)
    said = quick.runs.events_after(run_id)[0].data["text"]
    assert said.split()[0] != str(os.getpid())
    assert "[]" in said
    assert quick.file(run_id, "worker.log").read_text() == "words for the log\n"


def test_errors_are_told_in_words_and_kept_in_the_log(quick):
    wrong, broken = quick.ended(quick.submit("wrong_data")), quick.ended(quick.submit("broken"))
    assert (wrong.state, wrong.reason) == ("failed", "The labels do not fit. Choose others.")
    assert broken.state == "failed"
    assert "ZeroDivisionError: by zero" in broken.reason
    assert "Traceback" not in broken.reason
    assert "Traceback" in quick.file(broken.id, "worker.log").read_text()


def test_a_crash_is_told_by_its_signal(quick):
    run = quick.ended(quick.submit("crash"))
    assert (run.state, run.reason) == ("failed", f"its process was ended by signal {signal.SIGSEGV.value}")


def test_a_loss_that_is_no_number_is_reported_as_none(quick):
    run = quick.ended(quick.submit("not_a_number"))
    assert run.progress["metrics"] == {"loss": None}


def test_a_file_is_whole_or_as_it_was(quick):
    run = quick.ended(quick.submit("half_a_file"))
    assert run.reason == "the disk is full"
    assert quick.file(run.id, "checkpoint").read_text() == "whole"
    assert {file.name for file in quick.settings.run_dir(run.id).iterdir()} == {
        "checkpoint",
        "in_use.lock",
        "worker.log",
    }


def test_runs_wait_in_line_and_begin_in_turn(quick):
    first, second, third = (quick.submit("until_stopped") for _ in range(3))
    assert [quick.pool.place_in_line(run_id) for run_id in (first, second, third)] == [None, 1, 2]
    assert quick.state(second) == "queued"
    quick.pool.stop(second)
    assert (quick.runs.get(second).state, quick.runs.get(second).reason) == ("stopped", NEVER_BEGAN)
    assert quick.pool.place_in_line(third) == 1
    quick.wait_for_events(first, 1)
    quick.pool.stop(first)
    wait_for(lambda: quick.state(third) == "running")
    assert quick.pool.place_in_line(third) is None


def test_several_run_at_once_where_there_is_room(settings, projects, runs, forked):
    bench = Bench(settings, projects, runs, forked, limit=2)
    first, second, third = (bench.submit("until_stopped") for _ in range(3))
    wait_for(lambda: bench.state(second) == "running")
    assert [bench.state(run_id) for run_id in (first, second, third)] == ["running", "running", "queued"]
    bench.pool.close()
    assert [(bench.state(run_id)) for run_id in (first, second, third)] == [
        "interrupted",
        "interrupted",
        "queued",
    ]
    assert runs.get(first).reason == CLOSED


def test_a_run_that_does_not_end_in_time_is_interrupted_by_closing(quick):
    run_id = quick.submit("deaf")
    quick.wait_for_events(run_id, 1)
    quick.pool.close(grace=0.1)
    run = quick.runs.get(run_id)
    assert (run.state, run.reason) == ("interrupted", CLOSED)


def test_an_export_that_does_not_end_in_time_fails_by_closing(quick):
    run = quick.runs.create(quick.project, EXPORT_JOB, {})
    quick.settings.run_dir(run.id).mkdir()
    with quick.file(run.id, "in_use.lock").open("w") as held:
        # Its process waits for an earlier one, which this test is.
        try_lock(held.fileno())
        quick.pool.enqueue(run)
        quick.pool.close(grace=0.1)
    assert (quick.runs.get(run.id).state, quick.runs.get(run.id).reason) == ("failed", CLOSED)


@pytest.fixture
def impatient(monkeypatch):
    """A database that does not wait for another writer, and a pool that soon tries again."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 10)
    monkeypatch.setattr(jobs, "AGAIN_SECONDS", 0.05, raising=False)


@contextmanager
def held(settings):
    """Somebody else writes to the database meanwhile."""
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_run_keeps_its_place_until_the_database_takes_its_beginning(impatient, quick, caplog):
    first, second = (quick.runs.create(quick.project, "sample_jobs:count", {"epochs": 1}) for _ in range(2))
    with held(quick.settings):
        quick.pool.enqueue(first)
        quick.pool.enqueue(second)
        assert [quick.pool.place_in_line(run.id) for run in (first, second)] == [1, 2]
        assert quick.pool.pid(first.id) is None
        wait_for(lambda: len(caplog.records) > 3)
    assert [quick.ended(run.id).state for run in (first, second)] == ["finished", "finished"]
    assert quick.runs.get(first.id).ended_at <= quick.runs.get(second.id).started_at


def test_an_end_is_written_however_long_the_database_does_not_take_it(impatient, quick, caplog):
    run_id = quick.submit("deaf")
    quick.wait_for_events(run_id, 1)
    with held(quick.settings):
        quick.pool.kill(run_id)
        wait_for(lambda: len(caplog.records) > 5)
        assert quick.state(run_id) == "running"
    assert (quick.ended(run_id).state, quick.runs.get(run_id).reason) == ("stopped", KILLED)


def test_reports_of_a_run_that_is_gone_do_not_hold_up_others(impatient, quick, caplog):
    quick.pool._reports.put(("r_gone", 1, Event(1, "log", {"text": "late"}, 1.0)))
    wait_for(lambda: caplog.records)
    assert quick.ended(quick.submit("count", epochs=1)).state == "finished"


def test_a_run_whose_end_was_lost_can_be_stopped(quick, store):
    lost = quick.runs.create(quick.project, "sample_jobs:count", {})
    elsewhere = RunStore(store, "another designer").create(quick.project, "sample_jobs:count", {})
    for run in (lost, elsewhere):
        quick.runs.change_state(run.id, "running")
        quick.pool.stop(run.id)
    assert (quick.ended(lost.id).state, quick.ended(lost.id).reason) == ("stopped", STOPPED)
    finished = quick.ended(quick.submit("count", epochs=1))
    quick.pool.stop(finished.id)
    quick.ended(quick.submit("count", epochs=1))
    assert quick.runs.events_after(finished.id)[-1].data["state"] == "finished", "it has ended before"
    assert quick.state(elsewhere.id) == "running", "its own designer works on it"


def test_a_fork_server_that_died_is_replaced(quick):
    quick.ended(quick.submit("count", epochs=1))
    server = quick.pool._workers.prepare()
    os.kill(server._process.pid, signal.SIGKILL)
    wait_for(lambda: not server.is_running)
    assert quick.ended(quick.submit("count", epochs=1)).state == "finished"


def said(bench, run_id):
    return [event.data["text"] for event in bench.runs.events_after(run_id) if event.kind == "log"]


def test_a_running_job_is_told_to_pause_to_resume_and_another_rate(bench):
    run_id = bench.submit("obedient")
    bench.wait_for_events(run_id, 1)
    bench.pool.set_learning_rate(run_id, 0.25)
    bench.pool.pause(run_id)
    assert bench.state(run_id) == "paused"
    bench.pool.pause(run_id)
    bench.pool.resume(run_id)
    assert bench.state(run_id) == "running"
    wait_for(lambda: said(bench, run_id) == ["learning_rate 0.25", "pause None", "resume None"])
    bench.pool.stop(run_id)
    assert (bench.ended(run_id).state, bench.ended(run_id).reason) == ("stopped", STOPPED)


def test_a_paused_run_gives_its_place_to_the_next_and_can_be_stopped(quick):
    first, second = (quick.submit("obedient") for _ in range(2))
    quick.wait_for_events(first, 1)
    assert quick.pool.place_in_line(second) == 1
    quick.pool.pause(first)
    wait_for(lambda: quick.state(second) == "running")
    quick.pool.stop(first)
    assert quick.ended(first).state == "stopped"
    quick.pool.stop(second)


def test_a_run_that_has_ended_goes_on_as_its_next_attempt(quick):
    run_id = quick.submit("count", epochs=2)
    assert quick.ended(run_id).state == "finished"
    again = quick.pool.go_on(run_id, epochs=3)
    assert (again.attempt, quick.ended(run_id).state) == (2, "finished")
    events = quick.runs.events_after(run_id)
    assert [event.data["epoch"] for event in events if event.attempt == 2 and event.kind == "epoch"] == [
        1,
        2,
        3,
    ]
    wait_for(lambda: quick.pool.pid(run_id) is None)


DESIGNER = """
import sys
from app.services.jobs import JobPool
from app.services.presence import Presence
from app.services.projects import Projects
from app.services.run_store import RunStore
from app.services.settings import resolve_settings
from app.services.store import Store
from app.services.workers import Workers

settings = resolve_settings(sys.argv[1])
store = Store(settings.database)
runs = RunStore(store, Presence(settings.presence_dir).name)
pool = JobPool(settings, runs, limit=1, workers=Workers(preload=()))
project = Projects(store).create("Project").id
ids = [pool.submit(project, "sample_jobs:until_stopped", {}).id for _ in range(2)]
while not runs.events_after(ids[0]):
    pass
print(*ids, pool.pid(ids[0]), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="asks for a process by its number")
def test_a_designer_that_is_killed_leaves_no_process_and_a_later_one_takes_its_runs_over(
    settings, store, forked
):
    from app.services.presence import Presence

    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), os.getcwd()])}
    command = [sys.executable, "-c", DESIGNER, str(settings.data_dir)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as designer:
        training, waiting, pid = designer.stdout.readline().split()
        designer.kill()
    checkpoint = settings.run_dir(training) / "checkpoint"
    wait_for(checkpoint.exists)
    wait_for(lambda: not is_alive(int(pid)))

    presence = Presence(settings.presence_dir)
    runs = RunStore(store, presence.name)
    pool = JobPool(settings, runs, limit=1, workers=forked)
    for run in runs.take_over(presence.is_present):
        pool.enqueue(run)
    assert runs.get(training).state == "interrupted"
    assert "designer ended" in runs.get(training).reason
    assert len(runs.events_after(training)) == 1
    wait_for(lambda: runs.get(waiting).state == "running")
    pool.close()
    presence.close()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended and is not yet asked for by its parent still has its number.
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
