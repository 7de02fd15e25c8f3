"""Configs of models: as Keras 3 writes them, and as Keras 2 wrote them."""

import json
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import torch

from runtime import layers, models
from runtime.errors import FileFormatError, GraphError, RefusedError
from runtime.models import clone_model, load_model, model_from_config, model_from_json


def dense(name: str, units: int, **more: Any) -> dict[str, Any]:
    """A Dense layer as tf-keras 2 wrote it."""
    config = {
        "name": name,
        "trainable": True,
        "dtype": "float32",
        "units": units,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": {
            "class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
        },
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
        **more,
    }
    return {"class_name": "Dense", "config": config}


def start(name: str, shape: list[int | None]) -> dict[str, Any]:
    """An input as tf-keras 2 wrote it."""
    config = {"batch_input_shape": shape, "dtype": "float32", "sparse": False, "ragged": False, "name": name}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def called(layer: dict[str, Any], *nodes: Any) -> dict[str, Any]:
    return {**layer, "name": layer["config"]["name"], "inbound_nodes": list(nodes)}


def old_functional(name: str, entries: list[Any], inputs: Any, outputs: Any) -> dict[str, Any]:
    config = {
        "name": name,
        "trainable": True,
        "layers": entries,
        "input_layers": inputs,
        "output_layers": outputs,
    }
    return {"class_name": "Functional", "config": config, "keras_version": "2.11.0", "backend": "tensorflow"}


def test_keras_2_functional_with_a_model_inside() -> None:
    """The first call of a model inside has number 1 there: its making counted as a call."""
    inner = old_functional(
        "inner",
        [start("i", [None, 3]), called(dense("d", 3), [["i", 0, 0, {}]])],
        [["i", 0, 0]],
        [["d", 0, 0]],
    )
    twice = [[["x", 0, 0, {}]], [["inner", 1, 0, {}]]]
    total = {"class_name": "Add", "config": {"name": "total", "trainable": True, "dtype": "float32"}}
    outer = old_functional(
        "outer",
        [
            start("x", [None, 3]),
            called({"class_name": "Functional", "config": inner["config"]}, *twice),
            called(total, [["inner", 1, 0, {}], ["inner", 2, 0, {}]]),
        ],
        [["x", 0, 0]],
        [["total", 0, 0], ["inner", 2, 0]],
    )
    model = model_from_json(json.dumps(outer))
    inner_model = model.get_layer("inner")
    x = torch.ones(2, 3)
    first, second = inner_model(x), inner_model(inner_model(x))
    total_found, second_found = model(x)
    assert torch.allclose(total_found, first + second)
    assert torch.allclose(second_found, second)
    kernel = inner_model.get_layer("d").kernel
    assert float(kernel.regularizer(torch.ones(1))) == pytest.approx(0.01)


def test_keras_2_sequential_forms() -> None:
    first = dense("a", 2, batch_input_shape=[None, 4])
    for config in (
        [first, dense("b", 1)],
        {"name": "s", "layers": [first, dense("b", 1)]},
        {"name": "s", "layers": [start("i", [None, 4]), dense("a", 2), dense("b", 1)]},
        {"name": "s", "layers": [dense("a", 2), dense("b", 1)], "build_input_shape": [None, 4]},
    ):
        model = model_from_config({"class_name": "Sequential", "config": config})
        assert model.built
        assert model.count_params() == 13
        assert [layer.name for layer in model.layers] == ["a", "b"]


def test_arguments_only_keras_2_wrote() -> None:
    recurrent = {
        "class_name": "LSTM",
        "config": {
            "name": "lstm",
            "units": 3,
            "time_major": False,
            "implementation": 2,
            "return_sequences": True,
            "batch_input_shape": [None, 5, 2],
        },
    }
    norm = {"class_name": "BatchNormalization", "config": {"name": "n", "axis": [2]}}
    half = {"class_name": "Policy", "config": {"name": "float16"}}
    last = {"class_name": "Dense", "config": {"name": "d", "units": 2, "dtype": half}}
    model = model_from_config({"class_name": "Sequential", "config": [recurrent, norm, last]})
    assert model.output_shape == (None, 5, 2)
    assert model.layers[2].kernel.dtype == torch.float16
    recurrent["config"]["time_major"] = True
    with pytest.raises(FileFormatError, match=r"'lstm'.*'time_major' is not known"):
        model_from_config({"class_name": "Sequential", "config": [recurrent]})
    with pytest.raises(FileFormatError, match=r"'unit'.*Did you mean 'units'"):
        model_from_config({"class_name": "Dense", "config": {"name": "d", "unit": 5}})


