"""The project menu, what it undoes, and what two tabs on one project see of each other."""

import json

import numpy as np
import pytest

from app.components.workspace import CANVAS
from app.services.evaluation import CHECKPOINT
from app.services.exporting.weights import weights_of
from app.services.templates import open_template
from graph_compiler import lower
from graph_compiler.document import RenameNode, apply, dump_document, to_canvas
from runtime.models import load_model


def names(services):
    return [entry.name for entry in services.projects.recent()]


@pytest.fixture
def nothing_else(services):
    """A store without projects, for a while."""
    before = services.projects.recent(1000)
    for entry in before:
        services.projects.delete(entry.id)
    yield
    for entry in before:
        services.projects.restore(entry.id)


def test_a_new_project_is_empty_and_open(tab, project):
    visitor = tab(project())
    visitor.visit()
    visitor.button("New").click().run()
    assert visitor.opening.project.name == "Untitled network"
    assert visitor.document.nodes == {}


def test_a_project_is_renamed(tab, project, services):
    visitor = tab(project(name="Before"))
    visitor.visit()
    visitor.field("Name of this project").input("After").run()
    assert services.projects.open(visitor.opening.project.id).name == "After"
    assert visitor.field("Name of this project").value == "After"


def test_a_name_of_nothing_is_refused(tab, project, services):
    visitor = tab(project(name="Before"))
    visitor.visit()
    visitor.field("Name of this project").input("   ").run()
    assert "1 to 120 characters" in visitor.texts()
    assert services.projects.open(visitor.opening.project.id).name == "Before"


def test_a_copy_is_a_project_of_its_own(tab, project):
    original = project(name="Kept")
    visitor = tab(original)
    visitor.visit()
    visitor.button("Copy").click().run()
    assert visitor.opening.project.name.startswith("Kept copy")
    assert visitor.opening.project.id != original.id
    assert visitor.document == original.document


def test_deleting_is_undone(tab, project, services):
    doomed = project(name="Doomed")
    visitor = tab(doomed)
    visitor.visit()
    visitor.button("Delete").click().run()
    assert "Doomed" not in names(services)
    assert visitor.opening.project.id != doomed.id
    assert "“Doomed” is deleted." in visitor.texts()
    visitor.button("Undo delete").click().run()
    assert visitor.opening.project.id == doomed.id
    assert "is deleted." not in visitor.texts()


@pytest.mark.usefixtures("nothing_else")
def test_the_last_project_leaves_an_empty_one(tab, project, services):
    visitor = tab(project(name="Only"))
    visitor.visit()
    visitor.button("Delete").click().run()
    assert names(services) == ["My first network"]
    assert visitor.document.nodes == {}


@pytest.mark.usefixtures("nothing_else")
def test_a_first_visit_makes_a_project_and_offers_templates(tab, services):
    visitor = tab()
    visitor.visit()
    assert names(services) == ["My first network"]
    assert "Begin with a template" in visitor.texts()


def test_a_recent_project_is_opened(tab, project):
    other = project("penguins", name="Other *stars*")
    visitor = tab(project())
    at = visitor.visit()
    at.button(key=f"open_{other.id}").click().run()
    assert visitor.opening.project.id == other.id
    assert at.query_params["project"] in (other.id, [other.id])


def test_a_template_becomes_a_project(tab, project):
    before = project()
    visitor = tab(before)
    visitor.visit()
    visitor.button("Template").click().run()
    visitor.at.button(key="dialog_template_sunspots").click().run()
    assert visitor.opening.project.name == "Sunspots: forecast a series"
    assert visitor.document.data.dataset == "sunspots"
    assert visitor.opening.project.id != before.id


def test_a_design_file_becomes_a_project(tab, project):
    visitor = tab(project())
    visitor.visit()
    visitor.button("Open file").click().run()
    design = open_template("cars")
    visitor.at.file_uploader[0].upload(
        "my_cars.json", dump_document(design).encode(), "application/json"
    ).run()
    assert visitor.opening.project.name == "my cars"
    assert visitor.document == design


@pytest.mark.parametrize("content", [b"{", b"\x89HDF\r\n", b"[]", b'{"schema_version": 999}', b""])
def test_a_bad_file_says_why_and_changes_nothing(tab, project, content):
    before = project()
    visitor = tab(before)
    visitor.visit()
    visitor.button("Open file").click().run()
    visitor.at.file_uploader[0].upload("broken.json", content, "application/json").run()
    assert "broken.json could not be opened." in visitor.texts().replace("\\", "")
    assert "Something went wrong" not in visitor.texts()
    assert visitor.opening.project.id == before.id
    assert visitor.document == before.document


def renamed(document, name):
    return apply(document, RenameNode(node=next(iter(document.nodes)), name=name))[0]


@pytest.fixture
def two_tabs(tab, project):
    """Two tabs on one project; the first has saved an edit, the second then draws one of its own."""
    shared = project(name="Shared")
    first, second = tab(shared), tab(shared)
    first.visit()
    second.visit()
    first.draw(renamed(first.document, "theirs"))
    second.draw(renamed(second.document, "mine"))
    return first, second


def first_name(document):
    return next(iter(document.nodes.values())).name


def test_the_second_tab_is_told_and_loses_nothing(two_tabs, services):
    _, second = two_tabs
    assert "This project was changed in another tab." in second.texts()
    assert first_name(second.document) == "mine"
    assert first_name(services.projects.open(second.opening.project.id).document) == "theirs"


