"""The page Projects: every design with its picture, and what can be done with it."""

import pytest

from app.services.templates import open_template
from graph_compiler.document import dump_document


@pytest.fixture
def gallery(tab, project):
    """A tab on the page, with a project open whose name no other has."""

    def make(name):
        visitor = tab(project(name=name))
        visitor.visit("projects")
        return visitor

    return make


def find(visitor, name):
    visitor.field("Find a project").input(name).run()
    return visitor


def shown(visitor):
    return [button.label for button in visitor.at.button if str(button.key).startswith("show_")]


def test_a_project_has_a_picture_and_its_layers(gallery):
    visitor = find(gallery("Pictured"), "pictured")
    assert shown(visitor) == ["**Pictured**"]
    assert "3 layers · today" in visitor.texts()
    assert "open here" in visitor.texts()
    ((picture,),) = (image.value for image in visitor.at.get("image"))
    assert picture.startswith("data:image/svg+xml")


def test_a_project_is_opened(gallery, project):
    other = project("penguins", name="Opened from its card")
    visitor = find(gallery("Elsewhere"), "from its card")
    visitor.at.button(key=f"show_{other.id}").click().run()
    assert visitor.opening.project.id == other.id
    assert "Layers" in [metric.label for metric in visitor.at.metric]


def test_signs_in_a_name_are_looked_for_as_they_are(gallery, project):
    project(name="100 % of_it")
    assert shown(find(gallery("Percent"), "% OF_")) == ["**100 % of\\_it**"]
    visitor = find(gallery("Nothing found"), "%%")
    assert shown(visitor) == []
    assert "No project has “%%” in its name." in visitor.texts().replace("\\", "")


def test_a_project_is_renamed(gallery, services, project):
    other = project(name="Misnamed")
    visitor = find(gallery("Namer"), "misnamed")
    visitor.at.button(key=f"rename_{other.id}").click().run()
    visitor.field("Name").input("Well named")
    visitor.button("Rename").click().run()
    assert services.projects.open(other.id).name == "Well named"


def test_a_name_of_nothing_is_refused(gallery, services, project):
    other = project(name="Keeps its name")
    visitor = find(gallery("Other namer"), "keeps its")
    visitor.at.button(key=f"rename_{other.id}").click().run()
    visitor.field("Name").input("  ")
    visitor.button("Rename").click().run()
    assert "1 to 120 characters" in visitor.texts()
    assert services.projects.open(other.id).name == "Keeps its name"


def test_a_copy_stands_beside_it_and_what_is_open_stays(gallery):
    visitor = find(gallery("Copied"), "copied")
    before = visitor.opening.project.id
    visitor.at.button(key=f"copy_{before}").click().run()
    assert shown(visitor) == ["**Copied copy**", "**Copied**"]
    assert visitor.opening.project.id == before


def test_deleting_is_undone(gallery, project):
    other = project(name="Deleted card")
    visitor = find(gallery("Deleter"), "deleted card")
    before = visitor.opening.project.id
    project(name="Changed last")
    visitor.at.button(key=f"delete_{other.id}").click().run()
    assert visitor.opening.project.id == before, "what is open here stays so"
    assert shown(visitor) == []
    assert "“Deleted card” is deleted." in visitor.texts()
    visitor.button("Undo delete").click().run()
    assert shown(find(visitor, "deleted card")) == ["**Deleted card**"]


def test_more_are_shown_when_asked_for(gallery, project):
    for number in range(14):
        project(name=f"Many {number}")
    visitor = find(gallery("Counter"), "many ")
    assert len(shown(visitor)) == 12
    visitor.button("Show more").click().run()
    assert len(shown(visitor)) == 14


def test_a_dropped_file_becomes_a_project(gallery):
    visitor = gallery("Dropped upon")
    design = open_template("cars")
    visitor.at.file_uploader[0].upload(
        "dropped.json", dump_document(design).encode(), "application/json"
    ).run()
    assert visitor.opening.project.name == "dropped"
    assert visitor.document == design
    assert "Layers" in [metric.label for metric in visitor.at.metric]


def test_a_broken_file_says_why(gallery):
    visitor = gallery("Broken upon")
    visitor.at.file_uploader[0].upload("broken.h5", b"\x89HDF\r\n", "application/x-hdf5").run()
    assert "broken.h5 could not be opened." in visitor.texts().replace("\\", "")
    assert visitor.opening.project.name == "Broken upon"
