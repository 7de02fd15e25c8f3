"""A bypassed layer is not there for all that makes a model of the design."""

from graph_compiler import analyze, keras_code, lower, measure, torch_code
from graph_compiler.bypassing import without_bypassed
from graph_compiler.document import Edge, GraphDocument, Node, dump_document, load_document


def design(*bypassed: str) -> GraphDocument:
    """Numbers through two layers of the same width into the answer, and the first joined again at the end."""
    nodes = [
        Node(id="n_in", layer="InputLayer", name="numbers", params={"shape": [8]}),
        Node(id="n_a", layer="Dense", name="first", params={"units": 8}),
        Node(id="n_b", layer="Dropout", name="second", params={"rate": 0.5}),
        Node(id="n_sum", layer="Add", name="joined"),
        Node(id="n_out", layer="Dense", name="answer", params={"units": 2}),
    ]
    edges = [
        Edge(id="e_1", source="n_in", target="n_a"),
        Edge(id="e_2", source="n_a", target="n_b"),
        Edge(id="e_3", source="n_b", target="n_sum", slot=1),
        Edge(id="e_4", source="n_in", target="n_sum", slot=0),
        Edge(id="e_5", source="n_sum", target="n_out"),
    ]
    return GraphDocument(
        nodes={node.id: node.model_copy(update={"bypassed": node.name in bypassed}) for node in nodes},
        edges={edge.id: edge for edge in edges},
    )


def test_nothing_bypassed_is_the_same_document() -> None:
    document = design()
    assert without_bypassed(document) is document


def test_model_code_and_measures_are_those_of_the_design_without_the_layer() -> None:
    document = design("second")
    plain = without_bypassed(document)
    assert [node.name for node in plain.nodes.values()] == ["numbers", "first", "joined", "answer"]
    assert plain.edges["e_3"] == Edge(id="e_3", source="n_a", target="n_sum", slot=1)
    assert [layer.name for layer in lower(document).layers] == ["numbers", "first", "joined", "answer"]
    for program in (keras_code, torch_code):
        assert program(document) == program(plain)
        assert "Dropout" not in program(document)
    assert measure(document).trainable == measure(plain).trainable
    analysis = analyze(document)
    assert analysis.ok
    assert "n_b" not in analysis.shapes


def test_a_chain_of_bypassed_layers_hands_on_what_comes_in_at_its_head() -> None:
    plain = without_bypassed(design("first", "second"))
    assert plain.edges["e_3"].source == "n_in"
    assert analyze(plain).ok


def test_a_wire_behind_a_layer_into_which_nothing_comes_is_gone() -> None:
    document = design("numbers")
    assert set(without_bypassed(document).edges) == {"e_2", "e_3", "e_5"}
    assert not analyze(document).ok


def test_only_the_first_output_is_handed_on() -> None:
    document = GraphDocument(
        nodes={
            "s": Node(id="s", layer="InputLayer", name="steps", params={"shape": [5, 4]}),
            "r": Node(
                id="r", layer="LSTM", name="r", params={"units": 4, "return_state": True}, bypassed=True
            ),
            "a": Node(id="a", layer="Flatten", name="whole"),
            "b": Node(id="b", layer="Flatten", name="state"),
        },
        edges={
            "1": Edge(id="1", source="s", target="r", target_port="sequences"),
            "2": Edge(id="2", source="r", target="a"),
            "3": Edge(id="3", source="r", source_port="hidden_state", target="b"),
        },
    )
    assert {key: edge.source for key, edge in without_bypassed(document).edges.items()} == {"2": "s"}


def test_layers_that_are_bypassed_in_a_ring_hand_on_nothing() -> None:
    document = design("first", "second")
    ring = Edge(id="e_1", source="n_b", target="n_a")
    looped = document.model_copy(update={"edges": {**document.edges, "e_1": ring}})
    assert "e_3" not in without_bypassed(looped).edges


def test_a_bypassed_layer_that_other_nodes_call_lives_on_there() -> None:
    document = design("first")
    again = Node(id="n_b", layer="Dense", name="second", shares="n_a")
    third = Node(id="n_c", layer="Dense", name="third", shares="n_b")
    wire = Edge(id="e_6", source="n_in", target="n_c")
    nodes = {**document.nodes, "n_b": again, "n_c": third}
    document = document.model_copy(update={"nodes": nodes, "edges": {**document.edges, "e_6": wire}})
    plain = without_bypassed(document)
    assert plain.nodes["n_b"] == Node(id="n_b", layer="Dense", name="first", params={"units": 8})
    assert plain.nodes["n_c"].shares == "n_b"
    analysis = analyze(document)
    assert not analysis.errors
    assert lower(document).count_params() == 8 * 8 + 8 + 8 * 2 + 2


def test_a_file_names_it_only_where_it_is_so() -> None:
    document = design("second")
    text = dump_document(document)
    assert text.count("bypassed") == 1
    assert load_document(text) == document
