"""The table of attacks: each is one file that means harm, how it is opened, and what must come of it.

The mechanisms are those of public advisories on Keras's and TensorFlow's model files (CVE-2024-3660,
CVE-2025-1550, -8747, -9905, -9906, -12058, -12060, -12638, -49655, CVE-2026-0897, -1462, -1669, -12479,
-12481) and what follows from them.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import h5py

from tests.runtime.saving.hostile.good_files import perceptron, trained

Make = Callable[[Path, Path], None]
"""Writes the file; the second path is that of the marker, a file that must not be made or read."""

MECHANISMS: dict[str, tuple[str, ...]] = {
    "code in a layer": ("h5", "keras", "json"),
    "code elsewhere": ("h5", "keras", "json"),
    "names of other things": ("h5", "keras", "json"),
    "names in training settings": ("h5", "keras"),
    "gadgets of the API": ("h5", "keras", "json"),
    "safe mode off": ("h5", "keras", "json"),
    "pickles": ("h5", "keras", "json", "npz"),
    "paths and addresses": ("h5", "keras", "json"),
    "links out of the file": ("h5", "keras", "weights", "old weights"),
    "values out of the file": ("h5", "keras", "weights", "old weights"),
    "links in circles": ("h5", "keras", "weights", "old weights"),
    "filters": ("h5", "keras", "weights", "old weights"),
    "declared sizes": ("h5", "keras", "weights", "old weights"),
    "sizes in a config": ("h5", "keras", "json"),
    "work in a config": ("h5", "keras", "json"),
    "endless texts": ("h5", "keras", "json"),
    "endless lists": ("h5", "weights", "old weights"),
    "compressed members": ("keras",),
    "names of members": ("keras",),
    "members that lie": ("keras",),
    "broken files": ("h5", "keras", "json", "weights", "old weights"),
    "values of wrong kinds": ("h5", "keras", "json"),
    "weights of wrong kinds": ("h5", "keras", "weights", "old weights"),
    "graphs that do not fit": ("h5", "keras", "json"),
    "names with controls": ("h5", "keras", "json"),
    "names of further files": ("shards",),
    "indexes of weights": ("shards",),
    "further files": ("shards",),
}
"""What can be done to a reader of files, and the kinds of files that can carry it."""

ENDINGS = {
    "h5": ".h5",
    "keras": ".keras",
    "json": ".json",
    "weights": ".weights.h5",
    "old weights": ".h5",
    "npz": ".keras",
    "shards": ".weights.json",
}
WAYS = {
    "json": "model_from_json",
    "weights": "load_weights",
    "old weights": "load_weights",
    "shards": "load_weights",
}


@dataclass(frozen=True)
class Attack:
    """One file that means harm.

    Args:
        mechanism: What it does, one of `MECHANISMS`.
        name: What it is.
        kind: The kind of file.
        make: Writes it.
        told: What its refusal must say; "" where it is harmless or may be refused.
        way: How it is opened.
    """

    mechanism: str
    name: str
    kind: str
    make: Make
    told: str = ""
    way: str = ""

    @property
    def opened_by(self) -> str:
        """The way it is opened."""
        return self.way or WAYS.get(self.kind, "load_model")

    def __str__(self) -> str:
        return f"{self.mechanism}: {self.name} [{self.kind}, {self.opened_by}]"


def carried(
    mechanism: str,
    name: str,
    config: Callable[[Path], Any],
    told: str = "",
    also: tuple[str, ...] = (),
    only: int | None = None,
) -> list[Attack]:
    """The same config in each kind of file that holds one, and opened in further ways.

    Args:
        mechanism: What it does.
        name: What it is.
        config: The config, or a text, made for a marker.
        told: What the refusal must say.
        also: Further ways to open it as a text.
        only: The number of an attack for which one kind is enough; the kinds take turns.
    """
    kinds = [kind for kind in MECHANISMS[mechanism] if kind in ("h5", "keras", "json")]
    found = [
        Attack(mechanism, name, kind, _carrier(config, kind), told)
        for kind in (kinds if only is None else [kinds[only % len(kinds)]])
    ]
    return found + [Attack(mechanism, name, "json", _carrier(config, "json"), told, way) for way in also]


def _carrier(config: Callable[[Path], Any], kind: str) -> Make:
    def make(path: Path, marker: Path) -> None:
        value = config(marker)
        text = value if isinstance(value, str | bytes) else json.dumps(value)
        if kind == "json":
            path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        elif kind == "keras":
            write_archive(path, {"config.json": text})
        else:
            spoiled(path, good("h5"), lambda file: _set_text(file, "model_config", text))

    return make


def _set_text(file: h5py.File, name: str, text: str | bytes) -> None:
    del file.attrs[name]
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    file.attrs.create(name, content, dtype=h5py.string_dtype())


@cache
def good(kind: str) -> bytes:
    """The bytes of a good file of a kind."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m{ENDINGS[kind]}"
        (perceptron().save_weights if "weights" in kind else trained().save)(path)
        return path.read_bytes()


@cache
def members() -> dict[str, bytes]:
    """The members of a good archive."""
    with zipfile.ZipFile(io.BytesIO(good("keras"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_archive(path: Path, other: Mapping[str, Any], compression: int = zipfile.ZIP_STORED) -> None:
    """A good archive with some members replaced, added, or left out (None)."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in {**members(), **other}.items():
            if content is not None:
                archive.writestr(name, content)


def spoiled(path: Path, content: bytes, spoil: Callable[[h5py.File], None]) -> None:
    """Writes an HDF5 file after something was done to it."""
    path.write_bytes(content)
    with h5py.File(path, "r+") as file:
        spoil(file)


def spoiled_hdf5(
    mechanism: str, name: str, spoil: Callable[[h5py.Group, str, Path], None], told: str = ""
) -> list[Attack]:
    """The same done to a kernel in each kind of file that holds weights.

    Args:
        mechanism: What it does.
        name: What it is.
        spoil: Is given the group, the name of the kernel in it, and the marker.
        told: What the refusal must say.
    """
    return [
        Attack(mechanism, name, kind, _spoiler(kind, spoil), told)
        for kind in MECHANISMS[mechanism]
        if kind in KERNELS
    ]


KERNELS = {
    "h5": "model_weights/hidden/hidden/kernel",
    "keras": "layers/dense/vars/0",
    "weights": "layers/dense/vars/0",
    "old weights": "hidden/hidden/kernel",
}


def _spoiler(kind: str, spoil: Callable[[h5py.Group, str, Path], None]) -> Make:
    def make(path: Path, marker: Path) -> None:
        group, _, name = KERNELS[kind].rpartition("/")
        if kind != "keras":
            spoiled(path, good(kind), lambda file: spoil(file[group], name, marker))
            return
        inner = path.with_suffix(".inner")
        spoiled(inner, members()["model.weights.h5"], lambda file: spoil(file[group], name, marker))
        write_archive(path, {"model.weights.h5": inner.read_bytes()})

    return make


@cache
def _good_text() -> str:
    return perceptron().to_json()


def with_layers(*layers: Any) -> dict[str, Any]:
    """A good config with further layers at its end."""
    config = json.loads(_good_text())
    config["config"]["layers"].extend(layers)
    return config
