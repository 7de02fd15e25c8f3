"""A designer on a data directory of its own, and tabs that look at its pages."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app.components.workspace import CANVAS
from app.components.workspace import designer as designer_of_pages
from app.services.designer import Designer
from app.services.projects import Project
from app.services.run_store import Run
from app.services.settings import DATA_DIR_VARIABLE
from app.services.templates import open_template
from app.services.training import train
from graph_compiler.document import GraphDocument, to_canvas

SCRIPT = Path(__file__).parents[2] / "app" / "entry" / "designer.py"
SECONDS = 60
"""A page may take so long on a machine that has much else to do."""


class Tab:
    """A browser tab, without the browser."""

    def __init__(self, project_id: str | None = None) -> None:
        self.at = AppTest.from_file(str(SCRIPT), default_timeout=SECONDS)
        if project_id is not None:
            self.at.query_params["project"] = project_id

    def visit(self, page: str = "design") -> AppTest:
        """Show a page; all of them are functions, which AppTest has no public way to switch to."""
        if "open_project" not in self.at.session_state:
            self.at.run()
        self.at._page_hash = calc_hash("" if page == "design" else page)
        self.at.run()
        self.at._page_hash = ""
        assert not self.at.exception
        return self.at

    @property
    def opening(self) -> Any:
        return self.at.session_state["open_project"]

    @property
    def document(self) -> GraphDocument:
        return self.opening.document

    @property
    def sent(self) -> dict[str, Any]:
        """What Python sent to the canvas in the last run."""
        return json.loads(self.at.get("bidi_component")[0].proto.json)

    def draw(
        self,
        document: GraphDocument | None = None,
        selected: tuple[str, ...] = (),
        ack: int = 0,
        beside: Sequence[object] = (),
    ) -> AppTest:
        """Edit on the canvas: the browser commits a design and what is selected in it."""
        self.at.session_state[CANVAS] = {
            "doc": {
                **to_canvas(document or self.document),
                "rev": 1,
                "epoch": self.opening.epoch,
                "ack": ack,
                "selected": list(selected),
                "beside": list(beside),
            }
        }
        self.at.run()
        assert not self.at.exception
        return self.at

    def select(self, *names: str) -> AppTest:
        """Select layers by name."""
        return self.draw(selected=tuple(self.node(name) for name in names))

    def node(self, name: str) -> str:
        """The id of a layer."""
        return next(key for key, node in self.document.nodes.items() if node.name == name)

    def texts(self) -> str:
        """All that is written on the page."""
        kinds = ("markdown", "caption", "error", "warning", "info", "success", "subheader", "toast")
        return "\n".join(str(element.value) for kind in kinds for element in self.at.get(kind))

    def field(self, label: str) -> Any:
        """The widget of a label, whatever its kind."""
        kinds = ("text_input", "number_input", "selectbox", "toggle", "slider", "multiselect", "text_area")
        found = [widget for kind in kinds for widget in self.at.get(kind) if widget.label == label]
        assert found, f"no field {label!r}"
        return found[0]

    def button(self, label: str) -> Any:
        """The button of a label."""
        found = [button for button in self.at.button if button.label == label]
        assert found, f"no button {label!r} among {[button.label for button in self.at.button]}"
        return found[-1]


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Designer]:
    """The services behind the pages: the real ones, one designer for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(tmp_path_factory.mktemp("designer")))
        designer_of_pages.clear()
        yield designer_of_pages()
        designer_of_pages().close()
        designer_of_pages.clear()


@pytest.fixture
def project(services: Designer) -> Callable[..., Project]:
    """Makes a project from a template."""

    def make(template: str = "iris", name: str = "A network") -> Project:
        return services.projects.create(name, open_template(template))

    return make


@pytest.fixture
def tab(services: Designer) -> Callable[..., Tab]:
    """Opens a tab on a project."""

    def open_tab(project: Project | None = None) -> Tab:
        return Tab(project.id if project else None)

    return open_tab


@pytest.fixture(scope="session")
def trained(services: Designer) -> Callable[..., Project]:
    """A project that was trained for two epochs on the data of its template, once for all tests."""
    made: dict[str, Project] = {}

    def make(template: str = "iris") -> Project:
        if template not in made:
            document = open_template(template)
            short = document.training.model_copy(update={"epochs": 2, "seed": 1})
            project = services.projects.create(
                f"Trained {template}", document.model_copy(update={"training": short})
            )
            wait_for(services, train(services, project.id, project.document).id)
            made[template] = project
        return made[template]

    return make


def wait_for(services: Designer, run_id: str) -> Run:
    """Waits until a run has ended."""
    ended = threading.Event()
    for _ in range(int(SECONDS / 0.05)):
        run = services.runs.get(run_id)
        if not run.is_open:
            return run
        ended.wait(0.05)
    raise AssertionError(f"run {run_id} did not end in {SECONDS} seconds")
