import json

import pytest
from hypothesis import given

from graph_compiler.document import (
    DocumentError,
    GraphDocument,
    Group,
    Node,
    diff_edits,
    from_canvas,
    to_canvas,
)
from tests.graph_compiler.strategies import documents, quickly


@quickly
@given(documents())
def test_the_canvas_gives_back_what_it_got(document):
    wire = json.loads(json.dumps(to_canvas(document)))
    assert diff_edits(document, from_canvas(wire, document)) == ()


@quickly
@given(documents())
def test_what_the_canvas_does_not_know_is_kept(document):
    after = from_canvas({"nodes": [], "edges": [], "rev": 3, "selected": ["x"]}, document)
    assert after.nodes == {}
    assert (after.compile, after.training, after.data) == (document.compile, document.training, document.data)
    assert GraphDocument.model_validate(after.model_dump()) == after


def node(node_id: str, **fields: object) -> dict:
    return {"id": node_id, "layer": "Dense", "name": node_id, **fields}


def test_groups_are_those_of_the_browser_once_it_speaks_of_them():
    document = GraphDocument(
        nodes={"n_a": Node(id="n_a", layer="Dense", name="a")},
        groups={"g": Group(id="g", title="encoder", nodes=("n_a",))},
    )
    wire = to_canvas(document)
    assert wire["groups"] == [{"id": "g", "title": "encoder", "nodes": ["n_a"]}]
    assert from_canvas(wire) == document
    assert from_canvas({**wire, "groups": []}, document).groups == {}
    assert from_canvas({"nodes": wire["nodes"], "edges": []}, document).groups == document.groups
    assert from_canvas({**wire, "nodes": []}, document).groups["g"].nodes == ()


def test_unchanged_nodes_are_the_same_objects():
    before = from_canvas({"nodes": [node("a", params={"rate": 1.0}), node("b")], "edges": []})
    after = from_canvas({"nodes": [node("a", params={"rate": 1}), node("b", x=3)], "edges": []}, before)
    assert after.nodes["a"] is before.nodes["a"]
    assert after.nodes["b"].x == 3


def test_a_wire_without_its_layer_is_dropped_and_fields_of_the_browser_are_left_aside():
    wire = {
        "nodes": [node("a", selected=True)],
        "edges": [
            {"id": "e", "source": "a", "source_port": "output", "target": "b", "target_port": "inputs"}
        ],
    }
    assert from_canvas(wire).edges == {}


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ({"nodes": {}, "edges": []}, "dict where a list was expected"),
        ({"nodes": [node("a"), node("a")], "edges": []}, "'a' stands twice"),
        ({"nodes": ["a"], "edges": []}, "received 'a'"),
        ({"nodes": [{"id": "a"}], "edges": []}, "lacks 'layer'"),
        ({"nodes": [node("a", x=float("nan"))], "edges": []}, "finite"),
    ],
)
def test_a_broken_message_is_refused(wire, message):
    with pytest.raises(DocumentError, match=message):
        from_canvas(wire)
