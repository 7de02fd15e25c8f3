import pytest

from app.services.projects import Projects
from app.services.run_store import RunStore
from app.services.settings import resolve_settings
from app.services.store import Store


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
