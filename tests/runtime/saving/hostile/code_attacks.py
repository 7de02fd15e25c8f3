"""Files that would run code: lambdas, names of other things, gadgets, pickles."""

import base64
import io
import marshal
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from tests.runtime.saving.hostile.attacks import Attack, carried, members, with_layers, write_archive
from tests.runtime.saving.hostile.training_attacks import training_attacks

_OTHER_WAYS = ("deserialize_keras_object", "layers.deserialize", "from_config", "inspect_model_config")


def bytecode(marker: Path) -> str:
    """Marshalled code that makes the marker."""
    code = compile(f"open({str(marker)!r}, 'w').close()", "<file>", "exec")
    return base64.b64encode(marshal.dumps(code)).decode()


def _lambdas(marker: Path) -> dict[str, dict[str, Any]]:
    code = bytecode(marker)
    new = {"class_name": "__lambda__", "config": {"code": code, "defaults": None, "closure": None}}
    old = {"function": [code, None, None], "function_type": "lambda", "module": "builtins", "name": "evil"}
    layer = {"class_name": "Lambda", "config": old}
    mask = {"name": "evil", "function": "relu", "mask": new}
    return {
        "Keras 2": layer,
        "Keras 3": {
            "module": "keras.layers",
            "class_name": "Lambda",
            "config": {"name": "evil", "function": new},
        },
        "without a module": {"class_name": "Lambda", "config": {"name": "evil", "function": new}},
        "output_shape": {
            "class_name": "Lambda",
            "config": {"name": "e", "function": "relu", "output_shape": new},
        },
        "old output_shape": {
            "class_name": "Lambda",
            "config": {**old, "output_shape": [code, None, None], "output_shape_type": "lambda"},
        },
        "mask": {"class_name": "Lambda", "config": mask},
        "in TimeDistributed": {"class_name": "TimeDistributed", "config": {"name": "t", "layer": layer}},
        "in Bidirectional": {"class_name": "Bidirectional", "config": {"name": "b", "layer": layer}},
        "backward_layer": {
            "class_name": "Bidirectional",
            "config": {
                "name": "b",
                "layer": {"class_name": "LSTM", "config": {"units": 2}},
                "backward_layer": layer,
            },
        },
        "as a cell": {"class_name": "RNN", "config": {"name": "r", "cell": layer}},
        "in stacked cells": {
            "class_name": "RNN",
            "config": {
                "name": "r",
                "cell": {"class_name": "StackedRNNCells", "config": {"cells": [layer]}},
            },
        },
        "in a model inside": {"class_name": "Sequential", "config": {"name": "in", "layers": [layer]}},
        "twice inside": {
            "class_name": "Sequential",
            "config": {
                "name": "out",
                "layers": [{"class_name": "Sequential", "config": {"name": "in", "layers": [layer]}}],
            },
        },
        "by a registered name": {
            "class_name": "x>Lambda",
            "registered_name": "Custom>Lambda",
            "config": old,
        },
        "in small letters": {"class_name": "lambda", "config": old},
        "in a pipeline": {"class_name": "Pipeline", "config": {"name": "p", "layers": [layer]}},
        "as the designer writes layers": {
            "class_name": "TimeDistributed",
            "config": {"name": "t", "layer": {"layer": "Lambda", "params": old}},
        },
        "in a policy": {"class_name": "Dense", "config": {"name": "d", "units": 1, "dtype": layer}},
    }


def _elsewhere(marker: Path) -> dict[str, dict[str, Any]]:
    code = {"class_name": "__lambda__", "config": {"value": bytecode(marker)}}
    dense = {"name": "d", "units": 1}
    names = ("activation", "kernel_initializer", "kernel_regularizer", "kernel_constraint", "dtype", "units")
    found = {name: {"class_name": "Dense", "config": {**dense, name: code}} for name in names}
    found["bare name"] = {"class_name": "Dense", "config": {**dense, "activation": "<lambda>"}}
    found["activity_regularizer"] = {
        "class_name": "Dense",
        "config": {**dense, "activity_regularizer": code},
    }
    found["function of TensorFlow"] = {
        "class_name": "TFOpLambda",
        "config": {"name": "t", "function": "io.read_file"},
        "inbound_nodes": [],
    }
    return found


