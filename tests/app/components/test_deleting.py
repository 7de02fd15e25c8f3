"""What deleting a project does to its runs."""

from app.services.jobs import KILLED, NEVER_BEGAN, STOPPED
from app.services.locks import try_lock
from app.services.run_store import EXPORT_JOB
from app.services.training import go_on, standing, train
from tests.app.conftest import wait_for


def test_the_runs_of_a_deleted_project_end_and_can_go_on_when_it_is_back(tab, project, services):
    doomed = project(name="Doomed with its runs")
    endless = doomed.document.training.model_copy(update={"epochs": 1_000_000})
    document = doomed.document.model_copy(update={"training": endless})
    trainings = [train(services, doomed.id, document).id for _ in range(services.jobs.limit + 1)]
    export = services.runs.create(doomed.id, EXPORT_JOB, {})
    folder = services.settings.run_dir(export.id)
    folder.mkdir()
    visitor = tab(doomed)
    visitor.visit()
    with (folder / "in_use.lock").open("w") as held:
        # Its process waits for an earlier one, which this test is.
        try_lock(held.fileno())
        services.exports.enqueue(export)
        visitor.button("Delete").click().run()
        ended = [wait_for(services, run_id) for run_id in (*trainings, export.id)]
    assert {run.state for run in ended} == {"stopped"}
    assert [run.reason for run in ended] == [*[STOPPED] * services.jobs.limit, NEVER_BEGAN, KILLED]
    visitor.button("Undo delete").click().run()
    again = ended[-2]
    assert standing(services, again) is not None
    assert wait_for(services, go_on(services, again.id, 1).id).state == "finished"
