"""What is said of files that are not what they should be: files, the message, and how to mend it."""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import torch

from runtime.errors import FileFormatError, RefusedError
from runtime.models import load_model, model_from_json
from runtime.saving import inspect_model
from tests.runtime.saving.zoo import ours, perceptron, theirs

Make = Callable[[Path], Any]


def content(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def part_of(ending: str, share: float) -> Make:
    def make(path: Path) -> None:
        whole = path.with_name(f"whole{ending}")
        ours(perceptron).save(whole)
        data = whole.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return make


def zipped(*names: str) -> Make:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"x")

    return make


def folder(*names: str) -> Make:
    def make(path: Path) -> None:
        path.mkdir()
        for name in names:
            (path / name).write_bytes(b"x")

    return make


def torch_file(path: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, path)


def numpy_file(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=np.zeros(3))


def other_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["table"] = np.zeros(3)


def checkpoint(path: Path) -> None:
    path.with_name(f"{path.name}.index").write_bytes(b"x")


SAFETENSORS = struct.pack("<Q", 60) + b'{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}\0\0\0\0\0'
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"

# Name of the file, how it is made, what is said of it, how to mend it.
OTHERS: dict[str, tuple[str, Make, str, str]] = {
    "no file": ("m.h5", lambda path: None, "There is no file", ""),
    "a mistyped name": (
        "modle.h5",
        lambda path: path.with_name("model.h5").touch(),
        "no file",
        r"Did you mean '.*model\.h5'",
    ),
    "empty": ("m.h5", content(b""), "is empty", "cut off"),
    "cut off .h5": ("m.h5", part_of(".h5", 0.6), "has .* of .* bytes", "Get the file again"),
    "cut off at the first block": (
        "m.h5",
        part_of(".h5", 0.01),
        "has .* of .* bytes",
        "Get the file again",
    ),
    "cut off .keras": ("m.keras", part_of(".keras", 0.6), "begins as a zip archive", "Get the file again"),
    "text": (
        "m.h5",
        content(b"Hello, this is\nno model"),
        "text file that begins with 'Hello",
        "Get the file",
    ),
    "page": ("m.h5", content(b"\n<!DOCTYPE html><html><body>404"), "page of the web", "downloading"),
    "pointer of Git LFS": ("m.keras", content(LFS), "pointer of Git LFS", "git lfs pull"),
    "noise": ("m.h5", content(b"\x01\xff\x00\x9c" * 50), r"neither HDF5 nor a .keras.*200 bytes", "Get the"),
    "SavedModel": ("m", folder("saved_model.pb"), "SavedModel of TensorFlow", r"as .h5 or .keras"),
    "folder": ("m", folder("best.keras", "notes.txt"), "is a folder", "It holds best.keras"),
    "checkpoint": ("m", checkpoint, "checkpoint of TensorFlow", r"save_weights\('name.weights.h5'\)"),
    "folder of checkpoints": (
        "m",
        folder("checkpoint", "m-1.index"),
        "checkpoint of TensorFlow",
        "save_weights",
    ),
    "data of a checkpoint": (
        "m.data-00000-of-00001",
        content(b"\0\1\xfe" * 9),
        "checkpoint of TensorFlow",
        "",
    ),
    "index of a checkpoint": (
        "m.index",
        content(b"\0\1\xff" + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"),
        "checkpoint",
        "",
    ),
    "graph": ("m.pb", content(b"\n\x0c\xff\x01"), "graph of TensorFlow", "save the model there"),
    "TensorFlow Lite": ("m.h5", content(b"\x1c\0\0\0TFL3\x14\0"), "TensorFlow Lite", "save the model there"),
    "ONNX": ("m.h5", content(b"\x08\x08\x12\x07pytorch\x1a\xff"), "format ONNX", "save the model there"),
    "PyTorch": ("m.h5", torch_file, "file of PyTorch", "weights_only=True"),
    "pickle": ("m.h5", content(b"\x80\x04\x95\x10\0\0\0"), "a pickle, which may run any program", ""),
    "safetensors": ("m.h5", content(SAFETENSORS), "safetensors", "set_weights"),
    "arrays": ("m.keras", numpy_file, "archive of NumPy", "numpy.load"),
    "one array": ("m.h5", content(b"\x93NUMPY\x01\0"), "array of NumPy", "set_weights"),
    "packed": ("m.h5.gz", content(b"\x1f\x8b\x08\0" * 9), "packed file", "Unpack it"),
    "a zip around a model": ("m.zip", zipped("a/m.h5", "a/x.txt"), "no config.json", "open 'a/m.h5'"),
    "another zip": ("m.keras", zipped("word/document.xml"), "no model of Keras", "holds one"),
    "other HDF5": ("m.h5", other_hdf5, "holds no model of Keras|has table", ""),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_of_another_kind_is_named(kind: str, tmp_path: Path) -> None:
    name, make, message, hint = OTHERS[kind]
    path = tmp_path / name
    make(path)
    model = ours(perceptron)
    for read in (load_model, inspect_model, model.load_weights):
        with pytest.raises(FileFormatError) as caught:
            read(path)
        assert re.search(message, caught.value.message, re.S), caught.value.message
        if read is not model.load_weights or kind != "other HDF5":
            assert re.search(hint, caught.value.hint), caught.value.hint
        assert len(str(caught.value)) < 500


def test_the_ending_plays_no_part(tmp_path: Path) -> None:
    mine = ours(perceptron)
    for ending, other in ((".h5", ".keras"), (".keras", ".h5"), (".keras", "")):
        mine.save(tmp_path / f"m{ending}")
        (tmp_path / f"m{ending}").rename(tmp_path / f"n{other}")
        opened = load_model(tmp_path / f"n{other}")
        twin = ours(perceptron)
        twin.load_weights(tmp_path / f"n{other}")
        for model in (opened, twin):
            assert all(map(np.array_equal, model.get_weights(), mine.get_weights()))


def test_an_unpacked_archive_opens(tmp_path: Path) -> None:
    real = theirs(perceptron)
    keras.saving.save_model(real, tmp_path / "m", zipped=False)
    opened = load_model(tmp_path / "m")
    assert all(map(np.array_equal, opened.get_weights(), real.get_weights()))
    assert inspect_model(tmp_path / "m").keras_version == 3
    (tmp_path / "m" / "config.json").unlink()
    (tmp_path / "m" / "config.json").symlink_to("/etc/hostname")
    with pytest.raises(FileFormatError, match="has no file"):
        load_model(tmp_path / "m")


def test_weights_in_place_of_a_model(tmp_path: Path) -> None:
    mine = ours(perceptron)
    for name in ("m.weights.h5", "m.h5"):
        mine.save_weights(tmp_path / name)
        with pytest.raises(FileFormatError, match=r"holds weights without a model.*load_weights"):
            load_model(tmp_path / name)
    mine.save_weights(tmp_path / "m.weights.json", max_shard_size=1)
    with pytest.raises(FileFormatError, match="an index of weights"):
        load_model(tmp_path / "m.weights.json")
    (tmp_path / "m.json").write_text(mine.to_json())
    with pytest.raises(FileFormatError, match="model_from_json"):
        load_model(tmp_path / "m.json")
    with pytest.raises(FileFormatError, match="model_from_json"):
        mine.load_weights(tmp_path / "m.json")


def test_weights_in_pickles_are_refused(tmp_path: Path) -> None:
    from keras.src.saving import saving_lib

    saving_lib.save_model(theirs(perceptron), tmp_path / "m.keras", weights_format="npz")
    for read in (load_model, ours(perceptron).load_weights):
        with pytest.raises(RefusedError, match=r"model\.weights\.npz as pickles"):
            read(tmp_path / "m.keras")


def dense(*units: int, name: str = "m") -> Any:
    import runtime as our

    our.utils.clear_session()
    layers = [our.layers.Dense(size, name=f"dense_{place}") for place, size in enumerate(units)]
    return our.Sequential([our.Input((4,)), *layers], name=name)


# The model that is saved, the one that gets the weights, what is said for `.h5` and for `.weights.h5`.
MISFITS: list[tuple[tuple[int, ...], tuple[int, ...], str, str]] = [
    (
        (3, 2),
        (5, 2),
        r"Dense 'dense_0': its weight 'kernel' has shape \(4, 5\), but the file holds \(4, 3\)",
        r"Dense 'dense_0': its weight 'kernel' has shape \(4, 5\), but the file holds \(4, 3\)",
    ),
    (
        (3,),
        (3, 2),
        r"weights of 1 layers, but model 'm' has 2 layers with weights; 'dense_1' is not in the file",
        r"Dense 'dense_1': the file holds no weights for it; there is nothing at 'layers/dense_1/vars'",
    ),
    (
        (3, 2),
        (3,),
        r"weights of 2 layers, but model 'm' has 1 layers with weights; 'dense_1' is not in the model",
        r"also holds weights of 1 layers that model 'm' does not have: layers/dense_1",
    ),
]


@pytest.mark.parametrize("ending", [".h5", ".weights.h5"])
@pytest.mark.parametrize("case", range(len(MISFITS)))
def test_misfits_name_layer_weight_and_shapes(case: int, ending: str, tmp_path: Path) -> None:
    stored, wanted, of_list, of_tree = MISFITS[case]
    dense(*stored).save_weights(tmp_path / f"w{ending}")
    model = dense(*wanted)
    before = [value.copy() for value in model.get_weights()]
    message = of_list if ending == ".h5" else of_tree
    if "also holds" in message:
        with pytest.warns(UserWarning, match=message):
            model.load_weights(tmp_path / f"w{ending}")
        return
    with pytest.raises(FileFormatError, match=message):
        model.load_weights(tmp_path / f"w{ending}")
    assert all(map(np.array_equal, model.get_weights(), before))


def test_a_missing_and_a_further_weight(tmp_path: Path) -> None:
    model = dense(3)
    for names, held in ((["kernel"], "1 .*kernel"), (["kernel", "bias", "more"], "3 .*more")):
        with h5py.File(tmp_path / "w.h5", "w") as file:
            file.attrs["layer_names"] = ["dense_0"]
            group = file.create_group("dense_0")
            group.attrs["weight_names"] = names
            for name in names:
                group[name] = np.zeros((4, 3) if name == "kernel" else (3,), "f4")
        wanted = rf"Dense 'dense_0' has 2 weights \(kernel \(4, 3\), bias \(3,\)\), but the file holds {held}"
        with pytest.raises(FileFormatError, match=wanted):
            model.load_weights(tmp_path / "w.h5")
        with pytest.warns(UserWarning, match="Skipped"):
            model.load_weights(tmp_path / "w.h5", skip_mismatch=True, by_name=True)


def newer(path: Path, *, unknown: bool) -> None:
    """A model of a Keras that is not there yet."""
    ours(perceptron).save(path)
    layer = {"class_name": "Foresight", "config": {"name": "f"}}
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            file.attrs["keras_version"] = "4.1.0"
            config = json.loads(str(file.attrs["model_config"]))
            config["config"]["layers"] += [layer] * unknown
            file.attrs["model_config"] = json.dumps(config)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"] += [layer] * unknown
    members |= {"config.json": json.dumps(config).encode(), "metadata.json": b'{"keras_version": "4.1.0"}'}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    path.write_bytes(buffer.getvalue())


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_files_of_a_newer_keras(ending: str, tmp_path: Path) -> None:
    """They are tried; the version is named where something unknown comes."""
    newer(tmp_path / f"m{ending}", unknown=False)
    assert load_model(tmp_path / f"m{ending}").count_params() == 48
    newer(tmp_path / f"m{ending}", unknown=True)
    with pytest.raises(RefusedError, match=r"'Foresight' is not known.*Keras 4\.1\.0, newer than") as caught:
        load_model(tmp_path / f"m{ending}")
    assert caught.value.what == "Foresight"
    text = json.dumps({"class_name": "Foresight", "config": {}, "keras_version": "4.1.0"})
    with pytest.raises(RefusedError, match=r"Keras 4\.1\.0"):
        model_from_json(text)
