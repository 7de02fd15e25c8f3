"""Examines a kept model on all test rows: that of the best epoch, when somebody wants to know."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from app.services.datasets import load
from app.services.datasets.dataset import Array
from app.services.evaluation import PREDICTIONS, PREFIXES, RESULTS, results_of
from app.services.examining.messages import Message
from app.services.examining.probe import BATCH, Probe
from runtime.errors import DataError
from runtime.models import load_model


def examine(probe: Probe, arrays: Mapping[str, Array], dataset: str) -> Message:
    """Writes the results of the best model beside those of the last.

    Args:
        probe: The model.
        arrays: Nothing.
        dataset: Name of the data set.
    """
    del arrays
    if probe.path is None:
        raise DataError("This model is in no file.")
    folder, prefix = probe.path.parent, PREFIXES["best"]
    results, predictions = results_of(load_model(probe.path), load(dataset), BATCH)
    text = json.dumps(results, indent=2) + "\n"
    _write(folder / f"{prefix}{PREDICTIONS}", lambda path: np.save(path, predictions))
    # Last: who finds these finds the answers, too.
    _write(folder / f"{prefix}{RESULTS}", lambda path: path.write_text(text, encoding="utf-8"))
    return Message({"rows": results["rows"]})


def _write(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(f".{path.name}")
    write(unfinished)
    unfinished.replace(path)
