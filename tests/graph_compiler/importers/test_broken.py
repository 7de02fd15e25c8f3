"""Files and texts with broken values: what can be read is drawn, and the rest is said in words."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from graph_compiler import dump_document, load_document
from graph_compiler.importers import import_file, import_json
from runtime.errors import FileFormatError
from runtime.layers import Dense, Input
from runtime.losses import Huber
from runtime.models import Sequential

Spoil = Callable[[str], str]
"""Makes broken training settings of whole ones."""


def spoilt(path: Path, spoil: Spoil) -> Path:
    """A small model in a file, with broken training settings."""
    model = Sequential([Input((4,), name="start"), Dense(3, name="end")], name="small")
    model.compile("adam", Huber(delta=0.25))
    model.save(path)
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            file.attrs["training_config"] = spoil(text_of(file.attrs["training_config"]))
        return path
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["compile_config"] = json.loads(spoil(json.dumps(config["compile_config"])))
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def text_of(kept: Any) -> str:
    return kept.decode() if isinstance(kept, bytes) else kept


def setting(name: str, value: float) -> Spoil:
    """Puts a value in the place of a setting, as Python's JSON writes it."""

    def spoil(text: str) -> str:
        config = json.loads(text)
        holder = (
            config["loss"] if name == "delta" else config.get("optimizer_config", config.get("optimizer"))
        )
        assert name in holder["config"]
        holder["config"][name] = value
        return json.dumps(config)

    return spoil


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["learning_rate", "epsilon", "delta"])
def test_a_model_with_training_settings_that_are_no_numbers_is_drawn_without_them(
    name: str, value: float, ending: str, tmp_path: Path
):
    imported = import_file(spoilt(tmp_path / f"model.{ending}", setting(name, value)))
    assert [node.name for node in imported.document.nodes.values()] == ["start", "end"]
    assert list(imported.weights) == ["end"]
    (remark,) = imported.remarks
    assert remark.startswith("How the model was compiled could not be taken over: ")
    assert imported.document.compile.loss == "mean_squared_error"


def test_a_model_whose_training_settings_are_no_json_is_drawn_without_them(tmp_path: Path):
    imported = import_file(spoilt(tmp_path / "model.h5", lambda text: text[:-5]))
    assert list(imported.weights) == ["end"]
    assert "not valid JSON" in imported.remarks[0]


def chain(**changes: Any) -> dict[str, Any]:
    """A sequential model that does not list its input, as `to_json()` writes it, with other values in it."""
    layer = {"class_name": "Dense", "config": {"name": "end", "units": 3}}
    inner = {"name": "small", "layers": [layer], "build_input_shape": [None, 4]}
    return {"class_name": "Sequential", "config": {**inner, **changes}, "keras_version": "3.5.0"}


def graph(output: int) -> dict[str, Any]:
    """A functional model, the outputs of which begin with one of a layer that is not known."""
    start: dict[str, Any] = {"class_name": "InputLayer", "name": "start", "inbound_nodes": []}
    start["config"] = {"batch_shape": [None, 4], "name": "start", "dtype": "float32"}
    own: dict[str, Any] = {"class_name": "Own", "name": "own", "config": {"name": "own"}}
    own["inbound_nodes"] = [[["start", 0, 0, {}]]]
    ends = {"input_layers": [["start", 0, 0]], "output_layers": [["own", 0, output]]}
    inner = {"name": "small", "layers": [start, own], **ends}
    return {"class_name": "Functional", "config": inner, "keras_version": "2.15.0"}


@pytest.mark.parametrize("shape", [5, "four", {"a": 1}, True])
def test_a_shape_that_is_no_list_is_to_be_set_at_the_input(shape: Any):
    imported = import_json(json.dumps(chain(build_input_shape=shape)))
    assert "set it at the input" in imported.remarks[0]
    assert len(imported.document.nodes) == 2


@pytest.mark.parametrize("version", ["²", "", "x", None, 7, "٣"])
def test_a_strange_version_is_guessed(version: Any):
    assert len(import_json(json.dumps({**chain(), "keras_version": version})).document.nodes) == 2


def test_halves_of_characters_are_replaced():
    own = {"class_name": "Own\ud800", "config": {"name": "own\ud800", "ke\ud800pt": ["\ud800"]}}
    inner = {**chain(name="inner\ud800"), "name": "inner\ud800"}
    imported = import_json(json.dumps(chain(name="x\ud800", layers=[own, inner])))
    document = imported.document
    assert document.name == "x?"
    assert [group.title for group in document.groups.values()] == ["inner?"]
    assert [node.layer for node in document.nodes.values()] == ["InputLayer", "Own?", "Dense"]
    assert imported.locked[0].params == {"ke?pt": ["?"], "name": "own?"}
    assert load_document(dump_document(document).encode().decode()) == document
    assert "own?" in "".join(imported.remarks).encode().decode()


@pytest.mark.parametrize("output", [10**250, 10**6, -1])
def test_an_output_that_no_layer_has_is_refused(output: int):
    assert len(import_json(json.dumps(graph(0))).document.nodes) == 2
    with pytest.raises(FileFormatError, match="Layer 'own' has no output"):
        import_json(json.dumps(graph(output)))


@pytest.mark.parametrize(
    "error", [ValueError("odd"), TypeError("odd"), OverflowError("odd"), RecursionError()]
)
def test_whatever_a_value_leads_to_is_said_in_words(error: Exception, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("graph_compiler.importers.models.read_steps", fail)
    with pytest.raises(FileFormatError, match="The model's config"):
        import_json(json.dumps(chain()))