def _others(marker: Path) -> dict[str, dict[str, Any]]:
    """Modules, classes and functions that a config must not reach."""
    command = f"touch {marker}"
    dense = {"name": "d", "units": 2}

    def with_part(name: str, value: Any) -> dict[str, Any]:
        return {"class_name": "Dense", "config": {**dense, name: value}}

    system = {"module": "os", "class_name": "system", "config": {"command": command}}
    function = {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}
    build = {
        "module": "builtins",
        "class_name": "eval",
        "config": {},
        "build_config": {"input_shape": [command]},
    }
    return {
        "a module's function": system,
        "a function": function,
        "a class of subprocess": {"module": "subprocess", "class_name": "Popen", "config": {"args": command}},
        "by a registered name": {
            "module": "os",
            "class_name": "Dense2",
            "registered_name": "os.system",
            "config": {},
        },
        "a built-in": build,
        "a private name": {"class_name": "__import__", "config": {"name": "os"}},
        "a type": {"class_name": "__typespec__", "spec_name": "system", "module": "os", "config": [command]},
        "the base class": {"class_name": "Layer", "config": {"name": "plain"}},
        "an operation": {"module": "keras.src.ops.numpy", "class_name": "Load", "config": {"name": "load"}},
        "torch": {"module": "torch", "class_name": "load", "config": {"f": str(marker)}},
        "a dotted class": {"class_name": "os.path.join", "config": {"name": "x"}},
        "initializer": with_part("kernel_initializer", system),
        "initializer by name": with_part("kernel_initializer", "os.system"),
        "activation": with_part("activation", function),
        "activation by path": with_part("activation", "builtins.exec"),
        "activation with underscores": with_part("activation", "__import__"),
        "regularizer": with_part("kernel_regularizer", {"class_name": "exec", "config": {"code": command}}),
        "constraint": with_part("bias_constraint", {"class_name": "function", "config": "exec"}),
        "policy": with_part("dtype", {"module": "os", "class_name": "system", "config": {"name": command}}),
        "cell": {"class_name": "RNN", "config": {"name": "r", "cell": system}},
        "wrapped": {"class_name": "TimeDistributed", "config": {"name": "t", "layer": system}},
    }


def _gadgets(marker: Path) -> dict[str, dict[str, Any]]:
    """Members of Keras's own API that read, write or change things."""
    path = str(marker)
    table: dict[str, tuple[str, dict[str, Any]]] = {
        "get_file": ("keras.utils", {"fname": path, "origin": "http://127.0.0.1:9/x"}),
        "load_model": ("keras.models", {"filepath": path}),
        "load_img": ("keras.utils", {"path": path}),
        "save_img": ("keras.utils", {"path": path, "x": [[1]]}),
        "plot_model": ("keras.utils", {"to_file": path}),
        "load_data": ("keras.datasets.mnist", {"path": path}),
        "VGG16": ("keras.applications", {"weights": path}),
        "ResNet50": ("keras.applications.resnet", {"weights": "imagenet"}),
        "set_floatx": ("keras.config", {"value": "float64"}),
        "enable_unsafe_deserialization": ("keras.config", {}),
        "set_backend": ("keras.config", {"backend": path}),
        "CSVLogger": ("keras.callbacks", {"filename": path}),
        "ModelCheckpoint": ("keras.callbacks", {"filepath": path}),
        "TensorBoard": ("keras.callbacks", {"log_dir": path}),
        "register_keras_serializable": ("keras.saving", {}),
        "get_custom_objects": ("keras.saving", {}),
        "custom_object_scope": ("keras.saving", {}),
        "clear_session": ("keras.utils", {}),
        "TFSMLayer": ("keras.layers", {"filepath": path}),
        "export_archive": ("keras.export", {"filepath": path}),
    }
    return {
        name: {
            "module": module,
            "class_name": name,
            "config": config,
            "registered_name": f"{module}>{name}",
        }
        for name, (module, config) in table.items()
    }


