from hypothesis import given
from hypothesis import strategies as st

from graph_compiler.document import Edge, GraphDocument, Node, SetParam, apply, diff_edits
from graph_compiler.document.values import same_value
from tests.graph_compiler.strategies import documents, edits_of, quickly


def follow(document: GraphDocument, edits) -> GraphDocument:
    for edit in edits:
        document, _ = apply(document, edit)
    return document


def check_diff(old: GraphDocument, new: GraphDocument) -> None:
    reached = follow(old, diff_edits(old, new))
    assert same_value(reached, new)
    assert list(reached.nodes) == list(new.nodes)
    assert list(reached.edges) == list(new.edges)


@quickly
@given(documents(), documents())
def test_the_edits_lead_from_any_document_to_any_other(old, new):
    check_diff(old, new)


@quickly
@given(st.data())
def test_the_edits_lead_to_a_near_document(data):
    old = data.draw(documents())
    new = old
    for _ in range(3):
        new, _ = apply(new, data.draw(edits_of(new)))
    check_diff(old, new)


@quickly
@given(documents())
def test_the_same_document_needs_no_edit(document):
    assert diff_edits(document, document.model_copy(deep=True)) == ()


def test_one_change_is_one_edit():
    old = GraphDocument(nodes={"a": Node(id="a", layer="Dense", name="a", params={"units": 2})})
    new, _ = apply(old, SetParam(node="a", param="units", value=3))
    assert diff_edits(old, new) == (SetParam(node="a", param="units", value=3),)


def test_one_and_true_are_two_values_and_one_and_one_point_zero_are_one():
    old = GraphDocument(nodes={"a": Node(id="a", layer="Dense", name="a", params={"x": 1})})
    true, _ = apply(old, SetParam(node="a", param="x", value=True))
    real, _ = apply(old, SetParam(node="a", param="x", value=1.0))
    assert len(diff_edits(old, true)) == 1
    assert diff_edits(old, real) == ()


def test_a_node_that_moves_in_the_order_keeps_its_wires():
    nodes = [Node(id=key, layer="Dense", name=key) for key in "abc"]
    edges = {"e": Edge(id="e", source="a", target="b"), "f": Edge(id="f", source="b", target="c")}
    old = GraphDocument(nodes={node.id: node for node in nodes}, edges=edges)
    new = GraphDocument(nodes={node.id: node for node in (nodes[1], nodes[2], nodes[0])}, edges=edges)
    check_diff(old, new)
