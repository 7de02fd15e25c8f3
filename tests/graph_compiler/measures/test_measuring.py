"""Measures of small designs, against numbers worked out by hand or by the real thing."""

import csv
import io

import pytest

from graph_compiler import lower
from graph_compiler.document import CompileSettings, RenameNode, apply
from graph_compiler.measures import costliest, measure, measures_csv, measures_table
from tests.graph_compiler.designs import DESIGNS, Sketch, cnn

FLOAT = 4


def perceptron(**compile: object) -> Sketch:
    settings = CompileSettings.model_validate(compile)
    sketch = Sketch(compile=settings).add("InputLayer", "input", shape=[10])
    return sketch.add("Dense", "hidden", "input", units=20).add("Dense", "answer", "hidden", units=3)


@pytest.mark.parametrize("name", DESIGNS)
def test_weights_are_those_of_the_model(name):
    document = DESIGNS[name]()
    measures, model = measure(document), lower(document)
    assert measures.trainable == sum(weight.numel() for weight in model.trainable_weights)
    assert measures.frozen == sum(weight.numel() for weight in model.non_trainable_weights)
    assert measures.training.weights == sum(w.numel() * w.element_size() for w in model.weights)
    model.optimizer.build(model.trainable_weights)
    kept = sum(tensor.numel() * tensor.element_size() for _, tensor in model.optimizer.variables)
    assert measures.training.optimizer == (kept if model.trainable_weights else 0)


def test_products_and_memory_of_a_small_network():
    measures = measure(perceptron(optimizer="sgd").document, batch_size=5)
    by_name = {one.node.name: one for one in measures.layers}
    assert by_name["hidden"].macs == 10 * 20
    assert by_name["hidden"].parameters == 10 * 20 + 20
    assert by_name["hidden"].activation_bytes == 5 * 20 * FLOAT
    assert measures.macs == 10 * 20 + 20 * 3
    assert measures.inference_bytes == 5 * (10 + 20) * FLOAT
    assert measures.training.activations == 5 * (10 + 20 + 3) * FLOAT
    assert measures.training.gradients == measures.training.weights == measures.parameters * FLOAT


def test_the_batch_is_that_of_training_unless_asked_for():
    document = cnn()
    assert measure(document).batch_size == document.training.batch_size
    one, ten = measure(document, 1), measure(document, 10)
    assert ten.training.activations == 10 * one.training.activations
    assert ten.macs == one.macs


def test_a_branch_is_kept_until_it_is_needed():
    sketch = Sketch().add("InputLayer", "input", shape=[80])
    sketch.add("Dense", "wide", "input", units=50).add("Dense", "deep", "wide", units=20)
    sketch.add("Dense", "deeper", "deep", units=50).add("Add", "sum", "wide", "deeper")
    sketch.add("Dense", "answer", "sum", units=60)
    # At "sum" the branch "wide" still stands beside "deeper" and the sum itself.
    assert measure(sketch.document, 1).inference_bytes == (50 + 50 + 50) * FLOAT


def test_frozen_layers_have_no_gradients():
    sketch = Sketch().add("InputLayer", "input", shape=[10])
    sketch.add("Dense", "frozen", "input", units=4, trainable=False)
    sketch.add("BatchNormalization", "norm", "frozen")
    measures = measure(sketch.document)
    assert (measures.trainable, measures.frozen) == (8, 44 + 8)
    assert measures.training.gradients == 8 * FLOAT


def test_halves_take_half():
    sketch = Sketch().add("InputLayer", "input", shape=[10], dtype="float16")
    sketch.add("Dense", "dense", "input", units=4, dtype="float16")
    measures = measure(sketch.document, 1)
    assert measures.layers[1].activation_bytes == 4 * 2
    assert measures.training.weights == 44 * 2


def test_a_mistake_hides_only_what_depends_on_it():
    sketch = perceptron()
    sketch.add("Dense", "wrong", "hidden", units=-1).add("Dense", "behind", "wrong", units=2)
    by_name = {one.node.name: one for one in measure(sketch.document).layers}
    assert by_name["hidden"].macs == 200
    assert by_name["answer"].macs == 60
    assert by_name["wrong"].waits_for == "wrong"
    assert by_name["behind"].waits_for == "wrong"
    assert by_name["behind"].parameters is None


def test_loops_and_strangers_are_no_obstacle():
    sketch = perceptron()
    sketch.add("Nonsense", "strange", "answer").add("Add", "first").add("Dense", "second", "first", units=2)
    sketch.wire("second", "first")
    measures = measure(sketch.document)
    assert len(measures.layers) == 6
    assert {one.node.name for one in measures.waiting} == {"strange", "first", "second"}


def test_open_sizes_are_left_open():
    sketch = Sketch().add("InputLayer", "input", shape=[None, 3])
    sketch.add("Dense", "dense", "input", units=4)
    measures = measure(sketch.document)
    dense = measures.layers[1]
    assert dense.parameters == 16
    assert dense.macs is None
    assert dense.activation_bytes is None
    assert measures.without_macs == (dense,)


def test_an_unknown_optimizer_is_said():
    assert measure(perceptron(optimizer="adamm").document).training.optimizer is None
    assert measure(perceptron(optimizer="adamm").document).training.total > 0


def test_the_costliest_are_named():
    assert costliest(measure(Sketch().document)) == ""
    text = costliest(measure(cnn()))
    assert text == "hidden has 99% of the parameters, conv has 69% of the multiplications."
    same = costliest(measure(perceptron().document))
    assert same == "hidden has 78% of the parameters and 77% of the multiplications."


def test_the_table_can_be_taken_away():
    rows = list(csv.DictReader(io.StringIO(measures_csv(measure(cnn())))))
    assert [row["name"] for row in rows][:3] == ["input", "rescaled", "conv"]
    assert rows[2]["receptive_field"] == "3 × 3"
    assert sum(int(row["parameters"]) for row in rows) == measure(cnn()).parameters
    assert measures_csv(measure(Sketch().document)) == "name\n"


def test_names_are_no_formulas_in_a_spreadsheet():
    sketch = Sketch().add("InputLayer", "input", shape=[2])
    document, _ = apply(sketch.document, RenameNode(node="input", name="=1+1"))
    assert "'=1+1" in measures_csv(measure(document))
    assert measures_table(measure(document))[0]["name"] == "=1+1"
