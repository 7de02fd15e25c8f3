import pytest

from app.services.projects import ProjectError, StaleProjectError
from graph_compiler.document import AddNode, GraphDocument, Node, apply
from runtime.errors import ParameterError


@pytest.fixture
def design():
    node = Node(id="n_00000001", layer="Dense", name="dense", params={"units": 8})
    return apply(GraphDocument(), AddNode(node=node))[0]


def test_a_design_is_saved_as_one_goes(projects, design):
    project = projects.create("  My   digits ")
    assert (project.name, project.revision, project.document) == ("My digits", 1, GraphDocument())
    assert projects.save(project.id, design, project.revision) == 2
    opened = projects.open(project.id)
    assert (opened.document, opened.revision) == (design, 2)


def test_saving_the_same_design_again_changes_nothing(projects, design):
    project = projects.create("Same", design)
    assert projects.save(project.id, design, 1) == 1
    assert projects.open(project.id).changed_at == project.changed_at


def test_a_writer_that_comes_late_is_told_and_overwrites_nothing(projects, design):
    project = projects.create("Two tabs")
    projects.save(project.id, design, 1)
    with pytest.raises(StaleProjectError, match="changed elsewhere") as stale:
        projects.save(project.id, GraphDocument(name="other"), 1)
    assert stale.value.current.document == design
    assert projects.open(project.id).document == design


def test_a_project_is_renamed_without_disturbing_who_edits_it(projects, design):
    project = projects.create("Old")
    projects.rename(project.id, "New")
    assert projects.save(project.id, design, project.revision) == 2
    assert projects.open(project.id).name == "New"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_must_be_one(projects, name):
    with pytest.raises(ParameterError, match="1 to 120 characters"):
        projects.create(name)


def test_copies_have_names_of_their_own(projects, design):
    project = projects.create("Digits", design)
    first, second = projects.duplicate(project.id), projects.duplicate(project.id)
    assert (first.name, second.name) == ("Digits copy", "Digits copy 2")
    assert first.document == design
    assert len({project.id, first.id, second.id}) == 3


def test_deleting_can_be_undone(projects, design):
    project = projects.create("Gone", design)
    projects.delete(project.id)
    assert projects.recent() == []
    for ask in (projects.open, projects.delete, projects.duplicate):
        with pytest.raises(ProjectError, match="no project"):
            ask(project.id)
    with pytest.raises(ProjectError):
        projects.save(project.id, design, 1)
    assert projects.restore(project.id) == project
    assert [entry.id for entry in projects.recent()] == [project.id]


def test_the_last_changed_project_comes_first(projects, design):
    first, second = projects.create("First"), projects.create("Second")
    assert [entry.id for entry in projects.recent()] == [second.id, first.id]
    projects.save(first.id, design, 1)
    assert [entry.name for entry in projects.recent()] == ["First", "Second"]
    assert len(projects.recent(limit=1)) == 1


def test_a_project_that_never_was_is_explained(projects):
    for ask in (projects.open, projects.restore):
        with pytest.raises(ProjectError, match="There is no project 'p_x'"):
            ask("p_x")
