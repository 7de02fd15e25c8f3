import pytest
from hypothesis import given

from graph_compiler import can_connect
from graph_compiler.document import GraphDocument
from graph_compiler.wiring import Wiring
from tests.graph_compiler.designs import Sketch
from tests.graph_compiler.strategies import documents, quickly


def sorted_by_wires(document: GraphDocument, order: tuple[str, ...]) -> bool:
    place = {key: index for index, key in enumerate(order)}
    return all(
        edge.source in place and place[edge.source] < place[edge.target]
        for edge in document.edges.values()
        if edge.target in place
    )


@quickly
@given(documents())
def test_each_node_comes_after_those_it_needs(document):
    order = Wiring(document).order
    assert len(set(order)) == len(order)
    assert sorted_by_wires(document, order)


@quickly
@given(documents())
def test_cutting_the_named_wires_leaves_no_loop(document):
    wiring = Wiring(document)
    cut = {loop.edge.id for loop in wiring.loops}
    assert (not cut) == (len(wiring.order) == len(document.nodes))
    for loop in wiring.loops:
        for source, target in zip(loop.nodes, (*loop.nodes[1:], loop.nodes[0]), strict=True):
            assert any(edge.target == target for edge in wiring.outgoing[source])
    edges = {key: edge for key, edge in document.edges.items() if key not in cut}
    mended = Wiring(document.model_copy(update={"edges": edges}))
    assert mended.loops == ()
    assert len(mended.order) == len(document.nodes)


@quickly
@given(documents())
def test_the_newest_wire_of_a_loop_is_named(document):
    age = list(document.edges)
    for loop in Wiring(document).loops:
        pairs = set(zip(loop.nodes, (*loop.nodes[1:], loop.nodes[0]), strict=True))
        oldest_of_pair = [
            min(age.index(e.id) for e in document.edges.values() if (e.source, e.target) == pair)
            for pair in pairs
        ]
        assert age.index(loop.edge.id) >= max(oldest_of_pair)


def test_independent_nodes_keep_the_order_of_the_document():
    document = Sketch().add("InputLayer", "b").add("InputLayer", "a").add("Add", "c", "a", "b").document
    assert Wiring(document).order == ("b", "a", "c")


def test_wires_of_a_port_are_ordered_by_their_slot():
    sketch = Sketch().add("InputLayer", "a").add("InputLayer", "b").add("Concatenate", "c")
    sketch.wire("a", "c.inputs", slot=1).wire("b", "c.inputs", slot=0)
    edges = Wiring(sketch.document).incoming["c"]["inputs"]
    assert [edge.source for edge in edges] == ["b", "a"]


def network() -> GraphDocument:
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add("Dense", "one", "rows", units=4)
    return (
        sketch.add("Dense", "two", "one", units=4)
        .add("Dense", "free", units=4)
        .add("Add", "sum", "two")
        .document
    )


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (("rows", "output", "free", "inputs"), None),
        (("rows", "output", "sum", "inputs"), None),
        (("one", "output", "one", "inputs"), "'one' cannot feed itself."),
        (
            ("two", "output", "one", "inputs"),
            "The input 'inputs' of 'one' takes one wire, and the one from 'rows' is there.",
        ),
        (("rows", "output", "one", "inputs"), "This wire is there already."),
        (("two", "output", "rows", "inputs"), "'rows' is where data enters: no wire can end there."),
        (("rows", "state", "free", "inputs"), "'rows' has no output 'state'; it has output."),
        (("rows", "output", "free", "side"), "'free' has no input 'side'; it has inputs."),
        (("gone", "output", "free", "inputs"), "There is no layer with the id 'gone'."),
    ],
)
def test_a_wire_is_refused_with_the_reason(wire, reason):
    assert can_connect(network(), *wire) == reason


def test_a_loop_is_refused_with_the_way_round():
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add("Add", "sum", "rows")
    sketch.add("Dense", "back", "sum", units=4)
    reason = can_connect(sketch.document, "back", "output", "sum", "inputs")
    assert reason == "A wire from 'back' to 'sum' would go round: sum → back → sum."


def test_nothing_can_be_wired_to_an_unknown_layer():
    document = Sketch().add("InputLayer", "rows").add("Conv4D", "conv").document
    assert can_connect(document, "rows", "output", "conv", "inputs") is not None
