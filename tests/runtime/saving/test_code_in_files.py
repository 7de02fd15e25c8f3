"""Files that would run code or reach for other things are refused by name, and nothing in them is run."""

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import FileFormatError, LayerloomError, RefusedError
from runtime.models import clone_model, load_model
from tests.runtime.saving.hostile import bytecode, config_of, lambdas, load, write
from tests.runtime.saving.zoo import ours, perceptron

pytestmark = pytest.mark.usefixtures("is_quick_and_modest")


@pytest.mark.parametrize("kind", list(lambdas(Path("x"))))
@pytest.mark.parametrize("ending", [".h5", ".json", ".keras"])
def test_code_is_refused(kind: str, ending: str, tmp_path: Path, tripwire: Path) -> None:
    config = config_of()
    config["config"]["layers"].append(lambdas(tripwire)[kind])
    with pytest.raises(RefusedError) as caught:
        load(config, ending, tmp_path)
    assert "Lambda" in caught.value.what or "__lambda__" in caught.value.what
    assert caught.value.hint


def gadgets(marker: Path) -> dict[str, dict[str, Any]]:
    command = f"touch {marker}"
    dense = {"name": "d", "units": 2}
    return {
        "a module's function": {"module": "os", "class_name": "system", "config": {"command": command}},
        "function": {
            "module": "os",
            "class_name": "function",
            "config": "system",
            "registered_name": "system",
        },
        "a class of subprocess": {"module": "subprocess", "class_name": "Popen", "config": {"args": command}},
        "get_file": {"module": "keras.utils", "class_name": "get_file", "config": {"fname": str(marker)}},
        "load_model": {"module": "keras.models", "class_name": "load_model", "config": {"filepath": "x.h5"}},
        "csv logger": {
            "module": "keras.callbacks",
            "class_name": "CSVLogger",
            "config": {"filename": str(marker)},
        },
        "a pickled module": {"class_name": "TorchModuleWrapper", "config": {"module": bytecode(marker)}},
        "another program": {"class_name": "TFSMLayer", "config": {"filepath": "/tmp"}},
        "an operation": {"module": "keras.src.ops.numpy", "class_name": "Load", "config": {"name": "load"}},
        "initializer": {
            "class_name": "Dense",
            "config": {**dense, "kernel_initializer": {"module": "os", "class_name": "system", "config": {}}},
        },
        "initializer by name": {
            "class_name": "Dense",
            "config": {**dense, "kernel_initializer": "os.system"},
        },
        "activation": {
            "class_name": "Dense",
            "config": {
                **dense,
                "activation": {"module": "builtins", "class_name": "function", "config": "eval"},
            },
        },
        "activation by path": {
            "class_name": "Activation",
            "config": {"name": "a", "activation": "builtins.exec"},
        },
        "regularizer": {
            "class_name": "Dense",
            "config": {**dense, "kernel_regularizer": {"class_name": "exec", "config": {"code": command}}},
        },
        "private": {"class_name": "__import__", "config": {"name": "os"}},
        "a type": {"class_name": "__typespec__", "spec_name": "system", "module": "os", "config": [command]},
        "the base class": {"class_name": "Layer", "config": {"name": "plain"}},
    }


@pytest.mark.parametrize("kind", list(gadgets(Path("x"))))
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_names_of_other_things_are_refused(kind: str, ending: str, tmp_path: Path, tripwire: Path) -> None:
    config = config_of()
    config["config"]["layers"].append(gadgets(tripwire)[kind])
    with pytest.raises(RefusedError):
        load(config, ending, tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer_config": {"module": "os", "class_name": "system", "config": {}}},
        {"optimizer_config": {"class_name": "Adam", "config": {}}, "loss": "os.system"},
        {
            "optimizer_config": {"class_name": "Adam", "config": {}},
            "loss": {"class_name": "Popen", "config": {}},
        },
        {"optimizer_config": {"class_name": "Adam", "config": {}}, "loss": "mse", "metrics": [["open"]]},
        {
            "optimizer_config": {
                "class_name": "Adam",
                "config": {
                    "learning_rate": {"module": "os", "class_name": "system", "config": {"command": "x"}}
                },
            }
        },
        {
            "optimizer_config": {"class_name": "Adam", "config": {}},
            "loss": {"class_name": "LossFunctionWrapper", "config": {"fn": {"class_name": "__lambda__"}}},
        },
        {
            "optimizer_config": {"class_name": "Adam", "config": {}},
            "metrics": [{"class_name": "MeanMetricWrapper", "config": {"fn": "eval"}}],
        },
        [],
        {"optimizer_config": 5},
        {},
    ],
    ids=lambda settings: str(settings)[:60],
)
def test_settings_name_nothing_else(settings: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", config_of(), training_config=json.dumps(settings))
    if settings in ({},):
        assert load_model(path, compile=False)
        return
    with pytest.raises(FileFormatError):
        load_model(path)


def test_a_clone_runs_nothing_either(tripwire: Path) -> None:
    model = ours(perceptron)
    model.layers[0]._arguments["kernel_initializer"] = lambdas(tripwire)["as an activation"]
    with pytest.raises(LayerloomError):
        clone_model(model)
