"""Files that are broken, hold values of wrong kinds, or names that would change what a reader sees."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.runtime.saving.hostile.attacks import Attack, carried, good, spoiled, with_layers
from tests.runtime.saving.hostile.bomb_attacks import chain, graph, layer, op

NAMES = (
    "\x1b[2J\x1b[31mall is well",
    "\u202etxet desrever",
    "<img src=x onerror=alert(1)>",
    "../../../etc/passwd",
    "/absolute",
    "a\x00b",
    "line\nbreak\r\ttab",
    "\ud800",
    "{0.__class__}%s%n",
    "",
    " ",
    ".",
    "con\u200bcealed",
)
_PLACES: tuple[Any, ...] = (None, True, 5, -1, 1.5, "text", [], {}, [[]], 10**30, "\x1b[2J\u202e")


def _broken(kind: str) -> list[Attack]:
    def written(content: bytes) -> Any:
        return lambda path, marker: path.write_bytes(content)

    contents = {
        "empty": b"",
        "one byte": b"\x89",
        "signature of HDF5": b"\x89HDF\r\n\x1a\n",
        "signature of zip": b"PK\x03\x04" + b"\0" * 100,
        "end of a zip": b"PK\x05\x06" + b"\0" * 18,
        "text": b"hello" * 1000,
        "random": np.random.default_rng(3).bytes(5_000),
        "HDF5 further on": b"\0" * 512 + good("h5"),
        "a model's first half": good("h5")[: len(good("h5")) // 2],
        "an archive's last half": good("keras")[len(good("keras")) // 2 :],
        "YAML": b"!!python/object/apply:os.system ['true']",
        "a pickle": b"cos\nsystem\n(S'true'\ntR.",
        "marks of order": b"\xef\xbb\xbf{}",
        "wide characters": "{}".encode("utf-16"),
    }
    return [
        Attack("broken files", name, kind, written(content), "refused") for name, content in contents.items()
    ]


def _special(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config}


def _graphs() -> dict[str, Any]:
    """Wiring that leads nowhere, in circles, or to the wrong place."""
    dense = layer("Dense", units=4)
    good_graph = graph([(dense, ["start"], {}), (dense, ["s0"], {})], [None, 4])

    def other(**changes: Any) -> dict[str, Any]:
        return {**good_graph, "config": {**good_graph["config"], **changes}}

    def call(nodes: Any) -> dict[str, Any]:
        layers = good_graph["config"]["layers"]
        return other(layers=[*layers[:1], {**layers[1], "inbound_nodes": nodes}, *layers[2:]])

    tensor = {"class_name": "__keras_tensor__"}
    return {
        "circle": graph([(dense, ["s1"], {}), (dense, ["s0"], {})], [None, 4]),
        "to itself": graph([(dense, ["s0"], {})], [None, 4]),
        "unknown layer": graph([(dense, ["nowhere"], {})], [None, 4]),
        "call that is not there": call([[["start", 7, 0, {}]]]),
        "negative call": call([[["start", -1, 0, {}]]]),
        "output that is not there": call([[["start", 0, 9, {}]]]),
        "huge call": call([[["start", 10**30, 0, {}]]]),
        "call of nothing": call([[]]),
        "call of numbers": call([5]),
        "call of many numbers": call([[[1, 2, 3]]]),
        "tensor without history": call([{"args": [tensor], "kwargs": {}}]),
        "history of numbers": call(
            [{"args": [{**tensor, "config": {"keras_history": [0, 0, 0]}}], "kwargs": {}}]
        ),
        "settings that are not there": call([{"args": [], "kwargs": {"evil": 1}}]),
        "names of methods": call([[["start", 0, 0, {"__class__": "x", "self": 1, "inputs": 2}]]]),
        "types in a call": call([{"args": [_special("__typespec__", type="os")], "kwargs": {}}]),
        "code in a call": call([{"args": [_special("__lambda__", code="x")], "kwargs": {}}]),
        "array of objects in a call": call(
            [{"args": [_special("__numpy__", value=["x"], dtype="object")], "kwargs": {}}]
        ),
        "uneven array": call(
            [{"args": [_special("__numpy__", value=[[1], [1, 2]], dtype="int32")], "kwargs": {}}]
        ),
        "no inputs": other(input_layers=[]),
        "inputs of numbers": other(input_layers=[1, 2, 3]),
        "outputs of nothing": other(output_layers=None),
        "output not there": other(output_layers=[["s1", 0, 5]]),
        "two of one name": other(layers=good_graph["config"]["layers"] * 2),
        "no layers": other(layers=[]),
        "layers in a dict": other(layers={"a": 1}),
        "wrong shapes": graph(
            [(dense, ["start"], {}), (layer("Conv2D", filters=1, kernel_size=3), ["s0"], {})], [None, 4]
        ),
        "operation of wrong shapes": graph([(op("Matmul"), ["start", "start"], {})], [None, 4]),
    }


def _kinds() -> dict[str, Any]:
    """Configs with one value of a wrong kind at each level."""
    found: dict[str, Any] = {}
    for number, value in enumerate(_PLACES):
        found[f"whole {number}"] = value
        found[f"class name {number}"] = {"class_name": value, "config": {}}
        found[f"config {number}"] = {"class_name": "Sequential", "config": value}
        found[f"layers {number}"] = {"class_name": "Sequential", "config": {"name": "x", "layers": value}}
        found[f"layer {number}"] = chain([None, 4], value)
        found[f"layer config {number}"] = chain([None, 4], {"class_name": "Dense", "config": value})
        found[f"argument {number}"] = chain([None, 4], layer("Dense", units=value))
        found[f"activation {number}"] = chain([None, 4], layer("Dense", units=2, activation=value))
        found[f"shape {number}"] = {
            "class_name": "Sequential",
            "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": value}}]},
        }
        found[f"dtype {number}"] = chain([None, 4], layer("Dense", units=2, dtype=value))
    return found


def _names_of_members(path: Path, marker: Path) -> None:
    def spoil(file: h5py.File) -> None:
        group = file["model_weights"]
        for number, name in enumerate(("\x1b[2J", "\u202ex", "<b>", "a" * 900)):
            group.create_group(name).attrs["weight_names"] = [f"w{number}"]
        group.attrs["layer_names"] = ["hidden", "dropout", "dense", "\x1b[2J", "\u202ex", "<b>"]

    spoiled(path, good("h5"), spoil)


def malformed_attacks() -> list[Attack]:
    """All of them."""
    found = [attack for kind in ("h5", "keras", "json", "weights", "old weights") for attack in _broken(kind)]
    for turn, (name, config) in enumerate(_graphs().items()):
        found += carried(
            "graphs that do not fit", name, lambda _, config=config: config, "refused", only=turn
        )
    for turn, (name, config) in enumerate(_kinds().items()):
        found += carried("values of wrong kinds", name, lambda _, config=config: config, only=turn)
    for number, name in enumerate(NAMES):
        held = {
            "layer": with_layers(layer("Dense", units=2, **{"name": name})),
            "class": with_layers({"class_name": name, "config": {"name": name}}),
            "activation": with_layers(layer("Dense", units=2, activation=name)),
            "argument": with_layers(layer("Dense", units=2, **{name or "x": "value"})),
            "model": {**chain([None, 4], layer("Dense", units=-1)), "registered_name": name},
            "value": with_layers(layer("Dense", units=name)),
        }
        for turn, (place, config) in enumerate(held.items()):
            found += carried(
                "names with controls",
                f"{place} {number}",
                lambda _, config=config: config,
                only=turn + number,
            )
    found.append(Attack("names with controls", "members", "h5", _names_of_members, "refused"))
    assert json.dumps(_PLACES)
    return found