def test_initial_states_stand_behind_the_input_in_keras_2() -> None:
    lstm = {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}}
    config = old_functional(
        "m",
        [
            start("x", [None, 5, 2]),
            start("h", [None, 3]),
            start("c", [None, 3]),
            called(lstm, [["x", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]]),
        ],
        [["x", 0, 0], ["h", 0, 0], ["c", 0, 0]],
        [["lstm", 0, 0]],
    )
    model = model_from_json(json.dumps(config))
    x, state = torch.zeros(1, 5, 2), torch.ones(1, 3)
    assert not torch.allclose(model([x, state, state]), model([x, state * 0, state * 0]))


def test_hard_sigmoid_meant_something_else() -> None:
    config = {"class_name": "Sequential", "config": [dense("d", 2, activation="hard_sigmoid")]}
    model = model_from_config({**config, "keras_version": "2.3.1"})
    x = torch.linspace(-4, 4, 9)
    torch.testing.assert_close(model.layers[0].activation(x), (0.2 * x + 0.5).clamp(0, 1))
    assert model_from_json(model.to_json()).layers[0].activation is model.layers[0].activation
    model = model_from_config({**config, "keras_version": "2.3.1"}, {"hard_sigmoid": torch.sigmoid})
    assert model.layers[0].activation is torch.sigmoid


def test_a_file_of_keras_2(tmp_path: Path) -> None:
    """Bytes for texts, names that end in :0 and begin with no layer's name, layers out of order."""
    random = np.random.default_rng(0)
    values = {"b_1/kernel:0": random.random((2, 1)), "b_1/bias:0": random.random(1)}
    values |= {"a_1/kernel:0": random.random((4, 2)), "a_1/bias:0": random.random(2)}
    config = {
        "class_name": "Sequential",
        "config": [dense("a", 2, batch_input_shape=[None, 4]), dense("b", 1)],
    }
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["keras_version"] = np.bytes_(b"2.0.6")
        file.attrs["model_config"] = np.bytes_(json.dumps(config).encode())
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([b"b", b"a"])
        for layer in ("a", "b"):
            names = [name for name in values if name.startswith(layer)]
            group.create_group(layer).attrs["weight_names"] = np.array([name.encode() for name in names])
            for name in names:
                group[layer].create_dataset(name, data=values[name].astype("f4"))
    model = load_model(tmp_path / "old.h5")
    np.testing.assert_allclose(model.get_layer("a").get_weights()[0], values["a_1/kernel:0"].astype("f4"))
    np.testing.assert_allclose(model.get_layer("b").get_weights()[1], values["b_1/bias:0"].astype("f4"))


def test_call_settings_and_constants_come_back() -> None:
    x = layers.Input((4, 3))
    y, scores = layers.MultiHeadAttention(2, 2, name="look")(
        x, x, use_causal_mask=True, return_attention_scores=True
    )
    model = models.Model(x, [layers.Dropout(0.5)(y, training=True), scores])
    config = model.get_config()
    node = next(layer for layer in config["layers"] if layer["name"] == "look")["inbound_nodes"][0]
    assert node["kwargs"] == {"use_causal_mask": True, "return_attention_scores": True}
    again = models.Functional.from_config(config)
    again.set_weights(model.get_weights())
    data = torch.ones(1, 4, 3)
    assert torch.allclose(again(data)[1], model(data)[1])
    assert again.layers[2].output.node.arguments["training"] is True
    assert keras.Model.from_config(json.loads(json.dumps(config))).output_names


def test_only_the_calls_of_a_model_itself_are_written() -> None:
    """A layer may be called in other models too; its calls are counted anew in each."""
    shared = layers.Dense(3, name="shared")
    for _ in range(3):
        shared(layers.Input((3,)))
    x = layers.Input((3,), name="x")
    model = models.Model(x, shared(shared(x)), name="m")
    config = model.get_config()
    assert config["input_layers"] == ["x", 0, 0]
    assert config["output_layers"] == ["shared", 1, 0]
    histories = [node["args"][0]["config"]["keras_history"] for node in config["layers"][1]["inbound_nodes"]]
    assert histories == [["x", 0, 0], ["shared", 0, 0]]


