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


def run_keras_file(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Opens a model file and asks it."""
    return keras_library().models.load_model(path, compile=False).predict(_one_or_all(inputs), verbose=0)


def run_keras_json(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Makes a model of its description, gives it the weights and asks it."""
    model = keras_library().models.model_from_json(path.read_text(encoding="utf-8"))
    model.set_weights(weights)
    return model.predict(_one_or_all(inputs), verbose=0)


def run_keras_program(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Runs a program or notebook as far as its model is made, gives that the weights and asks it."""
    keras_library()
    model = _run_until_model(path)["model"]
    model.set_weights(weights)
    return model.predict(_one_or_all(inputs), verbose=0)


def run_torch_program(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Makes the module of a program or notebook, gives it the weights beside it and asks it."""
    torch: Any = importlib.import_module("torch")
    name, weights_file = note.split()
    scope = _run_until_model(path)
    model = scope[name]()
    scope["load_weights"](model, str(path.with_name(weights_file)))
    model.eval()
    with torch.inference_mode():
        outputs = model(*[torch.from_numpy(array) for array in inputs])
    strangers = {"keras", "runtime", "graph_compiler"} & set(sys.modules)
    if strangers:
        raise RuntimeError(f"the program imported {', '.join(sorted(strangers))}")
    return _as_arrays(outputs)


def run_torch_file(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Opens an exported program of torch and asks it."""
    torch: Any = importlib.import_module("torch")
    with torch.inference_mode():
        return _as_arrays(torch.export.load(path).module()(*[torch.from_numpy(array) for array in inputs]))


def run_onnx_file(path: Path, inputs: Arrays, weights: Arrays, note: str) -> Any:
    """Opens an ONNX file and asks it."""
    onnxruntime: Any = importlib.import_module("onnxruntime")
    session = onnxruntime.InferenceSession(path)
    names = [entry.name for entry in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))


def _run_until_model(path: Path) -> dict[str, Any]:
    """What a program has named when its model stands: training and testing come behind.

    A program that keeps making its model to itself, for when it is started, is taken as a module.
    """
    tree = ast.parse(_code(path), path.name)
    ends = [place for place, statement in enumerate(tree.body) if _is_model(statement)]
    if ends:
        tree.body = tree.body[: ends[-1] + 1]
    scope: dict[str, Any] = {"__name__": "__main__" if ends else "taken_away", "__file__": str(path)}
    exec(compile(tree, str(path), "exec"), scope)
    return scope


def _code(path: Path) -> str:
    """The text of a program, or of a notebook's cells of code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(cell if isinstance(cell, str) else "".join(cell) for cell in cells)


def _is_model(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "model" for target in statement.targets
    )


def _as_arrays(outputs: Any) -> Arrays:
    tensors: list[Any] = _all(outputs)
    return [tensor.numpy() for tensor in tensors]


def _one_or_all(arrays: Arrays) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def _all(outputs: Any) -> list[Any]:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _read(path: Path) -> Arrays:
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{place}"] for place in range(len(stored.files))]


KINDS: dict[str, Callable[[Path, Arrays, Arrays, str], Any]] = {
    "keras_file": run_keras_file,
    "keras_json": run_keras_json,
    "keras_program": run_keras_program,
    "onnx_file": run_onnx_file,
    "torch_file": run_torch_file,
    "torch_program": run_torch_program,
}
PACKAGES = ("keras", "numpy", "onnx", "onnxruntime", "torch")


def main() -> None:
    """Does what it is asked."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    os.chdir(folder)
    inputs, weights = _read(folder / "inputs.npz"), _read(folder / "weights.npz")
    outputs = KINDS[kind](folder / order["file"], inputs, weights, order["note"])
    np.savez(folder / "outputs.npz", *[np.asarray(one) for one in _all(outputs)])
    stands_in = "keras" in sys.modules and sys.modules["keras"].__name__ == "runtime"
    used = [name for name in PACKAGES if name in sys.modules and not (name == "keras" and stands_in)]
    report = {
        "packages": {
            "python": sys.version.split()[0],
            **{name: importlib.metadata.version(name) for name in used},
        },
        "stands_in": stands_in,
    }
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
