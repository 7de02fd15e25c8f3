"""Writes models of the real Keras as Keras 1.2.2 wrote them, by h5py alone.

Only layers that Keras 1 had; its names of arguments, and its arrays: one for each gate of a recurrent layer.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

_NAMES = {
    "AveragePooling2D": "AveragePooling2D",
    "Conv1D": "Convolution1D",
    "Conv2D": "Convolution2D",
    "Conv2DTranspose": "Deconvolution2D",
    "Conv3D": "Convolution3D",
    "SeparableConv2D": "SeparableConvolution2D",
}
_MODES = {
    "Add": "sum",
    "Average": "ave",
    "Concatenate": "concat",
    "Dot": "dot",
    "Maximum": "max",
    "Multiply": "mul",
}
_PLAIN = {"batch_input_shape", "name", "trainable"}


def write(path: Path, model: Any, *, first: bool = False, backend: str = "", version: str = "1.2.2") -> None:
    """A whole model in an `.h5` file.

    Args:
        path: The file.
        model: A model of the real Keras.
        first: True if its channels stand first ("th").
        backend: What computed for it, if the file says so.
        version: What the file says of itself; nothing if empty.
    """
    with h5py.File(path, "w") as file:
        if version:
            file.attrs["keras_version"] = version.encode()
        file.attrs["model_config"] = json.dumps(config_of(model)).encode()
        group = file.create_group("model_weights")
        for name, text in (("keras_version", version), ("backend", backend)):
            if text:
                group.attrs[name] = text.encode()
        group.attrs["layer_names"] = np.array([layer.name.encode() for layer in model.layers])
        for layer in model.layers:
            own = group.create_group(layer.name)
            arrays = _arrays(layer, first=first, backend=backend)
            names = [f"{layer.name}_{place}:0".encode() for place in range(len(arrays))]
            own.attrs["weight_names"] = np.array(names)
            for name, array in zip(names, arrays, strict=True):
                own[name.decode()] = array


def config_of(model: Any) -> dict[str, Any]:
    """Class name and config of the model in Keras 1's words."""
    config = model.get_config()
    if type(model).__name__ == "Sequential":
        layers = [_layer(one) for one in config["layers"]]
        shape = layers[0]["config"]["batch_input_shape"]
        layers[1]["config"] |= {"batch_input_shape": shape, "input_dtype": "float32"}
        return {"class_name": "Sequential", "config": layers[1:]}
    layers = []
    for one in config["layers"]:
        nodes = [[_place(tensor) for tensor in _tensors(node)] for node in one["inbound_nodes"]]
        layers.append({**_layer(one), "name": one["name"], "inbound_nodes": nodes})
    ends = {key: _ends(config[key]) for key in ("input_layers", "output_layers")}
    return {"class_name": "Model", "config": {"name": model.name, "layers": layers, **ends}}


def _tensors(node: dict[str, Any]) -> list[Any]:
    first = node["args"][0]
    return first if isinstance(first, list | tuple) else [first]


def _place(tensor: dict[str, Any]) -> list[Any]:
    return list(tensor["config"]["keras_history"])


def _ends(ends: Any) -> list[Any]:
    return [ends] if isinstance(ends[0], str) else ends


def _layer(layer: dict[str, Any]) -> dict[str, Any]:
    name, config = layer["class_name"], dict(layer["config"])
    if name in ("TimeDistributed", "Bidirectional"):
        kept = {key: config[key] for key in ("name", "trainable", "merge_mode") if key in config}
        return {"class_name": name, "config": {**kept, "layer": _layer(config["layer"])}}
    if name in _MODES:
        kept = {"name": config["name"], "mode": _MODES[name], "concat_axis": config.get("axis", -1)}
        axes = config.get("axes", -1)
        kept |= {"dot_axes": [[axes], [axes]] if name == "Dot" else axes, "mode_type": "raw", "arguments": {}}
        kept |= {
            "output_shape": None,
            "output_shape_type": "raw",
            "output_mask": None,
            "output_mask_type": "raw",
        }
        return {"class_name": "Merge", "config": kept}
    config["batch_input_shape"] = config.pop("batch_shape", None)
    if config["batch_input_shape"] is None:
        del config["batch_input_shape"]
    elif name == "InputLayer":
        config |= {"input_dtype": config["dtype"], "sparse": False}
    return {"class_name": _NAMES.get(name, name), "config": _arguments(name, config)}


