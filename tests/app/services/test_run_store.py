import time

import pytest

from app.services.deleted_runs import KEPT_SECONDS, remove_forgotten
from app.services.events import Event, finite
from app.services.run_store import INTERRUPTED, RunError, RunStore
from graph_compiler.document import GraphDocument, dump_document


@pytest.fixture
def run(projects, runs):
    return runs.create(
        projects.create("Project").id,
        "module:function",
        {"epochs": 3, "document": dump_document(GraphDocument())},
    )


def epoch(seq, number, loss=0.5):
    return Event(seq, "epoch", {"epoch": number, "metrics": {"loss": loss}}, at=100.0 + seq)


def test_a_run_is_found_again_as_it_was_entered(runs, run):
    assert runs.get(run.id) == run
    assert runs.of_project(run.project_id) == [run]
    assert runs.document(run.id) == GraphDocument()
    assert (run.state, run.is_open, run.spec["epochs"]) == ("queued", True, 3)
    with pytest.raises(RunError, match="no run 'r_x'"):
        runs.get("r_x")


def test_readers_get_what_came_since_they_looked(runs, run):
    runs.append([(run.id, 1, epoch(1, 1)), (run.id, 1, epoch(2, 2))])
    first = runs.events_after(run.id)
    assert [event.data["epoch"] for event in first] == [1, 2]
    assert runs.events_after(run.id, first[-1].cursor) == []
    runs.append([(run.id, 1, epoch(3, 3))])
    assert [event.seq for event in runs.events_after(run.id, first[-1].cursor)] == [3]
    assert len(runs.events_after(run.id, limit=2)) == 2


def test_an_event_counts_once_for_each_attempt(runs, run):
    for _ in range(2):
        runs.append([(run.id, 1, epoch(1, 1)), (run.id, 2, epoch(1, 1))])
    assert [(event.attempt, event.seq) for event in runs.events_after(run.id)] == [(1, 1), (2, 1)]


def test_the_run_follows_its_events(runs, run):
    runs.change_state(run.id, "running")
    runs.append([(run.id, 1, Event(1, "start", {"epochs": 3, "samples": 10}, 1.0)), (run.id, 1, epoch(2, 1))])
    assert runs.get(run.id).progress == {"epochs": 3, "epoch": 1, "metrics": {"loss": 0.5}}
    runs.append([(run.id, 1, Event(3, "end", {"state": "stopped", "reason": "you stopped it"}, 9.0))])
    ended = runs.get(run.id)
    assert (ended.state, ended.reason, ended.ended_at, ended.is_open) == (
        "stopped",
        "you stopped it",
        9.0,
        False,
    )


@pytest.mark.parametrize(
    ("path", "last"),
    [
        (["running", "finished"], "finished"),
        (["running", "stopping", "stopped"], "stopped"),
        (["running", "failed", "finished"], "failed"),
        (["finished"], "queued"),
        (["stopped", "running"], "stopped"),
        (["stopping"], "queued"),
        (["running", "paused", "running", "finished"], "finished"),
        (["running", "paused", "stopping", "stopped"], "stopped"),
        (["paused"], "queued"),
        (["running", "interrupted", "running"], "interrupted"),
    ],
)
def test_states_follow_each_other_one_way(runs, run, path, last):
    for state in path:
        runs.change_state(run.id, state)
    assert runs.get(run.id).state == last


def test_runs_of_a_designer_that_is_gone_are_taken_over(store, projects, runs):
    project = projects.create("Project")
    gone = RunStore(store, "gone")
    training, stopping, waiting, done = (gone.create(project.id, "m:f", {}) for _ in range(4))
    for run in (training, stopping, done):
        gone.change_state(run.id, "running")
    gone.change_state(stopping.id, "stopping")
    gone.change_state(done.id, "finished")
    gone.append([(training.id, 1, epoch(1, 1))])
    other = RunStore(store, "running elsewhere").create(project.id, "m:f", {})

    assert [run.id for run in runs.take_over(lambda owner: owner == "running elsewhere")] == [waiting.id]
    states = {run.id: (run.state, run.reason) for run in runs.of_project(project.id)}
    assert states == {
        training.id: ("interrupted", INTERRUPTED),
        stopping.id: ("interrupted", INTERRUPTED),
        waiting.id: ("queued", ""),
        done.id: ("finished", ""),
        other.id: ("queued", ""),
    }
    assert len(runs.events_after(training.id)) == 1
    assert [run.id for run in runs.take_over(lambda owner: False)] == [other.id]


