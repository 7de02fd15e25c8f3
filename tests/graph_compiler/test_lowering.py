import numpy as np
import pytest
import torch

from graph_compiler import CompilationError, lower, model_name
from graph_compiler.document import Connect, Edge, GraphDocument, SetParam, apply
from tests.graph_compiler.designs import DESIGNS, Sketch, attention, branches, cnn, mlp, states


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_becomes_a_compiled_model(name):
    document = DESIGNS[name]()
    model = lower(document)
    assert {layer.name for layer in model.layers} == document.names()
    assert model.optimizer is not None


def test_inputs_and_outputs_are_in_the_order_of_the_document():
    model = lower(branches())
    assert model.input_names == ["picture", "facts"]
    assert model.output_names == ["price", "area"]
    assert model.name == "branches"


def test_a_lowered_model_learns():
    model = lower(mlp(), seed=0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4)).astype("float32")
    y = x[:, :3].argmax(1)
    history = model.fit(x, y, epochs=30, batch_size=20, verbose=0)
    assert history.history["accuracy"][-1] > 0.8


def test_compile_settings_reach_the_model():
    model = lower(cnn())
    assert type(model.optimizer).__name__ == "SGD"
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert model.optimizer.momentum == 0.9


def test_a_model_can_be_left_uncompiled():
    assert lower(cnn(), compile=False).optimizer is None


def test_the_slot_decides_the_order_of_wires():
    def joined(first: int, second: int) -> np.ndarray:
        sketch = Sketch().add("InputLayer", "a", shape=[1]).add("InputLayer", "b", shape=[1])
        sketch.add("Concatenate", "c").wire("a", "c.inputs", slot=first).wire("b", "c.inputs", slot=second)
        model = lower(sketch.document, compile=False)
        return model([torch.zeros(1, 1), torch.ones(1, 1)]).numpy()

    assert joined(0, 1).tolist() == [[0, 1]]
    assert joined(1, 0).tolist() == [[1, 0]]


def test_states_are_handed_from_layer_to_layer():
    model = lower(states(), seed=0, compile=False)
    heard, spoken = torch.ones(2, 6, 3), torch.ones(2, 5, 4)
    changed = model([heard * 2, spoken])
    assert not torch.equal(model([heard, spoken]), changed)


def test_call_settings_are_given_at_the_call():
    model = lower(attention(), compile=False)
    assert model(torch.ones(2, 7, 8)).shape == (2, 1)


def test_the_random_numbers_of_the_program_are_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    lower(mlp(), seed=3)
    assert torch.equal(torch.rand(1), expected)


def test_the_documents_seed_is_taken_when_none_is_given():
    assert mlp().training.seed == 1
    first, again = lower(mlp()), lower(mlp(), seed=1)
    assert all(map(np.array_equal, first.get_weights(), again.get_weights()))


def test_errors_are_listed_by_node():
    document, _ = apply(cnn(), SetParam(node="conv", param="filters", value=0))
    edge = Edge(id="loop", source="digit", target="hidden")
    document, _ = apply(document, Connect(edge=edge))
    with pytest.raises(CompilationError) as caught:
        lower(document)
    assert {finding.node_id for finding in caught.value.findings} == {"conv", "hidden"}
    lines = str(caught.value).splitlines()
    assert lines[0] == "No model can be made of this design: it has 3 mistakes."
    assert lines[1].startswith("NN301 'conv': Conv2D(filters=…) got 0")


@pytest.mark.parametrize(
    ("name", "expected"), [("digits", "digits"), ("My net!", "My_net"), ("", "model"), ("../x", "x")]
)
def test_a_models_name_can_be_a_file_name(name, expected):
    assert model_name(GraphDocument(name=name)) == expected
