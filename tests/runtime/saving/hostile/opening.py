"""What a child of the fork server does with a file, and what it must not do meanwhile."""

import gc
import json
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from runtime import layers, losses, metrics, models
from runtime.errors import FileFormatError, RefusedError, UnknownNameError
from runtime.models import load_model, model_from_json
from runtime.saving import deserialize_keras_object, inspect_model
from tests.runtime.saving.hostile.good_files import perceptron

_FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.symlink",
    "shutil.",
    "subprocess.",
    "socket.",
    "urllib.",
    "ctypes.dlopen",
    "marshal.",
    "pickle.",
    "import",
    "tempfile.",
    "webbrowser.",
)
"""Events of Python's audit that no file may lead to. A module that is loaded already raises none."""
_OWN_PROGRAM = "<program>"
_receiver: dict[str, Any] = {}


def _clone(path: str) -> Any:
    return models.clone_model(load_model(path))


def _text(path: str) -> str:
    return Path(path).read_bytes().decode(errors="surrogateescape")


def _layers_deserialize(path: str) -> Any:
    return layers.deserialize(json.loads(_text(path)))


def _objects_deserialize(path: str) -> Any:
    return deserialize_keras_object(json.loads(_text(path)))


def _load_weights(path: str) -> None:
    _receiver["model"].load_weights(path)


def _from_json(path: str) -> Any:
    return model_from_json(_text(path))


def _from_config(path: str) -> Any:
    return models.Sequential.from_config(json.loads(_text(path))["config"])


WAYS: dict[str, Callable[[str], Any]] = {
    "load_model": load_model,
    "load_model unsafe": lambda path: load_model(path, safe_mode=False),
    "load_weights": _load_weights,
    "load_weights by_name": lambda path: _receiver["model"].load_weights(
        path, by_name=True, skip_mismatch=True
    ),
    "inspect_model": inspect_model,
    "model_from_json": _from_json,
    "layers.deserialize": _layers_deserialize,
    "deserialize_keras_object": _objects_deserialize,
    "from_config": _from_config,
}


def _hold_memory(path: str) -> None:
    bytearray(b"x") * (400 * 2**20)


WAYS_TO_FAIL: dict[str, Callable[[str], Any]] = {
    "run code": lambda path: os.system("true"),
    "crash": lambda path: os.abort(),
    "fail": lambda path: {}[path],
    "hold memory": _hold_memory,
}
"""What the limits are tried with."""


def outcome(way: str, path: str) -> dict[str, Any]:
    """Opens a file and says what came of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            (WAYS | WAYS_TO_FAIL)[way](path)
        except FileFormatError as error:
            what = error.what if isinstance(error, RefusedError) else ""
            return {"kind": "refused", "error": type(error).__name__, "message": str(error), "what": what}
        except UnknownNameError as error:
            # Where a program makes one layer, a name that is not known is no matter of a file.
            assert way == "layers.deserialize"
            return {"kind": "refused", "error": "UnknownNameError", "message": str(error), "what": error.name}
        except Exception as error:
            frames = traceback.walk_tb(error.__traceback__)
            return {"kind": "failed", "error": type(error).__name__, "message": f"{error}\n{_told(frames)}"}
    return {"kind": "loaded"}


def _told(frames: Iterable[tuple[FrameType, int]]) -> str:
    """The places of a traceback, found without opening the sources."""
    return "\n".join(f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in frames)[
        -2000:
    ]


def set_tripwires(writing: int) -> None:
    """From here on, this process ends as soon as anything is done that no file may lead to."""
    armed = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal armed
        if armed and _is_wrong(event, arguments):
            armed = False
            message = f"{str(arguments)[:300]}\n{_told(traceback.walk_stack(None))}"
            told = {"kind": "tripped", "error": event, "message": message}
            os.write(writing, (json.dumps(told) + "\n").encode())
            os._exit(0)

    sys.addaudithook(watch)


def _is_wrong(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        path, mode, flags = arguments
        writes = (isinstance(mode, str) and set(mode) & set("wax+")) or flags & (os.O_WRONLY | os.O_RDWR)
        known = isinstance(path, int) or str(path).startswith(("/proc/self", tempfile.gettempdir()))
        return not known or (bool(writes) and not str(path).startswith("/proc/self"))
    if event == "exec":
        return getattr(arguments[0], "co_filename", "") != _OWN_PROGRAM
    if event == "compile":
        return arguments[1] != _OWN_PROGRAM
    return event.startswith(_FORBIDDEN)


def warm_up() -> None:
    """Opens good files of each kind, so that all modules they need are loaded."""
    # Shapes of dear operations are found on torch's "meta" device, for which torch loads half of itself.
    torch.ones(2, device="meta").add(1)
    with tempfile.TemporaryDirectory() as folder:
        start = layers.Input((8, 8, 1))
        x = layers.Conv2D(2, 3)(start)
        x = layers.BatchNormalization()(x)
        x = layers.LSTM(3)(layers.Reshape((6, 12))(x))
        model = models.Model(start, layers.Dense(2)(x * 2.0 + 1.0))
        model.compile("adam", loss=losses.MeanSquaredError(), metrics=["accuracy", metrics.AUC()])
        for ending in ("h5", "keras"):
            model.save(f"{folder}/m.{ending}")
            for way in ("load_model", "inspect_model", "load_weights"):
                _receiver["model"] = model
                outcome(way, f"{folder}/m.{ending}")
        model.save_weights(f"{folder}/m.weights.h5")
        outcome("load_weights", f"{folder}/m.weights.h5")
        Path(f"{folder}/m.json").write_text('{"class_name": "Desne", "config": {"name": "x"}}')
        for way in WAYS:
            outcome(way, f"{folder}/m.json")
    _receiver["model"] = perceptron()
    gc.freeze()
