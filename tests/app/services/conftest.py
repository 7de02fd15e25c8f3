from pathlib import Path

import pytest

from app.services.projects import Projects
from app.services.run_store import RunStore
from app.services.settings import resolve_settings
from app.services.store import Store
from app.services.workers import Workers


@pytest.fixture
def settings(tmp_path):
    return resolve_settings(tmp_path / "data")


@pytest.fixture
def store(settings):
    store = Store(settings.database)
    yield store
    store.close()


@pytest.fixture
def projects(store):
    return Projects(store)


@pytest.fixture
def runs(store):
    return RunStore(store, owner="this designer")


@pytest.fixture(scope="session")
def forked():
    """Starts workers that know the jobs of the tests, by forking one server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)
        workers = Workers(preload=())
        workers.prepare()
        yield workers
    workers.close()


@pytest.fixture
def spawned(monkeypatch):
    """Starts workers that know the jobs of the tests, each anew."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return Workers(forking=False)
