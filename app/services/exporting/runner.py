"""Runs an exported thing in a process of its own, as somebody would who took it away.

Started by path, without the designer's modules around it: `python -I runner.py KIND FOLDER`. The folder holds
`order.json` (what file), `inputs.npz` and, where the file has none, `weights.npz`. It is left `outputs.npz`
and `report.json` (what ran it).
"""

import ast
import importlib
import importlib.metadata
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")

Arrays = list[np.ndarray]


def keras_library() -> Any:
    """The real Keras; Layerloom's own where it is not installed."""
    if importlib.util.find_spec("keras"):
        return importlib.import_module("keras")
    runtime = importlib.import_module("runtime")
    sys.modules["keras"] = runtime
    return runtime


def run_keras_file(path: Path, inputs: Arrays, weights: Arrays) -> Any:
    """Opens a model file and asks it."""
    return keras_library().models.load_model(path, compile=False).predict(_one_or_all(inputs), verbose=0)


def run_keras_json(path: Path, inputs: Arrays, weights: Arrays) -> Any:
    """Makes a model of its description, gives it the weights and asks it."""
    model = keras_library().models.model_from_json(path.read_text(encoding="utf-8"))
    model.set_weights(weights)
    return model.predict(_one_or_all(inputs), verbose=0)


def run_keras_program(path: Path, inputs: Arrays, weights: Arrays) -> Any:
    """Runs a program as far as its model is made, gives that the weights and asks it."""
    keras_library()
    model = _run_until_model(path)["model"]
    model.set_weights(weights)
    return model.predict(_one_or_all(inputs), verbose=0)


def _run_until_model(path: Path) -> dict[str, Any]:
    """What a program has named when its model stands: training and testing come behind."""
    tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
    ends = [place for place, statement in enumerate(tree.body) if _is_model(statement)]
    tree.body = tree.body[: ends[-1] + 1]
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    exec(compile(tree, str(path), "exec"), scope)
    return scope


def _is_model(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "model" for target in statement.targets
    )


def _one_or_all(arrays: Arrays) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def _all(outputs: Any) -> Arrays:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _read(path: Path) -> Arrays:
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{place}"] for place in range(len(stored.files))]


KINDS: dict[str, Callable[[Path, Arrays, Arrays], Any]] = {
    "keras_file": run_keras_file,
    "keras_json": run_keras_json,
    "keras_program": run_keras_program,
}
PACKAGES = ("keras", "numpy", "onnx", "onnxruntime", "torch")


def main() -> None:
    """Does what it is asked."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    os.chdir(folder)
    outputs = KINDS[kind](folder / order["file"], _read(folder / "inputs.npz"), _read(folder / "weights.npz"))
    np.savez(folder / "outputs.npz", *[np.asarray(one) for one in _all(outputs)])
    used = [name for name in PACKAGES if name in sys.modules and importlib.util.find_spec(name)]
    report = {
        "packages": {
            "python": sys.version.split()[0],
            **{name: importlib.metadata.version(name) for name in used if name in sys.modules},
        },
        "stands_in": "keras" in sys.modules and sys.modules["keras"].__name__ == "runtime",
    }
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
