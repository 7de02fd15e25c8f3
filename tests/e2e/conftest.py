"""The designer as users start it, one for all tests; a test has its own context and project."""

import os
import signal
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from app.services.evaluation import CHECKPOINT
from app.services.projects import Projects
from app.services.run_store import Run, RunStore
from app.services.settings import Settings
from app.services.store import Store
from app.services.templates import open_template
from graph_compiler.document import CompileSettings, GraphDocument, TrainingSettings
from tests.browser import SIZE, Server, free_port, until
from tests.e2e.designs import digits_in_rows
from tests.e2e.visitor import Visitor

COMMAND = Path(sysconfig.get_path("scripts")) / "layerloom"


@dataclass(frozen=True)
class Designer:
    """A designer that runs, and a look into its data directory from outside.

    Args:
        server: Its process.
        settings: Its data directory.
        projects: The projects in it.
        runs: The runs in it.
    """

    server: Server
    settings: Settings
    projects: Projects
    runs: RunStore

    def document(self, project_id: str) -> GraphDocument:
        return self.projects.open(project_id).document

    def has_training(self, project_id: str, **expected: object) -> None:
        """Waits until the stored design has these settings of training or compiling."""

        def stored() -> bool:
            document = self.document(project_id)
            found = document.compile.model_dump() | document.training.model_dump()
            return expected.items() <= {key: found[key] for key in expected}.items()

        until(stored, f"a stored design with {expected}")

    def last_run(self, project_id: str) -> Run:
        return self.runs.of_project(project_id)[0]

    def has_said(self, project_id: str, kind: str) -> bool:
        """Whether the last run of a project has reported an event of a kind."""
        events = self.runs.events_after(self.last_run(project_id).id, limit=100_000)
        return any(event.kind == kind for event in events)

    def checkpoint(self, run: Run) -> Path:
        return self.settings.run_dir(run.id) / CHECKPOINT

    def new_project(self, template: str, name: str = "", **settings: object) -> str:
        """A project made of a template, with other settings for compile and training."""
        document = open_template(template)
        for_compile = {
            key: settings.pop(key) for key in list(settings) if key in CompileSettings.model_fields
        }
        return self.projects.create(
            name or template,
            document.model_copy(
                update={
                    "compile": CompileSettings(**document.compile.model_dump() | for_compile),
                    "training": TrainingSettings(**document.training.model_dump() | settings),
                }
            ),
        ).id

    def workers(self) -> list[int]:
        """The processes that train, found as children of the one that makes them."""
        parents = _parents()
        makers = [pid for pid, parent in parents.items() if parent == self.server.process.pid]
        return [pid for pid, parent in parents.items() if parent in makers]


def _parents() -> dict[int, int]:
    """Process numbers with those of their parents."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name in brackets may hold spaces: what counts stands behind it.
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    return parents


@contextmanager
def running_designer(data_dir: Path, port: int | None = None) -> Iterator[Designer]:
    """Starts a designer on a data directory, by the command that users give."""
    port = port or free_port()
    command = [COMMAND, "--no-browser", "--port", str(port), "--data-dir", str(data_dir)]
    data_dir.mkdir(exist_ok=True)
    with Server([str(word) for word in command], port, data_dir.parent / "server.log") as server:
        settings = Settings(data_dir)
        store = Store(settings.database)
        yield Designer(server, settings, Projects(store), RunStore(store, "a test"))
        store.close()


@pytest.fixture(scope="session")
def designer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Designer]:
    """The designer all tests share."""
    with running_designer(tmp_path_factory.mktemp("designer") / "data") as designer:
        yield designer
        for log in designer.settings.data_dir.glob("*.log"):
            raise AssertionError(f"Pages went wrong:\n{log.read_text()}")


NewVisitor = Callable[..., Visitor]


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[NewVisitor]:
    """Makes visitors, each with a browser of its own; none may leave a complaint or look elsewhere."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(designer: Designer, **options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": SIZE, "reduced_motion": "reduce"} | options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        visitors.append(Visitor(context.new_page(), designer.server.address))
        return visitors[-1]

    yield make
    for context in contexts:
        context.close()
    for visitor in visitors:
        assert visitor.own_complaints == []
        assert visitor.strangers == []


@pytest.fixture
def visitor(designer: Designer, new_visitor: NewVisitor) -> Iterator[Visitor]:
    """Somebody at the shared designer; whatever still trains afterwards is ended."""
    yield new_visitor(designer)
    for pid in designer.workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not designer.workers(), "no worker left")


@pytest.fixture(scope="session")
def trained_project(designer: Designer, browser: Browser) -> str:
    """A project with the digits' convolutions, trained for two epochs."""
    project_id = designer.projects.create("Handwritten digits", digits_in_rows(epochs=2)).id
    with closing(browser.new_context(viewport=SIZE, reduced_motion="reduce")) as context:
        visitor = Visitor(context.new_page(), designer.server.address)
        visitor.open(project_id, "train")
        visitor.train_button.click()
        visitor.run_is("Finished")
    return project_id


@pytest.fixture(autouse=True)
def _patience() -> None:
    """Two busy cores draw a page slower than Playwright expects."""
    expect.set_options(timeout=15_000)
