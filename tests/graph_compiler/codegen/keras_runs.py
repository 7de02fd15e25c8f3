"""Runs Keras programs in clean processes, with the real Keras and with the project's own, and compares."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tests.graph_compiler.codegen.torch_runs import DIFFERENCE

Library = Literal["keras", "runtime"]

_ONLY_KERAS = """
import importlib.abc

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("runtime", "graph_compiler", "app"):
            raise ImportError(f"{name} is not to be had here")

sys.meta_path.insert(0, Blocked())
"""
_ONLY_OURS = """
sys.path.insert(0, sys.argv[1])
import runtime
sys.modules["keras"] = runtime
"""
_COMPARE = """
import numpy as np

for line in sys.stdin:
    path = json.loads(line)
    try:
        code = open(path + ".py", encoding="utf-8").read()
        scope = {"__name__": "__main__"}
        exec(compile(code[: code.index("model.summary()")], path, "exec"), scope)
        model = scope["model"]
        with np.load(path + ".npz") as data:
            model.set_weights([data[f"w{n}"] for n in range(int(data["weights"]))])
            inputs = [data[f"x{n}"] for n in range(int(data["inputs"]))]
            wanted = [data[f"y{n}"] for n in range(int(data["outputs"]))]
        outputs = model.predict(inputs[0] if len(inputs) == 1 else inputs, batch_size=4, verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        print(json.dumps(["", difference([np.asarray(output) for output in outputs], wanted)]), flush=True)
    except Exception as error:
        print(json.dumps([f"{type(error).__name__}: {error}", 1.0]), flush=True)
"""
_START = f"import json, sys, warnings\n{DIFFERENCE}"
RUNNERS: dict[Library, str] = {
    "keras": f"{_START}{_ONLY_KERAS}{_COMPARE}",
    "runtime": f"{_START}{_ONLY_OURS}{_COMPARE}",
}
PROJECT = Path(__file__).parents[3]


class KerasRuns:
    """Programs to be run in one clean process, as far as their model is made.

    Args:
        folder: Where their files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases: list[tuple[str, str]] = []

    def add(self, name: str, code: str, weights: list[Any], inputs: list[Any], outputs: list[Any]) -> None:
        """A program, the weights its model gets, what goes in and what has to come out."""
        path = self.folder / f"case_{len(self.cases)}"
        path.with_suffix(".py").write_text(code, "utf-8")
        named = (("w", weights), ("x", inputs), ("y", outputs))
        arrays = {f"{letter}{n}": np.asarray(one) for letter, many in named for n, one in enumerate(many)}
        counts = {"weights": len(weights), "inputs": len(inputs), "outputs": len(outputs)}
        everything: dict[str, Any] = {**arrays, **counts}
        np.savez(path.with_suffix(".npz"), **everything)
        self.cases.append((name, str(path)))

    def differences(self, library: Library) -> dict[str, tuple[str, float]]:
        """What went wrong, or "", and the largest difference, by name of the program.

        Args:
            library: What the programs import as "keras".
        """
        run = subprocess.run(
            [sys.executable, "-I", "-c", RUNNERS[library], str(PROJECT)],
            cwd=self.folder,
            env=os.environ | {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"},
            input="".join(f"{json.dumps(path)}\n" for _, path in self.cases),
            capture_output=True,
            text=True,
            check=False,
        )
        found = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
        assert len(found) == len(self.cases), run.stderr[-3000:]
        return {name: (why, worst) for (name, _), (why, worst) in zip(self.cases, found, strict=True)}
