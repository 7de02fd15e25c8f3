import pytest
from hypothesis import given

from graph_compiler import analyze
from graph_compiler.document import Edge, GraphDocument, SetParam, apply
from runtime.types import TensorSpec
from tests.graph_compiler.designs import DESIGNS, Sketch, branches, cnn, states
from tests.graph_compiler.strategies import documents, quickly


@pytest.mark.parametrize("name", DESIGNS)
def test_good_designs_have_no_findings(name):
    analysis = analyze(DESIGNS[name]())
    assert analysis.findings == ()
    assert analysis.ok
    assert analysis.waiting == {}


def test_shapes_and_parameters_of_a_convolutional_network():
    analysis = analyze(cnn())
    shapes = {key: ports["output"].shape for key, ports in analysis.shapes.items()}
    assert shapes == {
        "input": (None, 28, 28, 1),
        "rescaled": (None, 28, 28, 1),
        "conv": (None, 26, 26, 8),
        "pool": (None, 13, 13, 8),
        "flatten": (None, 1352),
        "dropout": (None, 1352),
        "hidden": (None, 16),
        "digit": (None, 10),
    }
    assert analysis.parameters["conv"] == 3 * 3 * 8 + 8
    assert analysis.parameters["hidden"] == 1352 * 16 + 16
    assert analysis.parameters["pool"] == 0
    assert analysis.total_parameters == sum(analysis.parameters.values())
    assert analysis.inputs == ("input",)
    assert analysis.outputs == ("digit",)


def test_several_inputs_and_outputs_are_in_the_order_of_the_document():
    analysis = analyze(branches())
    assert analysis.inputs == ("picture", "facts")
    assert analysis.outputs == ("price", "area")


def test_a_layer_may_have_several_outputs():
    analysis = analyze(states())
    assert analysis.shapes["encoder"] == {
        "output": TensorSpec((None, 5)),
        "hidden_state": TensorSpec((None, 5)),
        "cell_state": TensorSpec((None, 5)),
    }
    assert analysis.shapes["words"]["output"].shape == (None, None, 4)


def test_what_lies_behind_a_mistake_waits_for_it_and_is_not_red():
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add("Dense", "bad", "rows", units=-1)
    sketch.add("Dense", "next", "bad", units=2).add("Dense", "last", "next", units=3, activation="softmax")
    sketch.add("Conv2D", "elsewhere", "rows", filters=1, kernel_size=1)
    analysis = analyze(sketch.document)
    assert analysis.waiting == {"next": "bad", "last": "bad"}
    assert [(f.code, f.node_id) for f in analysis.findings] == [("NN301", "bad"), ("NN201", "elsewhere")]
    assert analysis.findings_at("bad") == (analysis.findings[0],)
    assert not analysis.ok


def test_what_lies_in_and_behind_a_loop_waits_for_its_newest_wire():
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add("Add", "sum", "rows")
    sketch.add("Dense", "back", "sum", units=4).wire("back", "sum.inputs", slot=1)
    sketch.add("Dense", "after", "back", units=2)
    analysis = analyze(sketch.document)
    assert analysis.waiting == {"back": "sum", "after": "sum"}
    assert [finding.code for finding in analysis.errors] == ["NN104"]


def test_every_mistake_of_a_node_is_told_at_once():
    sketch = Sketch().add("InputLayer", "rows", shape=[4])
    sketch.add("Dense", "bad", "rows", units=0, activation="rleu", use_bias="yes", colour="red")
    found = {(finding.code, finding.param) for finding in analyze(sketch.document).errors}
    assert found == {("NN301", "units"), ("NN301", "activation"), ("NN301", "use_bias"), ("NN302", "colour")}


