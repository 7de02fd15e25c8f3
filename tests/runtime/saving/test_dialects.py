"""Single features of old files: layers that are gone, nodes of TensorFlow, settings of training, …"""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import runtime as ours
from runtime import layers
from runtime.errors import RefusedError
from runtime.models import load_model, model_from_json
from tests.runtime.saving.zoo import assert_same_outputs, outputs, stir


def chain(*entries: tuple[str, dict[str, Any]], version: str = "2.2.4") -> str:
    listed = [{"class_name": name, "config": config} for name, config in entries]
    return json.dumps({"class_name": "Sequential", "config": listed, "keras_version": version})


def graph(*entries: tuple[str, dict[str, Any], list[Any]], version: str = "2.3.0-tf") -> Any:
    """A functional model of an input (None, 4, 6) and these layers; the last one is the output."""
    start = ("InputLayer", {"name": "x", "batch_input_shape": [None, 4, 6], "dtype": "float32"}, [])
    listed = [
        {"class_name": name, "config": config, "name": config["name"], "inbound_nodes": nodes}
        for name, config, nodes in (start, *entries)
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[listed[-1]["name"], 0, 0]]}
    config = {"name": "m", "layers": listed, **ends}
    return model_from_json(json.dumps({"class_name": "Model", "config": config, "keras_version": version}))


X = np.random.default_rng(1).normal(size=(3, 4, 6)).astype("float32")


def of_card(kernel: Any, gates: int) -> Any:
    """A kernel as cuDNN keeps it: each gate turned."""
    return np.hstack([part.T.reshape(part.shape) for part in np.hsplit(kernel, gates)])


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("gates", [4, 3])
def test_layers_for_graphics_cards(gates: int, wrapped: bool, tmp_path: Path) -> None:
    """The reading of the kernels was compared with tf-keras's own once."""
    name, kind = {4: ("CuDNNLSTM", layers.LSTM), 3: ("CuDNNGRU", layers.GRU)}[gates]
    plain = {"name": "r", "units": 5, "return_sequences": True, "go_backwards": False, "stateful": False}
    entry: Any = (name, plain)
    layer = kind(5, return_sequences=True, name="r")
    if wrapped:
        entry = (
            "Bidirectional",
            {"name": "b", "merge_mode": "concat", "layer": {"class_name": name, "config": plain}},
        )
        layer = layers.Bidirectional(layer, name="b")
    real = ours.Sequential([layers.Input((4, 6)), layer])
    stir(real)
    entry[1]["batch_input_shape"] = [None, 4, 6]
    weights = [weight.detach().numpy() for weight in layer.weights]
    held: list[Any] = []
    for kernel, recurrent, bias in zip(weights[::3], weights[1::3], weights[2::3], strict=True):
        halves = np.concatenate([0.25 * bias, 0.75 * bias]) if gates == 4 else bias.reshape(-1)
        turned = np.hstack([part.T for part in np.hsplit(recurrent, gates)])
        held += [of_card(kernel, gates), turned, halves]
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["keras_version"] = "2.2.4"
        file.attrs["model_config"] = chain(entry)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [layer.name]
        own = group.create_group(layer.name)
        own.attrs["weight_names"] = [f"w_{place}" for place in range(len(held))]
        for place, array in enumerate(held):
            own[f"w_{place}"] = array
    assert_same_outputs(load_model(tmp_path / "m.h5"), real, X)
    # The same weights alone, into a model of plain layers.
    stir(real, seed=9)
    real.load_weights(tmp_path / "m.h5")
    assert_same_outputs(load_model(tmp_path / "m.h5"), real, X)


def slicing(spec: list[Any]) -> Any:
    config = {"name": "tf.__operators__.getitem", "function": "__operators__.getitem"}
    return graph(("SlicingOpLambda", config, [["x", 0, 0, {"slice_spec": spec}]]), version="2.13.1")


def node(op: str, constants: dict[str, Any], attributes: Any = None, tensors: int = 1) -> Any:
    """TensorFlow 2.0 to 2.3 wrote a node of its graph, as JSON."""
    text = json.dumps({"name": "n", "op": op, "input": ["x", "n/y"], "attr": attributes or {}})
    config = {"name": "tf_op_layer_n", "node_def": text, "constants": constants, "trainable": True}
    return graph(("TensorFlowOpLayer", config, [[["x", 0, 0, {}]] * tensors]))


