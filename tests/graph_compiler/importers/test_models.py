"""Models of all kinds as designs: each computes what the model does, with the weights that came along."""

import keras
import numpy as np
import pytest

from graph_compiler import analyze, dump_document, load_document
from graph_compiler.importers import Imported, import_file, import_json, import_model, lower_with_weights
from graph_compiler.instances import instance_of
from runtime import Input
from runtime.errors import FileFormatError
from runtime.layers import GRU, RNN, LSTMCell
from runtime.models import Model
from tests.graph_compiler.importers.comparing import as_design
from tests.runtime.saving.old_files import DIALECTS, write
from tests.runtime.saving.zoo import (
    ZOO,
    Builder,
    long_memory,
    nested,
    ours,
    outputs,
    picture_classifier,
    residual,
    samples,
    shared,
    stir,
    theirs,
)


def assert_computes_the_same(imported: Imported, model: object) -> None:
    lowered = lower_with_weights(imported)
    inputs = samples(model)
    found = outputs(lowered, list(inputs.values()) if isinstance(inputs, dict) else inputs)
    wanted = outputs(model, inputs)
    assert len(found) == len(wanted)
    for got, real in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, real, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("build", ZOO)
@pytest.mark.filterwarnings("ignore")
def test_files_of_the_real_keras_become_designs_that_compute_the_same(build: Builder, tmp_path):
    model = theirs(build)
    stir(model)
    # By turns, to have both forms of each kind of layer at half the cost.
    path = tmp_path / f"model.{'h5' if ZOO.index(build) % 2 else 'keras'}"
    model.save(path)
    imported = import_file(path)
    assert analyze(imported.document).errors == ()
    assert_computes_the_same(imported, model)
    assert as_design(import_json(model.to_json()).document) == as_design(imported.document)


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("build", [picture_classifier, long_memory, shared, nested, residual])
def test_files_of_keras_2_become_designs_that_compute_the_same(build: Builder, version: str, tmp_path):
    model = theirs(build)
    stir(model)
    write(tmp_path / "old.h5", model, DIALECTS[version])
    imported = import_file(tmp_path / "old.h5")
    assert analyze(imported.document).errors == ()
    assert imported.weights
    assert_computes_the_same(imported, model)


@pytest.mark.parametrize("build", ZOO)
def test_live_models_become_designs_that_compute_the_same(build: Builder):
    model = ours(build)
    stir(model)
    imported = import_model(model)
    assert imported.document.name == model.name
    assert load_document(dump_document(imported.document)) == imported.document
    assert_computes_the_same(imported, model)


def test_a_layer_called_twice_is_one_layer_with_one_set_of_weights():
    document = import_model(ours(shared)).document
    first, second = (node for node in document.nodes.values() if node.layer == "Dense")
    assert (first.name, second.name, second.shares) == ("twice", "twice_1", first.id)
    assert analyze(document).total_parameters == 20


def test_layers_in_a_list_are_layers_of_the_design_with_names_of_their_own():
    cells = {
        "layer": "StackedRNNCells",
        "params": {"cells": [LSTMCell(2, name="low"), LSTMCell(3, name="q")]},
    }
    layer = RNN(cells)
    inputs = Input((4, 2))
    (node,) = (
        n for n in import_model(Model(inputs, layer(inputs))).document.nodes.values() if n.layer == "RNN"
    )
    stack = node.params["cell"]
    assert [cell["layer"] for cell in stack["params"]["cells"]] == ["LSTMCell", "LSTMCell"]
    for cell in stack["params"]["cells"]:
        del cell["params"]["name"]
    again = instance_of(node.model_copy(update={"params": {"cell": stack}})).layer
    assert [cell.name for cell in again.cell.cells] == ["lstm_cell", "lstm_cell_1"]


def test_several_outputs_of_one_layer_are_all_outputs_of_the_design():
    start = Input((4, 3))
    sequences, state = GRU(2, return_sequences=True, return_state=True)(start)
    imported = import_model(Model(start, [sequences, state, state]))
    assert len(analyze(imported.document).outputs) == 3
    assert_computes_the_same(imported, Model(start, [sequences, state, state]))


def test_a_model_that_is_a_class_of_its_own_is_refused():
    class Own(Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(FileFormatError, match="cannot be drawn"):
        import_model(Own(name="own"))


@pytest.mark.parametrize("name", ["ResNet50", "MobileNetV2", "InceptionV3", "EfficientNetB0"])
def test_models_of_keras_applications_have_no_mistakes(name):
    model = getattr(keras.applications, name)(weights=None)
    imported = import_json(model.to_json())
    analysis = analyze(imported.document)
    assert imported.remarks == ()
    assert analysis.errors == ()
    assert analysis.total_parameters == model.count_params()
    assert {node.name for node in imported.document.nodes.values()} == {layer.name for layer in model.layers}