class _Harm:
    """Makes the marker when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return (open, (str(self.marker), "w"))


def _pickles(marker: Path) -> dict[str, dict[str, Any]]:
    pickled = base64.b64encode(pickle.dumps(_Harm(marker))).decode()
    return {
        "TorchModuleWrapper": {
            "module": "keras.layers",
            "class_name": "TorchModuleWrapper",
            "config": {"name": "t", "module": pickled},
        },
        "torch module as bytes": {
            "class_name": "TorchModuleWrapper",
            "config": {"module": {"class_name": "__bytes__", "config": {"value": pickled}}},
        },
        "JaxLayer": {"class_name": "JaxLayer", "config": {"call_fn": pickled}},
        "array of objects": {
            "class_name": "Normalization",
            "config": {
                "name": "n",
                "mean": {"class_name": "__numpy__", "config": {"value": [pickled], "dtype": "object"}},
            },
        },
    }


def _arrays_of_objects(path: Path, marker: Path) -> None:
    packed = io.BytesIO()
    np.savez(packed, **{"layers/dense/vars/0": np.array([_Harm(marker)], dtype=object)})
    write_archive(path, {"model.weights.npz": packed.getvalue(), "model.weights.h5": None})


def _safe_mode_off(config: dict[str, Any], marker: Path) -> dict[str, Any]:
    layer = {**_lambdas(marker)["Keras 3"], "safe_mode": False}
    config["config"]["layers"].append(layer)
    return {**config, "safe_mode": False, "custom_objects": {"Lambda": "keras.layers.Lambda"}}


def code_attacks() -> list[Attack]:
    """All of them."""
    found: list[Attack] = []
    here = Path("x")
    for mechanism, table, told in (
        ("code in a layer", _lambdas, ""),
        ("code elsewhere", _elsewhere, ""),
        ("names of other things", _others, "not"),
        ("gadgets of the API", _gadgets, "not"),
        ("pickles", _pickles, ""),
    ):
        for name in table(here):
            also = ("deserialize_keras_object", "from_config") if mechanism == "code in a layer" else ()
            found += carried(
                mechanism,
                name,
                lambda marker, table=table, name=name: with_layers(table(marker)[name]),
                told or "refused",
                also,
            )
    for name in _lambdas(here):
        found += [
            Attack(
                "code in a layer",
                f"{name}, alone",
                "json",
                lambda path, marker, name=name: _write_alone(path, _lambdas(marker)[name]),
                "refused",
                way,
            )
            for way in ("layers.deserialize", "deserialize_keras_object")
        ]
    for name in _gadgets(here):
        found.append(
            Attack(
                "gadgets of the API",
                f"{name}, alone",
                "json",
                lambda path, marker, name=name: _write_alone(path, _gadgets(marker)[name]),
                "not",
                "deserialize_keras_object",
            )
        )
    found += carried(
        "safe mode off", "in the file", lambda marker: _safe_mode_off(with_layers(), marker), "Lambda"
    )
    found += [
        Attack(
            "safe mode off",
            "by the caller",
            attack.kind,
            attack.make,
            "Lambda",
            "load_model unsafe",
        )
        for attack in carried("safe mode off", "", lambda marker: with_layers(_lambdas(marker)["Keras 2"]))
        if attack.kind != "json"
    ]
    found.append(Attack("pickles", "arrays of objects", "npz", _arrays_of_objects, "refused"))
    assert members()
    return found + training_attacks()


def _write_alone(path: Path, layer: dict[str, Any]) -> None:
    import json

    path.write_text(json.dumps(layer))