EVERYTHING = {"start": None, "stop": None, "step": None}
OPERATIONS = {
    "x[:, 1:, 0]": (lambda: slicing([EVERYTHING, {**EVERYTHING, "start": 1}, 0]), X[:, 1:, 0]),
    "x[..., ::2]": (
        lambda: slicing([{"class_name": "__ellipsis__"}, {**EVERYTHING, "step": 2}]),
        X[..., ::2],
    ),
    "x[:, None]": (lambda: slicing([EVERYTHING, None]), X[:, None]),
    "x + 2": (lambda: node("AddV2", {"1": 2.0}), X + 2),
    "2 - x": (lambda: node("Sub", {"0": 2.0}), 2 - X),
    "x * x": (lambda: node("Mul", {}, tensors=2), X * X),
    "x * [1, …]": (lambda: node("Mul", {"1": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}), X * np.arange(1.0, 7.0)),
    "tanh": (lambda: node("Tanh", {}), np.tanh(X)),
    "mean": (lambda: node("Mean", {"1": [1]}, {"keep_dims": {"b": True}}), X.mean(1, keepdims=True)),
    "sum": (lambda: node("Sum", {"1": -1}), X.sum(-1)),
    "concat": (lambda: node("ConcatV2", {"2": -1}, tensors=2), np.concatenate([X, X], -1)),
    "reshape": (lambda: node("Reshape", {"1": [-1, 24]}), X.reshape(-1, 24)),
    "expand": (lambda: node("ExpandDims", {"1": 1}), X[:, None]),
    "slice": (
        lambda: node(
            "StridedSlice",
            {"1": [0, 1, 0], "2": [0, 2, 4], "3": [1, 1, 2]},
            {"begin_mask": {"i": "1"}, "end_mask": {"i": "1"}, "shrink_axis_mask": {"i": "2"}},
        ),
        X[:, 1, 0:4:2],
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_functions_and_nodes_of_tensorflow(name: str) -> None:
    make, wanted = OPERATIONS[name]
    np.testing.assert_allclose(outputs(make(), X)[0], wanted, rtol=1e-5, atol=1e-5)


def test_other_nodes_are_refused() -> None:
    for op in ("PyFunc", "ReadFile"):
        with pytest.raises(RefusedError, match=f"'{op}' is not known"):
            node(op, {"1": "x"})
    with pytest.raises(RefusedError, match="is given 'a'"):
        slicing(["a"])


def rows(name: str, config: dict[str, Any], shape: tuple[int, ...] = (4, 6), version: str = "2.2.4") -> Any:
    model = model_from_json(chain((name, {"batch_input_shape": [None, *shape], **config}), version=version))
    return model.layers[0]


def test_arguments_that_have_other_names_or_meanings_now() -> None:
    assert rows("GRU", {"units": 2, "recurrent_activation": "hard_sigmoid"}).reset_after is False
    assert rows("GRU", {"units": 2, "reset_after": True}).reset_after is True
    assert rows("ThresholdedReLU", {"theta": 1.5}).threshold == 1.5
    assert rows("LeakyReLU", {"alpha": 0.25}).negative_slope == pytest.approx(0.25)
    assert rows("BatchNormalizationV1", {"axis": [2]}, version="2.2.4-tf").axis == 2
    assert rows("UnifiedLSTM", {"units": 2, "time_major": False}, version="2.2.4-tf").units == 2
    zeros = {"class_name": "Zeros", "config": {"dtype": "float32"}}
    spread = {"scale": 2.0, "mode": "fan_in", "distribution": "normal", "seed": None}
    start = {"class_name": "VarianceScaling", "config": spread}
    dense = rows("Dense", {"units": 2, "bias_initializer": zeros, "kernel_initializer": start})
    assert type(dense.bias_initializer).__name__ == "Zeros"
    up = rows("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}, shape=(2, 2, 1))
    assert up.interpolation == "bilinear"


@pytest.mark.parametrize(
    ("stated", "shape"),
    [
        ({"batch_input_shape": [2, 4, 6], "stateful": True}, (2, 4, 6)),
        ({"input_shape": [4, 6]}, (None, 4, 6)),
        ({"input_dim": 6, "input_length": 4}, (None, 4, 6)),
        ({"input_dim": 6, "input_length": None}, (None, None, 6)),
    ],
)
def test_shapes_that_the_first_layer_states(stated: dict[str, Any], shape: tuple[int | None, ...]) -> None:
    model = model_from_json(chain(("LSTM", {"units": 3, **stated})))
    assert model.inputs[0].shape == shape


def test_constants_among_the_tensors_of_a_call() -> None:
    node = ["_CONSTANT_VALUE", -1, 2.0, {"y": ["x", 0, 0], "name": None}]
    model = graph(("TFOpLambda", {"name": "m", "function": "math.subtract"}, [node]), version="2.7.0")
    np.testing.assert_allclose(outputs(model, X)[0], 2 - X, rtol=1e-6)


def test_a_backward_layer_of_its_own() -> None:
    inner = {"name": "f", "units": 3, "return_sequences": False, "recurrent_activation": "sigmoid"}
    both = {
        "name": "b",
        "merge_mode": "concat",
        "layer": {"class_name": "LSTM", "config": inner},
        "backward_layer": {"class_name": "GRU", "config": {**inner, "name": "g", "go_backwards": True}},
    }
    model = model_from_json(chain(("Bidirectional", {**both, "batch_input_shape": [None, 4, 6]})))
    assert type(model.layers[0].backward_layer).__name__ == "GRU"
    assert model.output_shape == (None, 6)


def test_compile_settings_by_name_in_lists_and_dicts(tmp_path: Path) -> None:
    start = layers.Input((4,))
    ends = [layers.Dense(2, name="one")(start), layers.Dense(3, name="two")(start)]
    model = ours.Model(start, ends)
    schedule = {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "decay_rate": 0.5,
        "staircase": False,
        "name": None,
    }
    rate = {"class_name": "ExponentialDecay", "config": schedule}
    optimizers = [
        {"class_name": "SGD", "config": {"lr": 0.1, "momentum": 0.9, "decay": 0.01, "nesterov": True}},
        {"class_name": "RMSprop", "config": {"lr": 0.1, "rho": 0.9, "epsilon": 1e-7, "decay": 0.0}},
        {
            "class_name": "Nadam",
            "config": {"lr": 0.002, "beta_1": 0.9, "schedule_decay": 0.004, "epsilon": None},
        },
        {
            "class_name": "Adam",
            "config": {"name": "Adam", "learning_rate": rate, "amsgrad": False, "decay": 0.0},
        },
        {"class_name": "Adadelta", "config": {"lr": 1.0, "rho": 0.95, "epsilon": 1e-8, "decay": 0.0}},
    ]
    losses: list[Any] = ["mse", ["mse", "cosine_proximity"], {"one": "mae", "two": "logcosh"}]
    for place, optimizer in enumerate(optimizers):
        model.save(tmp_path / "m.h5")
        settings = {"optimizer_config": optimizer, "loss": losses[place % 3], "metrics": {"one": ["acc"]}}
        settings |= {
            "sample_weight_mode": None,
            "loss_weights": {"one": 1.0, "two": 0.5},
            "weighted_metrics": None,
        }
        with h5py.File(tmp_path / "m.h5", "r+") as file:
            file.attrs["keras_version"] = "2.2.4"
            file.attrs["training_config"] = json.dumps(settings).encode()
        opened = load_model(tmp_path / "m.h5")
        assert type(opened.optimizer).__name__ == optimizer["class_name"]
        targets = [np.ones((3, 2), "float32"), np.ones((3, 3), "float32")]
        history = opened.fit(np.ones((3, 4), "float32"), targets, verbose=0).history
        assert np.isfinite(history["loss"]).all()


@pytest.mark.parametrize("count", ["iterations:0", "iter:0", "iteration:0"])
def test_the_state_of_each_generation_of_optimizers(count: str, tmp_path: Path) -> None:
    """Slot by slot before Keras 2.11, weight by weight since."""
    model = ours.Sequential([layers.Input((4,)), layers.Dense(3, name="d")])
    model.save(tmp_path / "m.h5")
    adam = {
        "class_name": "Adam",
        "config": {"learning_rate": 0.5, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    }
    values = [
        np.full(shape, number, "f4") for number, shape in ((1, (4, 3)), (2, (3,)), (3, (4, 3)), (4, (3,)))
    ]
    order = [0, 1, 2, 3] if count != "iteration:0" else [0, 2, 1, 3]
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        file.attrs["keras_version"] = b"2.6.0"
        file.attrs["training_config"] = json.dumps({"optimizer_config": adam, "loss": "mse"})
        group = file.create_group("optimizer_weights")
        names = [f"Adam/{count}", *(f"training/Adam/Variable_{place}:0" for place in range(4))]
        group.attrs["weight_names"] = np.array([name.encode() for name in names])
        for name, value in zip(names, [np.int64(7), *(values[place] for place in order)], strict=True):
            group[name] = value
    optimizer = load_model(tmp_path / "m.h5").optimizer
    assert optimizer.iterations == 7
    found = {
        path.rpartition("_")[2]: float(value.mean())
        for path, value in optimizer.variables
        if "kernel" in path
    }
    assert found == {"momentum": 1.0, "velocity": 3.0}
    assert float(optimizer.learning_rate) == pytest.approx(0.5)
