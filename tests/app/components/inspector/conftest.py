"""A tab with layers on the canvas, and what the form asked the canvas to do."""

from collections.abc import Callable
from typing import Any

import pytest

from graph_compiler.document import AddNode, GraphDocument, Node, SetParam, apply

FORM = "n_1"


@pytest.fixture
def form(tab: Callable[..., Any], services: Any) -> Callable[..., Any]:
    """A tab with one layer on the canvas, selected."""

    def open_form(layer: str, /, **params: Any) -> Any:
        return _opened(tab, services, {"it": (layer, params)})

    return open_form


@pytest.fixture
def forms(tab: Callable[..., Any], services: Any) -> Callable[..., Any]:
    """A tab with several layers on the canvas, selected: name → layer and parameters."""

    def open_forms(**layers: tuple[str, dict[str, Any]]) -> Any:
        return _opened(tab, services, layers)

    return open_forms


def _opened(tab: Callable[..., Any], services: Any, layers: dict[str, tuple[str, dict[str, Any]]]) -> Any:
    document = GraphDocument()
    for number, (name, (layer, params)) in enumerate(layers.items(), start=1):
        node = Node(id=f"n_{number}", layer=layer, name=name, params=params)
        document, _ = apply(document, AddNode(node=node))
    visitor = tab(services.projects.create("Form", document))
    visitor.visit()
    visitor.select(*layers)
    return visitor


@pytest.fixture
def last_command() -> Callable[[Any], dict[str, Any]]:
    """What the form asked for last."""

    def last(visitor: Any) -> dict[str, Any]:
        return {name: value for name, value in visitor.sent["commands"][-1].items() if name != "id"}

    return last


@pytest.fixture
def carried_out() -> Callable[..., None]:
    """Has the browser do what it was asked."""

    def carry_out(visitor: Any, **params: Any) -> None:
        document = visitor.document
        for name, value in params.items():
            document, _ = apply(document, SetParam(node=FORM, param=name, value=value))
        visitor.draw(document, selected=(FORM,), ack=visitor.sent["commands"][-1]["id"])

    return carry_out
