"""A data directory of its own, and the two jobs run as a worker runs them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.datasets import Dataset, load
from app.services.datasets.own import Recipe, Source, read_source, suggested
from app.services.datasets.own.importing import import_file
from app.services.datasets.own.preparing import prepare
from app.services.job_context import JobContext
from app.services.settings import current_data_dir, work_in


@pytest.fixture(scope="module", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory):
    """The data directory of these tests; afterwards the one of before."""
    before, here = current_data_dir(), tmp_path_factory.mktemp("own")
    work_in(here)
    yield here
    work_in(before)


class Own:
    """Does what the page has done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.context: Any = JobContext(io.BytesIO(), folder)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, path: Path, **settings: str) -> Any:
        """Brings a file in."""
        spec = {"path": str(path), "file_name": path.name, **settings}
        return read_source(import_file(self.context, spec))

    def table(self, text: str, name: str = "table.csv") -> Any:
        return self.read(self.file(name, text))

    def name(self, source: Source, recipe: Recipe | None = None) -> str:
        """Prepares a source."""
        chosen = recipe or suggested(source)
        spec = {"source": source.id, "title": source.title, "recipe": chosen.model_dump()}
        return prepare(self.context, spec)

    def made(self, source: Source, recipe: Recipe | None = None) -> Dataset:
        return load(self.name(source, recipe))


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


@pytest.fixture
def cancelling(own: Own) -> Callable[[], None]:
    """Has the next job find that it was cancelled."""
    return lambda: own.context.cancel("by a test")
