"""A fix that was chosen on the canvas is carried out: that one, for that finding."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.components.workspace import CANVAS
from graph_compiler.document import DataBinding, Edge, GraphDocument, Node

CHOSEN = {"node": "d", "code": "NN427", "port": None, "title": "Put a GlobalAveragePooling2D before 'told'"}


def page() -> None:
    """What the canvas calls when a fix was chosen."""
    from app.components.canvas_fixes import mend

    mend()


@pytest.fixture
def commands(services):
    """What the canvas is told to do for a choice."""
    nodes = (
        Node(id="i", layer="InputLayer", name="picture", params={"shape": [28, 28, 1]}),
        Node(id="d", layer="Dense", name="told", params={"units": 10, "activation": "softmax"}),
    )
    document = GraphDocument(
        nodes={node.id: node for node in nodes},
        edges={"e": Edge(id="e", source="i", target="d")},
        data=DataBinding(dataset="mnist"),
    )

    def carried_out(**chosen: Any) -> list[dict[str, Any]]:
        at = AppTest.from_function(page, default_timeout=60)
        at.query_params["project"] = services.projects.create("Fixes", document).id
        at.session_state[CANVAS] = {"mend": {**CHOSEN, **chosen}}
        at.run()
        assert not at.exception
        key = f"{CANVAS}:commands"
        return list(at.session_state[key]) if key in at.session_state else []

    return carried_out


def test_the_fix_of_that_title_is_carried_out(commands):
    (command,) = commands()
    added = [edit["node"]["layer"] for edit in command["edits"] if edit["op"] == "add_node"]
    assert added == ["GlobalAveragePooling2D"], "the second of two"


@pytest.mark.parametrize("gone", [{"title": "Fly"}, {"port": "inputs"}, {"code": "NN103"}, {"node": "x"}])
def test_what_is_not_offered_any_more_does_nothing(commands, gone):
    assert commands(**gone) == []
