import json
from dataclasses import replace

import pytest

from app.services.datasets import describe
from app.services.fitting import fit_to_data
from app.services.notes import canvas_notes, data_facts, facts_of
from app.services.palette import palette_entries
from app.services.templates import open_template
from graph_compiler import analyze
from graph_compiler.document import BindData, DataBinding, DeleteNodes, GraphDocument, Node, apply
from runtime.layers import layer_names, layer_spec


def test_the_palette_has_every_layer_of_a_group_once_group_by_group():
    entries = palette_entries()
    names = [entry["layer"] for entry in entries]
    assert sorted(names) == sorted(name for name in layer_names() if layer_spec(name).group)
    groups = [entry["group"] for entry in entries]
    assert groups == sorted(groups, key=groups.index)
    assert json.loads(json.dumps(entries)) == entries


def test_usual_layers_stand_before_rare_ones():
    labels = [entry["label"] for entry in palette_entries()]
    assert labels[:2] == ["Input", "Dense"]
    for usual, rare in [
        ("MaxPooling2D", "AdaptiveMaxPooling2D"),
        ("GRU", "ConvLSTM1D"),
        ("Rescaling", "Discretization"),
    ]:
        assert labels.index(usual) < labels.index(rare)


@pytest.mark.parametrize("entry", palette_entries(), ids=lambda entry: entry["layer"])
def test_a_new_node_has_parameters_its_layer_takes(entry):
    assert entry["label"]
    assert entry["summary"]
    for param in layer_spec(entry["layer"]).params:
        value = entry["params"].get(param.name)
        if param.required and value is not None:
            param.check(value)


def test_notes_say_shapes_ports_parameters_and_what_is_wrong():
    document = open_template("iris")
    notes = canvas_notes(document, analyze(document, data_facts(document)))
    source, hidden, last = document.nodes
    assert notes[source]["outputs"] == {"output": "batch × 4"}
    assert (notes[hidden]["parameters"], notes[last]["parameters"]) == (80, 51)
    assert notes[hidden]["inputs"] == [{"name": "inputs", "optional": False, "variadic": False}]
    assert all(note["findings"] == [] for note in notes.values())
    broken, _ = apply(document, DeleteNodes(nodes=(source,), edges=tuple(document.edges)[:1]))
    findings = canvas_notes(broken, analyze(broken))[hidden]["findings"]
    assert findings[0]["severity"] == "error"
    assert json.loads(json.dumps(findings)) == findings


def test_a_layer_nobody_knows_has_notes_too():
    stranger = Node(id="n_00000001", layer="Telepathy", name="telepathy")
    document = GraphDocument(nodes={stranger.id: stranger})
    assert canvas_notes(document, analyze(document))[stranger.id]["findings"]


def test_data_that_is_not_in_the_catalogue_has_no_facts():
    document, _ = apply(GraphDocument(), BindData(data=DataBinding(dataset="lost")))
    assert data_facts(document) is None
    assert data_facts(GraphDocument()) is None


@pytest.mark.parametrize("name", ["wine", "moons", "cars"])
def test_a_design_is_fitted_to_other_data_of_its_kind(name):
    card = describe(name)
    document = fit_to_data(open_template("iris"), card)
    analysis = analyze(document, facts_of(card))
    assert analysis.findings == ()
    assert document.compile.loss == card.answer.loss
    assert document.data == DataBinding(dataset=name)


def test_a_table_of_vectors_is_fitted_to_the_vocabulary():
    card = replace(describe("language_id"), vocabulary_size=206)
    document = fit_to_data(open_template("language_id"), card)
    assert [node.params["input_dim"] for node in document.nodes.values() if "input_dim" in node.params] == [
        206
    ]
