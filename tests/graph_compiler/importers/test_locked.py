"""Layers that are not read from files are drawn all the same, with their arguments and the reason."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops

from graph_compiler import analyze, dump_document, load_document
from graph_compiler.codegen import keras_code
from graph_compiler.importers import import_file, import_json, import_model, lower_with_weights
from runtime.errors import FileFormatError
from tests.graph_compiler.designs import Sketch
from tests.runtime.saving.zoo import ours


@keras.saving.register_keras_serializable("tests")
class Doubling(layers.Layer):
    def __init__(self, times: int = 2, **kwargs):
        super().__init__(**kwargs)
        self.times = times

    def call(self, inputs, other=None):
        return inputs * self.times

    def get_config(self):
        return {**super().get_config(), "times": self.times}


def with_refused_layers() -> keras.Model:
    start = layers.Input((4,), name="start")
    code = layers.Lambda(lambda x: x + 1, name="code")(layers.Dense(4, name="a-b")(start))
    own = Doubling(5, name="own")(start, other=code)
    return keras.Model(start, layers.Dense(3, name="end")(own), name="refused")


def test_refused_layers_are_locked_and_lose_nothing():
    model = with_refused_layers()
    imported = import_json(model.to_json())
    nodes = {node.name: node for node in imported.document.nodes.values()}
    assert [node.name for node in imported.locked] == ["code", "own"]
    assert "Python code" in nodes["code"].locked
    assert "not known" in nodes["own"].locked
    assert (nodes["own"].layer, nodes["own"].params["times"]) == ("Doubling", 5)
    wires = {(e.source, e.target): e.target_port for e in imported.document.edges.values()}
    assert wires[nodes["code"].id, nodes["own"].id] == "other"
    assert any("'a-b' is called 'a_b'" in remark for remark in imported.remarks)
    assert load_document(dump_document(imported.document)) == imported.document


def test_what_stands_behind_a_locked_layer_waits_and_is_not_at_fault():
    analysis = analyze(import_json(with_refused_layers().to_json()).document)
    assert {finding.code for finding in analysis.findings} == {"NN120"}
    assert len(analysis.waiting) == 1


def test_a_wrong_value_is_mended_in_the_form_of_the_layer():
    config = json.loads(ours(dense).to_json())
    config["config"]["layers"][1]["config"]["activation"] = "my_own_swish"
    document = import_json(json.dumps(config)).document
    (finding,) = analyze(document).errors
    assert (finding.code, finding.param) == ("NN301", "activation")
    assert document.nodes[finding.node_id].params["activation"] == "my_own_swish"


def test_a_function_of_tensorflow_that_is_not_known_is_locked():
    dense_layer = {
        "class_name": "TFOpLambda",
        "name": "resized",
        "config": {"name": "resized", "function": "a.b"},
    }
    dense_layer["inbound_nodes"] = [["start", 0, 0, {}]]
    start = {"class_name": "InputLayer", "name": "start", "inbound_nodes": []}
    start["config"] = {"batch_input_shape": [None, 4], "name": "start", "dtype": "float32"}
    ends = {"input_layers": [["start", 0, 0]], "output_layers": [["resized", 0, 0]]}
    inner = {"name": "old", "layers": [start, dense_layer], **ends}
    imported = import_json(
        json.dumps({"class_name": "Functional", "config": inner, "keras_version": "2.15.0"})
    )
    assert [(node.name, node.layer) for node in imported.locked] == [("resized", "tf.a.b")]


def dense(layers, models):
    return models.Sequential([layers.Input((4,)), layers.Dense(3, name="end")])


def with_functions() -> keras.Model:
    start = layers.Input((6, 4), name="start")
    x = layers.Dense(4, name="dense")(start) * 2 + 1
    x = ops.concatenate([x, 1 - start], axis=-1)
    x = ops.mean(x[:, 1:, ::2], axis=1) + np.arange(4, dtype="float32")
    one, two = ops.split(x, 2, axis=-1)
    return keras.Model(start, ops.einsum("ab,ac->abc", one, two), name="functions")


@pytest.mark.filterwarnings("ignore")
def test_functions_between_layers_are_nodes_that_compute(tmp_path):
    model = with_functions()
    model.save(tmp_path / "model.keras")
    imported = import_file(tmp_path / "model.keras")
    analysis = analyze(imported.document)
    assert analysis.findings == ()
    data = np.random.default_rng(1).normal(size=(3, 6, 4)).astype("float32")
    found = lower_with_weights(imported)(data).detach().numpy()
    np.testing.assert_allclose(found, model(data).detach().numpy(), rtol=1e-5, atol=1e-5)


def test_functions_between_layers_and_shared_layers_are_written_as_code():
    document = import_json(with_functions().to_json()).document
    assert rebuilt(keras_code(document)).output_shape == (None, 2, 2)
    sketch = Sketch().add("InputLayer", "left", shape=[4]).add("InputLayer", "right", shape=[4])
    sketch.add("Dense", "tower", "left", units=3).add("Dense", "again", "right", shares="tower")
    sketch.add("Add", "sum", "tower", "again")
    model = rebuilt(keras_code(sketch.document))
    assert model.count_params() == 15
    assert len(import_json(model.to_json()).document.nodes) == 5


def rebuilt(code: str) -> keras.Model:
    scope = {"keras": keras, "layers": layers, "ops": ops}
    exec(code[code.index("# The layers") : code.index("model.summary()")], scope)
    return scope["model"]


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"class_name": "Dense", "config": {}}', "nonsense", "{", "\x00"]
)
def test_what_is_no_model_is_refused_in_words(text):
    with pytest.raises(FileFormatError):
        import_json(text)


def test_a_live_layer_of_the_program_is_locked():
    import torch

    from runtime.layers import Dense, Input, Layer
    from runtime.models import Sequential

    class Own(Layer):
        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return inputs

    imported = import_model(Sequential([Input((4,)), Dense(3, name="dense"), Own(name="own")]))
    assert [node.name for node in imported.locked] == ["own"]
    assert list(imported.weights) == ["dense"]
