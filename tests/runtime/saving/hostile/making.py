"""Makes files and configs that mean harm."""

import base64
import json
import marshal
import zipfile
from pathlib import Path
from typing import Any

import h5py

from runtime.models import load_model, model_from_json
from tests.runtime.saving.zoo import ours, perceptron


def write(path: Path, config: Any, build: Any = perceptron, **attributes: Any) -> Path:
    """A good file whose config is replaced."""
    ours(build).save(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = config if isinstance(config, str) else json.dumps(config)
        for name, value in attributes.items():
            file.attrs[name] = value
    return path


def config_of(build: Any = perceptron) -> dict[str, Any]:
    return json.loads(ours(build).to_json())


def bytecode(marker: Path) -> str:
    code = compile(f"open({str(marker)!r}, 'w').close()", "<file>", "exec")
    return base64.b64encode(marshal.dumps(code)).decode()


def lambdas(marker: Path) -> dict[str, dict[str, Any]]:
    code = bytecode(marker)
    old = {"function": [code, None, None], "function_type": "lambda", "module": "builtins", "name": "evil"}
    new = {
        "function": {"class_name": "__lambda__", "config": {"code": code, "defaults": None, "closure": None}}
    }
    as_shape = {**new, "output_shape": {"class_name": "__lambda__", "config": {"value": code}}}
    layer = {"class_name": "Lambda", "config": {**old}}
    return {
        "keras 2": layer,
        "keras 3": {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil", **new}},
        "output shape": {"class_name": "Lambda", "config": {"name": "evil", **as_shape}},
        "in TimeDistributed": {"class_name": "TimeDistributed", "config": {"name": "td", "layer": layer}},
        "in Bidirectional": {"class_name": "Bidirectional", "config": {"name": "bi", "layer": layer}},
        "as a cell": {"class_name": "RNN", "config": {"name": "rnn", "cell": layer}},
        "in a model inside": {"class_name": "Sequential", "config": {"name": "in", "layers": [layer]}},
        "as an activation": {
            "class_name": "Dense",
            "config": {"name": "d", "units": 1, "activation": new["function"]},
        },
        "as a registered name": {"class_name": "x>Lambda", "registered_name": "Custom>Lambda", "config": old},
    }


def load(config: Any, ending: str, folder: Path, **members: Any) -> Any:
    if ending == ".json":
        return model_from_json(json.dumps(config))
    path = folder / f"evil{ending}"
    if ending == ".h5":
        return load_model(write(path, config, **members))
    ours(perceptron).save(folder / "good.keras")
    with zipfile.ZipFile(folder / "good.keras") as good, zipfile.ZipFile(path, "w") as evil:
        for name in good.namelist():
            evil.writestr(name, json.dumps(config) if name == "config.json" else good.read(name))
    return load_model(path)
