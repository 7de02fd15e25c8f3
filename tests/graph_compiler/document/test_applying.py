import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from graph_compiler.document import (
    AddNode,
    Batch,
    Connect,
    DeleteNodes,
    DocumentError,
    Edge,
    Edit,
    GraphDocument,
    Group,
    MoveNodes,
    Node,
    RenameNode,
    SetGroup,
    SetParam,
    apply,
    dump_document,
)
from tests.graph_compiler.strategies import documents, edits_of, quickly


@quickly
@given(st.data())
def test_the_inverse_restores_the_document(data):
    first = data.draw(documents())
    before = dump_document(first)
    document, undo = first, []
    for _ in range(data.draw(st.integers(1, 4))):
        document, inverse = apply(document, data.draw(edits_of(document)))
        undo.append(inverse)
    after = dump_document(document)
    redo = []
    for inverse in reversed(undo):
        document, forward = apply(document, inverse)
        redo.append(forward)
    assert dump_document(document) == before
    assert dump_document(first) == before, "the document before was changed in place"
    for forward in reversed(redo):
        document, _ = apply(document, forward)
    assert dump_document(document) == after


@quickly
@given(st.data())
def test_every_reachable_document_holds_together(data):
    document = data.draw(documents())
    for _ in range(3):
        document, _ = apply(document, data.draw(edits_of(document)))
    assert GraphDocument.model_validate(document.model_dump()) == document


@quickly
@given(st.data())
def test_edits_are_json_with_an_op(data):
    edit = data.draw(edits_of(data.draw(documents())))
    adapter = TypeAdapter(Edit)
    assert adapter.validate_json(adapter.dump_json(edit)) == edit


def two_nodes() -> GraphDocument:
    nodes = {key: Node(id=key, layer="Dense", name=key) for key in ("a", "b")}
    return GraphDocument(
        nodes=nodes,
        edges={"e": Edge(id="e", source="a", target="b")},
        groups={"g": Group(id="g", nodes=("a", "b"))},
    )


def test_deleting_a_node_takes_its_wires_and_its_place_in_a_group():
    document, inverse = apply(two_nodes(), DeleteNodes(nodes=("a",)))
    assert list(document.nodes) == ["b"]
    assert document.edges == {}
    assert document.groups["g"].nodes == ("b",)
    assert apply(document, inverse)[0] == two_nodes()


def test_untouched_parts_are_shared_and_not_copied():
    before = two_nodes()
    after, _ = apply(before, SetParam(node="a", param="units", value=3))
    assert after.nodes["b"] is before.nodes["b"]
    assert after.edges is before.edges
    assert after.compile is before.compile


def test_a_batch_is_all_or_nothing():
    before = two_nodes()
    batch = Batch(edits=(RenameNode(node="a", name="x"), RenameNode(node="zz", name="y")))
    with pytest.raises(DocumentError, match="no node with the id 'zz'"):
        apply(before, batch)
    assert before == two_nodes()


def test_edits_of_what_is_not_there_say_so():
    document = two_nodes()
    for edit in (
        DeleteNodes(nodes=("x",)),
        DeleteNodes(edges=("x",)),
        Connect(edge=Edge(id="f", source="a", target="x")),
        Connect(edge=Edge(id="f", source="a", target="b"), before="x"),
        AddNode(node=Node(id="c", layer="Dense", name="c"), before="x"),
        MoveNodes(positions={"x": (1, 2)}),
        SetGroup(id="g", group=Group(id="g", nodes=("x",))),
    ):
        with pytest.raises(DocumentError, match=r"no (node|wire) with the id 'x'"):
            apply(document, edit)


def test_an_id_is_used_once():
    with pytest.raises(DocumentError, match="a node with the id 'a' already"):
        apply(two_nodes(), AddNode(node=Node(id="a", layer="Dense", name="c")))
    with pytest.raises(DocumentError, match="a wire with the id 'e' already"):
        apply(two_nodes(), Connect(edge=Edge(id="e", source="a", target="b")))
    with pytest.raises(DocumentError, match="cannot be kept under the id 'h'"):
        apply(two_nodes(), SetGroup(id="h", group=Group(id="g")))


def test_something_else_is_no_edit():
    with pytest.raises(DocumentError, match="no edit"):
        apply(two_nodes(), "delete everything")  # pyright: ignore[reportArgumentType]
