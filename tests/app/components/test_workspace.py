"""A tab whose runs overlap: Streamlit begins one while the one before it is still being ended."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.components.workspace import Opening
from app.services.projects import Projects
from graph_compiler.document import TrainingSettings

OVERLAPS = {
    "save": lambda opened, changed: opened.save(changed),
    "refresh": lambda opened, _: opened.refresh(),
    "is_behind": lambda opened, _: opened.is_behind(),
}


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_a_run_does_not_take_another_run_of_its_tab_for_another_tab(project, monkeypatch, overlap):
    opened = Opening(project())
    changed = opened.document.model_copy(update={"training": TrainingSettings(epochs=77)})
    is_stored, goes_on = threading.Event(), threading.Event()
    save = Projects.save

    def slow(projects, *what):
        revision = save(projects, *what)
        is_stored.set()
        assert goes_on.wait(30)
        return revision

    monkeypatch.setattr(Projects, "save", slow)
    with ThreadPoolExecutor() as runs:
        first = runs.submit(opened.save, changed)
        assert is_stored.wait(30)
        second = runs.submit(OVERLAPS[overlap], opened, changed)
        with pytest.raises(TimeoutError):
            second.result(0.2)
        goes_on.set()
        first.result(30)
        assert not second.result(30)
    assert opened.stale is None
    assert opened.document == changed
    assert opened.project.revision == 2
