"""Files whose training settings name other things, or whose configs hold paths and addresses."""

import json
import zipfile
from pathlib import Path
from typing import Any

from tests.runtime.saving.hostile.attacks import (
    Attack,
    carried,
    good,
    members,
    spoiled,
    with_layers,
    write_archive,
)

_SYSTEM = {"module": "os", "class_name": "system", "config": {"command": "true"}}
_LAMBDA = {"class_name": "__lambda__", "config": {"code": "4wAAAA=="}}
_ADAM = {"class_name": "Adam", "config": {}}

SETTINGS: dict[str, Any] = {
    "optimizer": {"optimizer": _SYSTEM},
    "optimizer by name": {"optimizer": "os.system"},
    "optimizer of another module": {
        "optimizer": {"module": "evil", "class_name": "Harm", "registered_name": "evil>Harm", "config": {}}
    },
    "schedule": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": _SYSTEM}}},
    "inner optimizer": {
        "optimizer": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": _SYSTEM}}
    },
    "loss by name": {"loss": "os.system"},
    "loss object": {"loss": {"class_name": "Popen", "config": {}}},
    "loss function": {"loss": {"class_name": "LossFunctionWrapper", "config": {"fn": _LAMBDA}}},
    "losses by output": {"loss": {"dense": _SYSTEM}},
    "losses in a list": {"loss": ["mse", _SYSTEM]},
    "metric by name": {"metrics": [["open"]]},
    "metric function": {"metrics": [{"class_name": "MeanMetricWrapper", "config": {"fn": "eval"}}]},
    "metric object": {"metrics": [{"module": "builtins", "class_name": "exec", "config": {}}]},
    "weighted metric": {"weighted_metrics": [_LAMBDA]},
    "wrapped metric": {"metrics": [{"class_name": "MeanMetricWrapper", "config": {"fn": _LAMBDA}}]},
    "callback": {"metrics": [{"module": "keras.callbacks", "class_name": "CSVLogger", "config": {}}]},
    "distribution": {"optimizer": {"module": "keras.distribution", "class_name": "DataParallel"}},
}


def with_settings(kind: str, settings: Any) -> Any:
    """A function that writes a file with these training settings."""

    def make(path: Path, marker: Path) -> None:
        if kind == "keras":
            config = json.loads(members()["config.json"])
            write_archive(path, {"config.json": json.dumps({**config, "compile_config": settings})})
            return
        old = settings
        if isinstance(settings, dict) and "optimizer" in settings:
            old = {
                ("optimizer_config" if key == "optimizer" else key): value for key, value in settings.items()
            }
        text = old if isinstance(old, str) else json.dumps(old)
        spoiled(path, good("h5"), lambda file: file.attrs.__setitem__("training_config", text))

    return make


def _paths(marker: Path) -> dict[str, dict[str, Any]]:
    marker.with_suffix(".txt").write_text("secret\nwords\n")
    path, address = str(marker.with_suffix(".txt")), "http://127.0.0.1:9/words.txt"

    def layer(name: str, **config: Any) -> dict[str, Any]:
        return {"class_name": name, "config": {"name": "lookup", **config}}

    return {
        "vocabulary": layer("StringLookup", vocabulary=path),
        "vocabulary of numbers": layer("IntegerLookup", vocabulary=path),
        "vocabulary of a text layer": layer("TextVectorization", vocabulary=path),
        "vocabulary of the system": layer("StringLookup", vocabulary="/etc/passwd"),
        "vocabulary from an address": layer("StringLookup", vocabulary=address),
        "vocabulary by scheme": layer("StringLookup", vocabulary=f"file://{path}"),
        "relative vocabulary": layer("StringLookup", vocabulary="../words.txt"),
        "weights of a vocabulary": layer("TextVectorization", vocabulary=["a"], idf_weights=path),
        "in a wrapper": layer("TimeDistributed", layer=layer("StringLookup", vocabulary=path)),
        "saved model": layer("TFSMLayer", filepath=str(marker)),
        "splitter": layer("TextVectorization", split=path, standardize=address),
        "boundaries": layer("Discretization", bin_boundaries=path),
        "statistics": layer("Normalization", mean=path, variance=address),
        "initializer": layer("Embedding", input_dim=3, output_dim=2, embeddings_initializer=path),
        "weights of a layer": layer("Embedding", input_dim=3, output_dim=2, weights=path),
    }


def _other_asset(content: Any, member: str = "assets/layers/text_vectorization/vocabulary.txt") -> Any:
    """A function that writes an archive whose vocabulary is another."""

    def make(path: Path, marker: Path) -> None:
        from tests.runtime.saving.hostile.good_files import spelling

        spelling().save(path)
        with zipfile.ZipFile(path) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        held = {name: held[name] for name in held if not name.startswith("assets/")}
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in {**held, member: content}.items():
                archive.writestr(name, text)

    return make


def training_attacks() -> list[Attack]:
    """All of them."""
    found = [
        Attack(
            "names in training settings",
            name,
            kind,
            with_settings(kind, {"optimizer": _ADAM, "loss": "mse", **settings}),
            "refused",
        )
        for name, settings in SETTINGS.items()
        for kind in ("h5", "keras")
    ]
    for name in _paths(Path("/tmp/x")):
        found += carried(
            "paths and addresses",
            name,
            lambda marker, name=name: with_layers(_paths(marker)[name]),
            "refused",
        )
    found += [
        Attack("paths and addresses", name, "keras", _other_asset(content), told)
        for name, content, told in (
            ("asset of many words", b"a\n" * 3_000_000, "refused"),
            ("asset of one long word", b"a" * 15_000_000, ""),
            ("asset that is no text", b"\xff\xfe\x00", "refused"),
            ("asset with one word twice", b"a\na\n", ""),
            ("asset without words", b"", ""),
        )
    ]
    found.append(
        Attack(
            "paths and addresses",
            "asset outside",
            "keras",
            _other_asset(b"a\nb\n", "assets/../../../etc/words.txt"),
        )
    )
    return found