def test_from_config_of_each_class() -> None:
    x = layers.Input((3,))
    graph = models.Model(x, layers.Dense(2)(x), name="graph")
    chain = models.Sequential([layers.Input((3,)), layers.Dense(2)], name="chain")
    assert models.Model.from_config(graph.get_config()).get_config() == graph.get_config()
    assert models.Functional.from_config(graph.get_config()).name == "graph"
    assert models.Sequential.from_config(chain.get_config()).get_config() == chain.get_config()
    assert json.loads(chain.to_json(indent=2))["class_name"] == "Sequential"


def test_frozen_stays_frozen() -> None:
    chain = models.Sequential([layers.Input((3,)), layers.Dense(2), layers.BatchNormalization()])
    chain.layers[0].trainable = False
    again = models.Sequential.from_config(chain.get_config())
    assert [weight.path for weight in again.trainable_weights] == [w.path for w in chain.trainable_weights]
    chain.trainable = False
    assert not model_from_json(chain.to_json()).trainable_weights


def test_calls_that_lead_nowhere() -> None:
    x, d = start("x", [None, 3]), dense("d", 3)

    def made(entries: list[Any], outputs: Any) -> Any:
        return model_from_config(old_functional("m", entries, [["x", 0, 0]], outputs))

    circle = [x, called(d, [["e", 0, 0, {}]]), called(dense("e", 3), [["d", 0, 0, {}]])]
    with pytest.raises(FileFormatError, match="'d' waits for call 0 of layer 'e'"):
        made(circle, [["e", 0, 0]])
    with pytest.raises(FileFormatError, match="'nowhere', which is not in the config"):
        made([x, called(d, [["nowhere", 0, 0, {}]])], [["d", 0, 0]])
    with pytest.raises(FileFormatError, match="has no output 1 of call 0"):
        made([x, called(d, [["x", 0, 1, {}]])], [["d", 0, 0]])
    with pytest.raises(FileFormatError, match="has no output 0 of call 7"):
        made([x, called(d, [["x", 0, 0, {}]])], [["d", 7, 0]])
    with pytest.raises(FileFormatError, match="two layers are called 'x'"):
        made([x, x], [["x", 0, 0]])
    with pytest.raises(FileFormatError, match=r"Layer 'd'.*wants at least"):
        made([start("x", [None]), called(d, [["x", 0, 0, {}]])], [["d", 0, 0]])


def test_a_model_that_begins_in_the_middle_has_no_description() -> None:
    x = layers.Input((3,))
    middle = layers.Dense(2)(x)
    with pytest.raises(GraphError, match="begins at the output of a layer"):
        models.Model(middle, layers.Dense(1)(middle)).get_config()


def test_masks_that_a_program_computed_itself_are_refused() -> None:
    """Keras writes the operations of a mask into the graph; only those of a layer's own mask may go."""
    with keras.name_scope("x"):
        ids = keras.Input((4,), dtype="int32")
        vectors = keras.layers.Embedding(5, 2)(ids)
        own = keras.layers.LSTM(3)(vectors, mask=keras.ops.not_equal(ids, 3))
    with pytest.raises(RefusedError, match="mask"):
        model_from_json(keras.Model(ids, own).to_json())
    masked = keras.layers.LSTM(3)(keras.layers.Embedding(5, 2, mask_zero=True)(ids))
    assert len(model_from_json(keras.Model(ids, masked).to_json()).layers) == 3
    unknown = keras.Model(ids, keras.ops.sin(vectors)).to_json().replace('"Sin"', '"Sinister"')
    with pytest.raises(RefusedError, match="'Sinister'"):
        model_from_json(unknown)


def test_cloning_with_other_inputs_and_layers() -> None:
    x = layers.Input((3,), name="x")
    model = models.Model(x, layers.Dense(2, name="d")(x), name="m")
    other = layers.Input((3,), name="other")
    assert clone_model(model, input_tensors=other).input_names == ["other"]

    def wider(layer: Any) -> Any:
        return layers.Dense(5, name=layer.name)

    assert clone_model(model, clone_function=wider).output_shape == (None, 5)
    chain = models.Sequential([layers.Input((3,)), layers.Dense(2)])
    assert clone_model(chain, clone_function=wider).output_shape == (None, 5)

    class Own(models.Model):
        """A model whose steps only its code knows."""

    with pytest.raises(GraphError, match="class of its own"):
        clone_model(Own(), clone_function=wider)
