"""Examines a kept model on all test rows: where its run did not do it in the end, or of another epoch."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from app.services.datasets import load
from app.services.datasets.dataset import Array
from app.services.evaluation import MODELS, PREDICTIONS, PREFIXES, RESULTS, results_of
from app.services.examining.messages import Message
from app.services.examining.probe import BATCH, Probe
from runtime.errors import DataError
from runtime.models import load_model


def examine(probe: Probe, arrays: Mapping[str, Array], dataset: str) -> Message:
    """Writes the results of a model beside it.

    Args:
        probe: The model.
        arrays: Nothing.
        dataset: Name of the data set.

    Raises:
        DataError: It is in no file, or was replaced by a newer one meanwhile.
    """
    del arrays
    if probe.path is None:
        raise DataError("This model is in no file.")
    folder, kept_at = probe.path.parent, _kept_at(probe.path)
    prefix = next(PREFIXES[which] for which, name in MODELS.items() if name == probe.path.name)
    results, predictions = results_of(load_model(probe.path), load(dataset), BATCH)
    if _kept_at(probe.path) != kept_at:
        raise DataError("The run has gone on meanwhile: this is an older model.", hint="Look once more.")
    text = json.dumps(results, indent=2) + "\n"
    _write(folder / f"{prefix}{PREDICTIONS}", lambda path: np.save(path, predictions))
    # Last: who finds these finds the answers, too.
    _write(folder / f"{prefix}{RESULTS}", lambda path: path.write_text(text, encoding="utf-8"))
    return Message({"rows": results["rows"]})


def _kept_at(path: Path) -> int:
    return path.stat().st_mtime_ns


def _write(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(f".{path.name}")
    write(unfinished)
    unfinished.replace(path)