def test_a_run_that_has_ended_is_begun_once_more(runs, run):
    with pytest.raises(RunError, match="not ended"):
        runs.reopen(run.id, {})
    runs.change_state(run.id, "running")
    runs.append([(run.id, 1, epoch(1, 1)), (run.id, 1, Event(2, "end", {"state": "finished"}, 9.0))])
    again = runs.reopen(run.id, {"epochs": 13, "resume": True})
    assert (again.state, again.attempt, again.reason, again.ended_at) == ("queued", 2, "", None)
    assert (again.spec["epochs"], again.spec["resume"], again.number) == (13, True, run.number)
    assert runs.get(run.id) == again
    runs.change_state(run.id, "running")
    late = [(run.id, 1, Event(3, "end", {"state": "failed"}, 9.5)), (run.id, 1, epoch(4, 7))]
    runs.append([*late, (run.id, 2, epoch(1, 2))])
    assert (runs.get(run.id).state, runs.get(run.id).progress["epoch"]) == ("running", 2), (
        "the late do not count"
    )
    assert len(runs.events_after(run.id)) == 5


def test_a_pause_does_not_begin_the_run_anew(runs, run):
    runs.change_state(run.id, "running")
    began = runs.get(run.id).started_at
    for state in ("paused", "running"):
        runs.change_state(run.id, state)
    assert runs.get(run.id).started_at == began


def test_a_run_has_a_number_that_stays_and_a_note(runs, run, projects):
    second, third = (runs.create(run.project_id, "m:f", {}) for _ in range(2))
    elsewhere = runs.create(projects.create("Other").id, "m:f", {})
    assert [one.number for one in (run, second, third, elsewhere)] == [1, 2, 3, 1]
    runs.set_note(third.id, "  with a larger batch ")
    assert runs.get(third.id).note == "with a larger batch"
    with pytest.raises(RunError, match="not ended"):
        runs.delete(second.id)
    runs.change_state(second.id, "stopped")
    runs.append([(second.id, 1, epoch(1, 1))])
    runs.delete(second.id)
    assert [(one.id, one.number) for one in runs.of_project(run.project_id)] == [(third.id, 3), (run.id, 1)]
    for refused in (runs.delete, runs.get, lambda run_id: runs.reopen(run_id, {})):
        with pytest.raises(RunError, match="no run"):
            refused(second.id)
    assert runs.create(run.project_id, "m:f", {}).number == 4


def test_a_deleted_run_comes_back_until_it_is_forgotten(runs, run, settings):
    other = runs.create(run.project_id, "m:f", {})
    for one in (run, other):
        runs.change_state(one.id, "stopped")
        runs.append([(one.id, 1, epoch(1, 1))])
        settings.run_dir(one.id).mkdir()
        runs.delete(one.id)
    remove_forgotten(runs, settings)
    assert runs.restore(run.id).id == run.id
    assert [event.data["epoch"] for event in runs.events_after(run.id)] == [1]
    later = time.time() + KEPT_SECONDS + 1
    remove_forgotten(runs, settings, later)
    assert [one.id for one in runs.of_project(run.project_id)] == [run.id]
    assert settings.run_dir(run.id).exists(), "it was brought back"
    assert not settings.run_dir(other.id).exists()
    assert runs.events_after(other.id) == []
    with pytest.raises(RunError, match="gone for good"):
        runs.restore(other.id)


def test_numbers_json_does_not_know_become_none():
    wild = {"loss": float("nan"), "rates": [float("inf"), 0.5], 3: (1, "a")}
    assert finite(wild) == {"loss": None, "rates": [None, 0.5], "3": [1, "a"]}
