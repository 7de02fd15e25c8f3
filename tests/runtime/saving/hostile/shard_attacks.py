"""Weights in several files: an index that names what it must not, and files beside it that mean harm."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from tests.runtime.saving.hostile.attacks import KERNELS, Attack, Make, good, spoiled

NAMES = "names of further files"
INDEXES = "indexes of weights"
FURTHER = "further files"

GROUP = "/layers/dense/vars"


def _shard(path: Path, number: int = 0) -> Path:
    return path.with_name(f"{path.name.removesuffix('.weights.json')}_{number:05}.weights.h5")


def _index(weight_map: Callable[[Path, Path], Any]) -> Make:
    """An index beside a good file; the map is made for the index's path and the marker's."""

    def make(path: Path, marker: Path) -> None:
        _shard(path).write_bytes(good("weights"))
        path.write_text(json.dumps({"metadata": {}, "weight_map": weight_map(path, marker)}))

    return make


def _content(content: bytes) -> Make:
    return lambda path, _: path.write_bytes(content) and None


def _beside(spoil: Callable[[h5py.File, Path], None] | bytes) -> Make:
    """A good index of a file that is not good."""

    def make(path: Path, marker: Path) -> None:
        path.write_text(json.dumps({"metadata": {}, "weight_map": {GROUP: _shard(path).name}}))
        if isinstance(spoil, bytes):
            _shard(path).write_bytes(spoil)
        else:
            spoiled(_shard(path), good("weights"), lambda file: spoil(file, marker))

    return make


def _link_out(file: h5py.File, marker: Path) -> None:
    del file[KERNELS["weights"]]
    file[KERNELS["weights"]] = h5py.ExternalLink(str(marker), "/")


def _value_out(file: h5py.File, marker: Path) -> None:
    del file[KERNELS["weights"]]
    file.create_dataset(KERNELS["weights"], (4, 6), "f4", external=[(str(marker), 0, 96)])


def _circle(file: h5py.File, _: Path) -> None:
    file["layers/dense/vars/more"] = file["layers"]


def _huge(file: h5py.File, _: Path) -> None:
    del file[KERNELS["weights"]]
    file.create_dataset(KERNELS["weights"], (2**40,), "f4", chunks=(2**20,))


def _many(path: Path, count: int) -> dict[str, str]:
    """So many names of one good file."""
    for number in range(1, count):
        _shard(path, number).hardlink_to(_shard(path))
    return {f"{GROUP}/{number}": _shard(path, number).name for number in range(count)}


def _sparse(path: Path, _: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**32)


def shard_attacks() -> list[Attack]:
    """All of them."""
    names: dict[str, tuple[Callable[[Path, Path], Any], str]] = {
        "absolute": (lambda p, m: f"{m}.weights.h5", "beside it"),
        "folder above": (lambda p, m: "../other.weights.h5", "beside it"),
        "folder above and back": (lambda p, m: f"../{p.parent.name}/{_shard(p).name}", "beside it"),
        "folder of Windows": (lambda p, m: "..\\other.weights.h5", "beside it"),
        "drive of Windows": (lambda p, m: "C:\\other.weights.h5", "beside it"),
        "address": (lambda p, m: "https://example.org/other.weights.h5", "beside it"),
        "file of the system": (lambda p, m: "/etc/passwd", "beside it"),
        "no weights": (lambda p, m: m.name, "beside it"),
        "itself": (lambda p, m: p.name, "beside it"),
        "pickle": (lambda p, m: "weights.pkl", "beside it"),
        "end of text": (lambda p, m: "/etc/passwd\0.weights.h5", "beside it"),
        "only the end of text": (lambda p, m: "passwd\0.weights.h5", "refused"),
        "controls": (lambda p, m: "\x1b[2J\u202e.weights.h5", "refused"),
        "long": (lambda p, m: "x" * 100_000 + ".weights.h5", "refused"),
        "missing": (lambda p, m: "missing.weights.h5", "refused"),
        "number": (lambda p, m: 7, "in place of a file"),
        "code": (lambda p, m: {"class_name": "Lambda"}, "in place of a file"),
        "lists in lists": (lambda p, m: [[_shard(p).name]], "in place of a file"),
        "half a surrogate": (lambda p, m: "\ud800.weights.h5", "refused"),
    }
    indexes: dict[str, tuple[Make, str]] = {
        "empty": (_content(b""), "refused"),
        "no text": (_content(bytes(range(256))), "refused"),
        "no object": (_content(b"[]"), "refused"),
        "map is a list": (_content(b'{"weight_map": ["x"]}'), "no weight_map"),
        "deep": (_content(b'{"weight_map": ' + b"[" * 200_000), "refused"),
        "deep objects": (_content(b'{"weight_map":' * 100_000), "refused"),
        "long number": (_content(b'{"weight_map": ' + b"9" * 200_000 + b"}"), "refused"),
        "a model": (_content(b'{"class_name": "Sequential", "config": {}}'), "model_from_json"),
        "four gigabytes of nothing": (_sparse, "refused"),
        "too many files": (
            _index(lambda p, m: {str(number): f"{number}.weights.h5" for number in range(1_001)}),
            "more than 1,000 files",
        ),
        "one file a hundred thousand times": (
            _index(lambda p, m: {f"{GROUP}/{number}": _shard(p).name for number in range(100_000)}),
            "",
        ),
        "a thousand names of one file": (_index(lambda p, m: _many(p, 1_000)), ""),
    }
    further: dict[str, tuple[Make, str]] = {
        "link out": (_beside(_link_out), "refused"),
        "value out": (_beside(_value_out), "refused"),
        "circle": (_beside(_circle), ""),
        "terabytes": (_beside(_huge), "refused"),
        "empty": (_beside(b""), "refused"),
        "half": (_beside(good("weights")[: len(good("weights")) // 2]), "refused"),
        "an archive": (_beside(good("keras")), "refused"),
        "another index": (_beside(b'{"weight_map": {"/": "x.weights.h5"}}'), "refused"),
    }
    made = [
        Attack(NAMES, name, "shards", _index(lambda p, m, value=value: {GROUP: value(p, m)}), told)
        for name, (value, told) in names.items()
    ]
    for mechanism, attacks in ((INDEXES, indexes), (FURTHER, further)):
        made += [Attack(mechanism, name, "shards", make, told) for name, (make, told) in attacks.items()]
    return made