def test_a_mistake_inside_a_wrapper_is_told_at_its_parameter():
    sketch = Sketch().add("InputLayer", "steps", shape=[5, 4])
    for name, inner in (
        ("unknown", {"layer": "LTSM", "params": {}}),
        ("value", {"layer": "LSTM", "params": {"units": 0}}),
        ("lacks", {"layer": "LSTM", "params": {}}),
        ("list", {"layer": "LSTM", "params": [3]}),
    ):
        sketch.add("Bidirectional", name, "steps", layer=inner)
    errors = analyze(sketch.document).errors
    assert {finding.node_id for finding in errors} == {"unknown", "value", "lacks", "list"}
    assert {finding.param for finding in errors} == {"layer"}
    assert all(finding.message.startswith("Inside: ") for finding in errors)


def test_a_mistake_in_a_list_of_layers_is_told_with_its_place():
    cells = [{"layer": "LSTMCell", "params": {"units": units}} for units in (3, 0)]
    stack = {"layer": "StackedRNNCells", "params": {"cells": cells}}
    sketch = Sketch().add("InputLayer", "steps", shape=[5, 4]).add("RNN", "stacked", "steps", cell=stack)
    (error,) = analyze(sketch.document).errors
    assert (error.param, error.message.partition("(")[0]) == ("cell", "Inside, layer 2: LSTMCell")


def test_parameters_every_layer_has_are_known():
    sketch = Sketch().add("InputLayer", "rows", shape=[4])
    sketch.add("Dense", "frozen", "rows", units=3, trainable=False, activation="relu")
    sketch.add("Dense", "answer", "frozen", units=3, activation="softmax")
    assert analyze(sketch.document).findings == ()
    broken, _ = apply(sketch.document, SetParam(node="frozen", param="trainable", value="no"))
    assert [finding.code for finding in analyze(broken).findings] == ["NN301"]


def test_weights_are_counted_without_being_made():
    sketch = Sketch().add("InputLayer", "rows", shape=[1_000_000])
    sketch.add("Dense", "huge", "rows", units=1_000_000, activation="softmax")
    assert analyze(sketch.document).parameters["huge"] == 1_000_000 * 1_000_000 + 1_000_000


def test_after_an_edit_unchanged_layers_are_not_made_again():
    before = analyze(cnn())
    document, _ = apply(cnn(), SetParam(node="hidden", param="units", value=17))
    after = analyze(document)
    assert after.shapes["hidden"]["output"].shape == (None, 17)
    assert after.shapes["pool"] is before.shapes["pool"]
    assert after.shapes["digit"] is not before.shapes["digit"]


@quickly
@given(documents())
def test_any_document_can_be_checked_and_every_broken_node_is_explained(document: GraphDocument):
    analysis = analyze(document)
    at_fault = {finding.node_id for finding in analysis.errors}
    for node_id in document.nodes:
        known = node_id in analysis.shapes
        if document.nodes[node_id].bypassed:
            assert not known
            continue
        assert known + (node_id in analysis.waiting) + (node_id in at_fault) >= 1
        assert not (known and node_id in analysis.waiting)
    for cause in analysis.waiting.values():
        assert cause in at_fault


def test_a_wire_from_a_port_that_is_not_there_makes_only_its_target_wait():
    sketch = Sketch().add("InputLayer", "steps", shape=[5, 4]).add("LSTM", "memory", "steps", units=3)
    sketch.add("Dense", "state", "memory.hidden_state", units=2).add("Dense", "answer", "memory", units=2)
    analysis = analyze(sketch.document)
    assert analysis.waiting == {"state": "memory"}
    assert analysis.shapes["answer"]["output"].shape == (None, 2)
    assert "NN106" in {finding.code for finding in analysis.findings_at("memory")}


def test_wires_to_a_missing_port_do_not_stop_the_check():
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add("Dense", "a", "rows", units=2)
    document = sketch.document.model_copy(
        update={"edges": {"e": Edge(id="e", source="rows", target="a", target_port="side")}}
    )
    assert {finding.code for finding in analyze(document).errors} == {"NN103", "NN106"}
