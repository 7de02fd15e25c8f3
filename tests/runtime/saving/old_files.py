"""Writes models of the real Keras as its earlier versions wrote them, by h5py alone.

The layouts are those of Keras 2.0 (multi-backend) and of tf.keras 1.x and 2.x; Keras 1 is in `keras_1_files`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

MODELS = ("Sequential", "Functional")
ONLY_KERAS_3 = {"build_config", "quantization_config", "seed", "use_cudnn", "zero_output_for_mask"}
RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN"}


@dataclass(frozen=True)
class Dialect:
    """How one generation of Keras wrote its files.

    Args:
        version: What it says of itself.
        chain_is_list: True if a Sequential's config is a bare list.
        functional: Class name of a functional model.
        states_dtype: True if each layer says its element type.
        names: How lists of names are kept: "fixed" or "varying" texts, or "chunks" of them.
        modules: True if objects say their modules.
        name_of_weight: Name of a weight in the file from those of layer and weight.
    """

    version: str
    chain_is_list: bool = False
    functional: str = "Functional"
    states_dtype: bool = True
    names: str = "fixed"
    modules: bool = False
    name_of_weight: Callable[[str, str], str] = lambda layer, weight: f"{layer}/{weight}:0"


DIALECTS = {
    one.version: one
    for one in (
        # The first Keras 2; batch normalization had the layer's name twice.
        Dialect(
            "2.0.8",
            chain_is_list=True,
            functional="Model",
            states_dtype=False,
            name_of_weight=lambda layer, weight: f"{layer}_1/{weight}:0",
        ),
        Dialect("2.1.6-tf", functional="Model", names="chunks"),
        Dialect("2.2.4-tf", functional="Model", names="varying"),
        Dialect("2.7.0"),
        Dialect("2.13.1", modules=True, names="varying"),
    )
}


def config_in(dialect: Dialect, model: Any) -> dict[str, Any]:
    """Class name and config of a model of the real Keras, in an older dialect."""
    return _layer(dialect, {"class_name": type(model).__name__, "config": model.get_config()})


def write(path: Path, model: Any, dialect: Dialect, **attributes: Any) -> None:
    """A whole model in an `.h5` file."""
    config = config_in(dialect, model)
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = dialect.version.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode()
        for name, value in attributes.items():
            file.attrs[name] = value
        write_weights(file.create_group("model_weights"), model, dialect)


def write_weights(group: h5py.Group, model: Any, dialect: Dialect) -> None:
    """Weights alone, layer by layer."""
    group.attrs["keras_version"] = dialect.version.encode()
    group.attrs["backend"] = b"tensorflow"
    layers = [layer for layer in model.layers if dialect.functional or layer.weights]
    write_names(group, "layer_names", [layer.name for layer in layers], dialect)
    for layer in sorted(layers, key=lambda layer: layer.name):
        own = group.create_group(layer.name)
        weights = [*layer.trainable_weights, *layer.non_trainable_weights]
        weights = [weight for weight in weights if "seed" not in weight.path]
        names: list[str] = []
        for weight in weights:
            name = dialect.name_of_weight(*_names_of(layer, weight))
            name = name if name not in names else name.replace(":0", f"_{len(names)}:0")
            names.append(name)
            own.create_dataset(name, data=np.array(weight))
        write_names(own, "weight_names", names, dialect)


def write_names(group: h5py.Group, attribute: str, names: list[str], dialect: Dialect) -> None:
    """A list of names beside a group."""
    if dialect.names == "varying" and names:
        group.attrs[attribute] = names
        return
    encoded = np.array([name.encode() for name in names])
    if dialect.names == "chunks" and len(names) > 1:
        for number, part in enumerate(np.array_split(encoded, min(len(names), 11))):
            group.attrs[f"{attribute}{number}"] = part
        return
    group.attrs[attribute] = encoded


def _names_of(layer: Any, weight: Any) -> tuple[str, str]:
    """The layer (or the layer inside it) and the weight, as Keras 2 joined them into a name."""
    *outer, last = weight.path.split("/")
    inner = outer[outer.index(layer.name) + 1 :] if layer.name in outer else outer
    return "/".join([layer.name, *inner]), last


def _layer(dialect: Dialect, layer: dict[str, Any]) -> dict[str, Any]:
    name, config = layer["class_name"], layer["config"]
    kept = {"class_name": name, "config": _arguments(dialect, name, config)}
    if name == "BatchNormalization" and dialect.version >= "2.1":
        axis, axes = config["axis"], len(layer["build_config"]["input_shape"])
        kept["config"]["axis"] = [axis % axes]
    if dialect.modules and name not in MODELS:
        kept |= {"module": "keras.layers", "registered_name": None}
    if name == "Sequential":
        layers = [_layer(dialect, one) for one in config["layers"]]
        layers = _without_input(layers)
        kept["config"] = layers if dialect.chain_is_list else {"name": config["name"], "layers": layers}
    elif name == "Functional":
        kept = {"class_name": dialect.functional, "config": _graph(dialect, config)}
    return kept


def _without_input(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first layer says the shape in place of an Input."""
    if layers[0]["class_name"] != "InputLayer":
        return layers
    first, second, *rest = layers
    if isinstance(second["config"], list) or second["class_name"] in (*MODELS, "Model"):
        return layers[1:]
    shape = {"batch_input_shape": first["config"]["batch_input_shape"]}
    return [{**second, "config": {**second["config"], **shape}}, *rest]


