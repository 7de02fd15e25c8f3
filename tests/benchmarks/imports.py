"""Prints how long it takes to draw model files of the real Keras: read, laid out and checked.

Run from the root of the project: `python -m tests.benchmarks.imports`.
"""

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from graph_compiler import analyze
from graph_compiler.importers import import_file
from graph_compiler.layout import laid_out
from tests.benchmarks.checks import milliseconds

MODELS = ("ResNet50", "MobileNetV2", "InceptionV3", "EfficientNetB0")
REPEATS = 5
LONGEST = {"ResNet50": 2000.0}
"""Milliseconds from a file's config to a laid-out design on a machine that does nothing else."""


def main() -> int:
    """Returns 1 when a file takes longer than it may."""
    slow = False
    heads = {"model": 16, "nodes": 6, "drawn ms": 9, "the first ms": 13, "weights too ms": 15}
    heads |= {"layout ms": 10, "check ms": 9}
    print(*(f"{head:>{width}}" for head, width in heads.items()))
    with TemporaryDirectory() as folder:
        for name in MODELS:
            model: Any = getattr(keras.applications, name)(weights=None)
            path = Path(folder) / f"{name}.h5"
            model.save(path)
            times = [milliseconds(lambda path=path: import_file(path, weights=False)) for _ in range(REPEATS)]
            document = import_file(path, weights=False).document
            whole = milliseconds(lambda path=path: import_file(path))
            layout = milliseconds(lambda document=document: laid_out(document))
            check = milliseconds(lambda document=document: analyze(document))
            path.unlink()
            print(
                f"{name:>16} {len(document.nodes):>6} {median(times):>9.0f} {times[0]:>13.0f} {whole:>15.0f} "
                f"{layout:>10.0f} {check:>9.0f}",
                flush=True,
            )
            slow |= max(times) > LONGEST.get(name, max(times))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
