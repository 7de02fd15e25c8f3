"""Runs generated PyTorch modules where neither the project nor Keras can be imported, and compares."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

BLOCKED = """
import importlib.abc, json, runpy, sys, warnings

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("runtime", "graph_compiler", "app", "keras"):
            raise ImportError(f"{name} is not to be had here")

sys.meta_path.insert(0, Blocked())
"""
"""Python in which neither the project nor Keras can be imported."""

DIFFERENCE = """
def difference(outputs, wanted):
    import numpy as np

    worst = 0.0
    assert len(outputs) == len(wanted), (len(outputs), len(wanted))
    for output, expected in zip(outputs, wanted):
        assert output.shape == expected.shape, (output.shape, expected.shape)
        assert output.dtype.kind == expected.dtype.kind, (output.dtype, expected.dtype)
        wide = "complex128" if expected.dtype.kind == "c" else "float64"
        output, expected = output.astype(wide), expected.astype(wide)
        assert np.array_equal(np.isnan(output), np.isnan(expected)), "not a number"
        finite = np.isfinite(expected)
        assert np.array_equal(output[~finite], expected[~finite], equal_nan=True), "infinity"
        largest = max(1.0, np.abs(expected[finite]).max(initial=0))
        worst = max(worst, float((np.abs(output[finite] - expected[finite]) / largest).max(initial=0)))
    return worst
"""
"""Python of how far arrays are from others, in parts of the largest number where that is above 1."""

_COMPARE = """
warnings.simplefilter("error", RuntimeWarning)
import numpy as np, torch

torch.set_num_threads(1)
for line in sys.stdin:
    path, cls = json.loads(line)
    try:
        scope = runpy.run_path(path)
        model = scope[cls]().eval()
        scope["load_weights"](model, path.replace(".py", "_weights.npz"))
        with np.load(path.replace(".py", "_data.npz")) as data, torch.no_grad():
            inputs = [torch.from_numpy(data[f"x{n}"]) for n in range(int(data["inputs"]))]
            wanted = [data[f"y{n}"] for n in range(int(data["outputs"]))]
            outputs = model(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        print(json.dumps(["", difference([output.numpy() for output in outputs], wanted)]), flush=True)
    except Exception as error:
        print(json.dumps([f"{type(error).__name__}: {error}", 1.0]), flush=True)
"""
RUNNER = BLOCKED + DIFFERENCE + _COMPARE


class Runs:
    """Modules to be run in one clean process.

    Args:
        folder: Where their files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases: list[tuple[str, str, str]] = []

    def add(
        self,
        name: str,
        code: str,
        class_name: str,
        weights: dict[str, Any],
        inputs: list[Any],
        outputs: list[Any],
    ) -> None:
        """A module, its weights, what goes in and what has to come out."""
        path = self.folder / f"case_{len(self.cases)}.py"
        path.write_text(code, "utf-8")
        np.savez(self.folder / f"{path.stem}_weights.npz", **weights)
        arrays = {f"x{n}": np.asarray(array) for n, array in enumerate(inputs)}
        arrays |= {f"y{n}": np.asarray(array) for n, array in enumerate(outputs)}
        counts = {"inputs": np.array(len(inputs)), "outputs": np.array(len(outputs))}
        everything: dict[str, Any] = {**counts, **arrays}
        np.savez(self.folder / f"{path.stem}_data.npz", **everything)
        self.cases.append((name, str(path), class_name))

    def differences(self) -> dict[str, tuple[str, float]]:
        """What went wrong, or "", and the largest difference, by name of the module."""
        lines = "".join(f"{json.dumps([path, cls])}\n" for _, path, cls in self.cases)
        run = subprocess.run(
            [sys.executable, "-I", "-c", RUNNER],
            cwd=self.folder,
            input=lines,
            capture_output=True,
            text=True,
            check=False,
        )
        found = [json.loads(line) for line in run.stdout.splitlines()]
        assert len(found) == len(self.cases), run.stderr[-3000:]
        return {name: (why, worst) for (name, *_), (why, worst) in zip(self.cases, found, strict=True)}