def test_what_another_tab_has_saved_is_one_step_of_undo(tab, project):
    one = project()
    first, second = tab(one), tab(one)
    first.visit()
    second.visit()
    second.select("hidden")
    begun, epoch = second.document, second.opening.epoch
    faster = begun.training.model_copy(update={"epochs": begun.training.epochs + 1})
    first.opening.save(begun.model_copy(update={"training": faster}))
    first.draw(renamed(first.document, "theirs"))
    second.at.run()
    assert (first_name(second.document), second.opening.epoch) == ("theirs", epoch)
    theirs, command = second.document, second.sent["commands"][-1]
    assert [edit["op"] for edit in command["edits"]] == ["replace", "beside"]
    # What was drawn just before the canvas hears of it is a step of its history, and saves over nothing.
    second.draw(renamed(begun, "late"))
    assert first_name(second.document) == "theirs"
    change = command["edits"][1]["change"]
    second.draw(theirs, ack=command["id"], beside=[change])
    assert second.document == theirs
    second.draw(begun, ack=command["id"])
    assert second.document == begun


def test_what_waits_for_one_projects_canvas_does_not_reach_another_one(tab, project, services):
    one, other = project(name="Edited elsewhere"), project("penguins", name="Opened instead")
    first, second = tab(one), tab(one)
    first.visit()
    second.visit("train")
    first.draw(renamed(first.document, "theirs"))
    # The canvas of this tab is yet to hear of it, and is not drawn here.
    second.visit("train")
    assert first_name(second.document) == "theirs"
    second.at.button(key=f"open_{other.id}").click().run()
    second.visit()
    assert second.opening.project.id == other.id
    assert second.sent["commands"] == []
    second.draw()
    assert services.projects.open(other.id).document == other.document


def test_the_other_tabs_design_is_taken(two_tabs):
    _, second = two_tabs
    second.button("Show the other tab's design").click().run()
    assert first_name(second.document) == "theirs"
    assert "changed in another tab" not in second.texts()


def test_mine_is_saved_over_it(two_tabs, services):
    first, second = two_tabs
    second.button("Save mine over it").click().run()
    assert first_name(services.projects.open(second.opening.project.id).document) == "mine"
    # The first tab drew nothing since: it shows what is newest.
    first.at.run()
    assert first_name(first.document) == "mine"


def test_mine_is_kept_as_a_copy(two_tabs, services):
    first, second = two_tabs
    second.button("Keep mine as a copy").click().run()
    assert second.opening.project.name == "Shared (mine)"
    assert first_name(second.document) == "mine"
    assert first_name(services.projects.open(first.opening.project.id).document) == "theirs"


def test_a_project_deleted_elsewhere_comes_back_when_it_is_worked_on(tab, project, services):
    visitor = tab(project(name="Wanted"))
    visitor.visit()
    services.projects.delete(visitor.opening.project.id)
    visitor.draw(renamed(visitor.document, "still_here"))
    assert first_name(services.projects.open(visitor.opening.project.id).document) == "still_here"


def test_a_model_file_becomes_a_project_with_its_weights(tab, project, services, tmp_path):
    model = lower(open_template("iris"), seed=4)
    model.save(tmp_path / "my_iris.h5")
    visitor = tab(project())
    visitor.visit()
    visitor.button("Open file").click().run()
    content = (tmp_path / "my_iris.h5").read_bytes()
    visitor.at.file_uploader[0].upload("my_iris.h5", content, "application/x-hdf5").run()
    assert visitor.opening.project.name == "my iris"
    assert [node.name for node in visitor.document.nodes.values()] == [layer.name for layer in model.layers]
    (run,) = services.runs.of_project(visitor.opening.project.id)
    kept = load_model(services.settings.run_dir(run.id) / CHECKPOINT)
    for mine, theirs in zip(kept.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert weights_of(services.settings, services.runs, run.project_id, visitor.document).run_id == run.id
    visitor.visit("train")
    assert "**Imported**" in visitor.texts()
    assert r"The weights of my\_iris\.h5" in visitor.texts()
    assert "Finished" not in visitor.texts()


def test_what_is_locked_in_a_file_is_said_before_it_is_opened(tab, project):
    document = lower(open_template("iris"), seed=4)
    config = json.loads(document.to_json())
    config["config"]["layers"][1]["class_name"] = "Swirl"
    before = project()
    visitor = tab(before)
    visitor.visit()
    visitor.button("Open file").click().run()
    visitor.at.file_uploader[0].upload("iris.json", json.dumps(config).encode(), "application/json").run()
    assert "1 of them is locked" in visitor.texts()
    assert "The layer 'Swirl' is not known here" in visitor.texts()
    assert visitor.opening.project.id == before.id
    visitor.button("Open the design").click().run()
    assert visitor.opening.project.name == "iris"
    assert [node.layer for node in visitor.document.nodes.values() if node.locked] == ["Swirl"]


def test_a_name_given_in_another_tab_is_shown(tab, project, services):
    shared = project(name="Old name")
    visitor = tab(shared)
    visitor.visit()
    services.projects.rename(shared.id, "New name")
    visitor.at.run()
    assert "**New name**" in visitor.texts()
    assert visitor.field("Name of this project").value == "New name"


def test_what_a_browser_kept_while_the_server_was_away_overwrites_nobody(tab, project, services):
    shared = project(name="Away")
    visitor = tab(shared)
    visitor.visit()
    theirs = renamed(shared.document, "theirs")
    services.projects.save(shared.id, theirs, shared.revision)
    # A new server knows nothing of the tab, whose browser began from the revision before.
    state = {"rev": 5, "epoch": f"{shared.id}:1", "ack": 0, "selected": [], "base": shared.revision}
    del visitor.at.session_state["open_project"]
    visitor.at.session_state[CANVAS] = {"doc": {**to_canvas(renamed(shared.document, "mine")), **state}}
    visitor.at.run()
    assert first_name(services.projects.open(shared.id).document) == "theirs"
    assert "This project was changed in another tab." in visitor.texts()
    assert first_name(visitor.document) == "mine"