def _arguments(name: str, config: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in config.items() if key in _PLAIN or key.startswith("input_dtype")}
    simple = {
        "activation",
        "pool_size",
        "n",
        "dims",
        "target_shape",
        "axis",
        "epsilon",
        "momentum",
        "mask_value",
    }
    simple |= {
        "return_sequences",
        "go_backwards",
        "stateful",
        "unroll",
        "input_dim",
        "mask_zero",
        "alpha",
        "size",
    }
    found |= {key: config[key] for key in simple & set(config)}
    renamed = {"units": "output_dim", "filters": "nb_filter", "strides": "subsample", "use_bias": "bias"}
    renamed |= {
        "rate": "p",
        "stddev": "sigma",
        "padding": "border_mode",
        "recurrent_activation": "inner_activation",
    }
    found |= {old: config[new] for new, old in renamed.items() if new in config}
    if name in ("Dense", "LSTM", "GRU", "SimpleRNN"):
        found |= {
            "init": "glorot_uniform",
            "input_dim": 7,
            "W_regularizer": _penalty(config),
            "b_regularizer": None,
        }
    if name in ("LSTM", "GRU", "SimpleRNN"):
        found |= {"inner_init": "orthogonal", "dropout_W": 0.0, "dropout_U": 0.0, "consume_less": "cpu"}
        found |= {"U_regularizer": None, "input_length": None}
        del found["bias"]
    if name == "LSTM":
        found["forget_bias_init"] = "one"
    if name == "Embedding":
        found |= {"output_dim": config["output_dim"], "init": "uniform", "W_constraint": None, "dropout": 0.0}
    if name == "BatchNormalization":
        found |= {"mode": 0, "gamma_regularizer": None, "beta_regularizer": None}
    if "data_format" in config and "1D" not in name:
        found["dim_ordering"] = {"channels_last": "tf", "channels_first": "th"}[config["data_format"]]
    if "Conv" in name:
        found |= {"init": "he_normal"}
        if not name.startswith("Separable"):
            found["W_constraint"] = {"name": "MaxNorm", "m": 9, "axis": 0}
        _sizes(name, found, list(config["kernel_size"]))
    if "Pooling" in name and "strides" in config:
        found["strides"] = found.pop("subsample")
        if "1D" in name:
            found |= {"pool_length": found.pop("pool_size")[0], "stride": found.pop("strides")[0]}
    return found


def _penalty(config: dict[str, Any]) -> Any:
    given = config.get("kernel_regularizer")
    return {"name": "WeightRegularizer", "l1": 0.0, "l2": given["config"]["l2"]} if given else None


def _sizes(name: str, found: dict[str, Any], sizes: list[int]) -> None:
    match len(sizes):
        case 1:
            found |= {"filter_length": sizes[0], "subsample_length": found.pop("subsample")[0]}
        case 2:
            found |= {"nb_row": sizes[0], "nb_col": sizes[1]}
        case _:
            found |= {f"kernel_dim{place + 1}": size for place, size in enumerate(sizes)}
    if name == "Conv2DTranspose":
        found["output_shape"] = [None, 9, 9, 9]


def _arrays(layer: Any, *, first: bool, backend: str) -> list[Any]:
    """The weights of a layer as Keras 1 kept them."""
    name = type(layer).__name__
    if name == "Bidirectional":
        inner = (layer.forward_layer, layer.backward_layer)
        return [array for one in inner for array in _arrays(one, first=first, backend=backend)]
    if name == "TimeDistributed":
        return _arrays(layer.layer, first=first, backend=backend)
    arrays = [np.array(one) for one in (*layer.trainable_weights, *layer.non_trainable_weights)]
    if name in ("LSTM", "GRU"):
        gates, order = (4, (0, 2, 1, 3)) if name == "LSTM" else (3, (0, 1, 2))
        parts = [np.split(array, gates, axis=-1) for array in arrays]
        return [part[gate] for gate in order for part in parts]
    if not name.startswith("Conv"):
        return arrays
    kernel, *rest = arrays
    if backend == "theano":
        kernel = np.flip(kernel, tuple(range(kernel.ndim - 2)))
    if name == "Conv1D":
        kernel = kernel[:, None]
    elif name == "Conv2DTranspose":
        kernel = kernel.transpose(2, 3, 0, 1) if first else kernel.transpose(0, 1, 3, 2)
    elif first:
        kernel = np.moveaxis(kernel, (-1, -2), (0, 1))
    return [kernel, *rest]
