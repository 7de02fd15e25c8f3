"""Programs in the manner of Keras's guides run under Keras and, renamed, here, and say the same numbers.

A program sets its weights itself and keeps the order of its samples, so that both start alike; what it
leaves in `figures` (losses, metrics, predictions, texts) is compared. Those that draw random numbers on the
way leave none and hold by their own assertions.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import importlib
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

KERAS_FAILS = {
    # Its optimizer knows no variable of a model loaded from a compiled .h5.
    "save_and_load",
    # It asks for tensorflow.
    "structured_data",
    "text_classification",
    "timeseries",
}
RANDOM = {"cnn", "mixed_precision", "residual", "subclassed_model", "variational_autoencoder"}
PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))


def run(path: Path, library: str) -> list[Any] | None:
    source = re.sub(r"^import keras$", f"import {library} as keras", path.read_text(), flags=re.MULTILINE)
    source = re.sub(r"^from keras\b", f"from {library}", source, flags=re.MULTILINE)
    importlib.import_module(library).utils.set_random_seed(4)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, str(path), "exec"), names)
    figures = names.get("figures")
    if isinstance(figures, dict):
        figures = [part for name in sorted(figures) for part in (name, figures[name])]
    return figures


def as_keras(path: Path) -> list[Any] | None:
    with warnings.catch_warnings():
        # What Keras itself warns of (the .h5 format, say) is not the point here.
        warnings.simplefilter("ignore")
        return run(path, "keras")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program(path: Path) -> None:
    ours = run(path, "runtime")
    assert (ours is None) == (path.stem in RANDOM), "say what is compared"
    if path.stem in KERAS_FAILS:
        return
    theirs = as_keras(path)
    if ours is None or theirs is None:
        return
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        if isinstance(one, str):
            assert one == other
        else:
            # Losses add up what each step rounds: 1e-4 after some dozens of steps.
            np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-4, atol=1e-6)