def _graph(dialect: Dialect, config: dict[str, Any]) -> dict[str, Any]:
    models = {one["name"] for one in config["layers"] if one["class_name"] in MODELS}
    functional = {one["name"] for one in config["layers"] if one["class_name"] == "Functional"}
    layers: list[dict[str, Any]] = []
    for one in config["layers"]:
        if one["module"].startswith("keras.src.ops"):
            # Keras 3 alone writes how masks are computed.
            continue
        nodes = [_node(node, models) for node in one.get("inbound_nodes", [])]
        layers.append({**_layer(dialect, one), "name": one["name"], "inbound_nodes": nodes})
    ends = {key: _ends(config[key], models, functional) for key in ("input_layers", "output_layers")}
    return {"name": config["name"], "layers": layers, **ends}


def _node(node: dict[str, Any], models: set[str]) -> list[Any]:
    """A call as a list of its tensors; of a model inside, its making was the first call."""
    first, *others = node["args"]
    tensors = first if isinstance(first, list | tuple) else [first]
    settings = {key: value for key, value in node["kwargs"].items() if value is not None}
    settings.pop("mask", None)
    settings = {key: _setting(value, models) for key, value in settings.items()}
    if others:
        settings["value"] = _tensor(others[0], models)
    return [[*_tensor(tensor, models), settings] for tensor in tensors]


def _setting(value: Any, models: set[str]) -> Any:
    if isinstance(value, dict):
        return _tensor(value, models)
    return [_setting(item, models) for item in value] if isinstance(value, list | tuple) else value


def _tensor(value: dict[str, Any], models: set[str]) -> list[Any]:
    name, call, output = value["config"]["keras_history"]
    return [name, call + (name in models), output]


def _ends(ends: Any, models: set[str], functional: set[str]) -> Any:
    if isinstance(ends, dict):
        return {key: _ends(end, models, functional)[0] for key, end in ends.items()}
    if isinstance(ends[0], str):
        ends = [ends]
    # Of a functional model inside, Keras 3 counts the making here, too.
    return [[name, call + (name in models - functional), output] for name, call, output in ends]


def _arguments(dialect: Dialect, name: str, config: dict[str, Any]) -> dict[str, Any]:
    found = {key: _value(dialect, value) for key, value in config.items() if key not in ONLY_KERAS_3}
    if "batch_shape" in found:
        found["batch_input_shape"] = found.pop("batch_shape")
        found["sparse"] = False
        found.pop("optional", None)
    if not dialect.states_dtype and name not in ("InputLayer", "Embedding"):
        found.pop("dtype", None)
    if name in RECURRENT:
        found |= {"implementation": 1 if dialect.version < "2.2" else 2}
        if dialect.version >= "2.2.4":
            found["time_major"] = False
        if found.get("reset_after") is False and dialect.version < "2.1":
            del found["reset_after"]
    if name == "LeakyReLU":
        found["alpha"] = found.pop("negative_slope")
    if name == "BatchNormalization":
        del found["synchronized"]
    if name == "DepthwiseConv2D":
        found |= {"groups": 1, "kernel_initializer": "glorot_uniform", "kernel_constraint": None}
    if name in ("Conv2D", "Conv1D") and dialect.version < "2.3" and found.get("groups") == 1:
        del found["groups"]
    return found


def _value(dialect: Dialect, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_value(dialect, item) for item in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    if value["class_name"] == "DTypePolicy":
        return value["config"]["name"]
    if value["module"] == "keras.layers" or value["class_name"] in MODELS:
        return _layer(dialect, value)
    if value["class_name"] == "GlorotUniform" and dialect.chain_is_list:
        spread = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}
        return {"class_name": "VarianceScaling", "config": spread}
    config = {key: item for key, item in value["config"].items() if not key.endswith("_axes")}
    if dialect.version == "2.2.4-tf" and "initializers" in value["module"]:
        config["dtype"] = "float32"
    kept = {"class_name": value["class_name"], "config": config}
    return {**kept, "module": value["module"], "registered_name": None} if dialect.modules else kept
