"""Parity receipts: the exported thing, run in a clean process, against the designed model."""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.services.data_code import data_file_name
from app.services.exporting.source import SEED, Source, hash_of
from runtime.errors import ExportError
from runtime.models.adapting import learning_layers

RUNNER = Path(__file__).with_name("runner.py")
TOLERANCE = 1e-5
"""Difference up to which two models count as the same, times the largest answer where that is above 1."""

SECONDS = 600
LAST_WORDS = 400


@dataclass(frozen=True)
class Receipt:
    """What was found when an exported thing was run.

    Args:
        file: Name of the file that was run.
        largest_difference: Largest absolute difference between its answers and the designed model's.
        scale: Largest absolute answer of the designed model.
        tolerance: Difference up to which the two count as the same, times the scale where that is above 1.
        rows: Samples both were asked.
        inputs_hash: SHA-256 of these.
        seed: Seed of the inputs where they were drawn, and the design's own seed for training.
        weights: Where the weights come from.
        weights_hash: SHA-256 of the weights.
        data: Name of the data set; empty without one.
        data_hash: SHA-256 of its rows.
        ran_with: What ran the exported thing, in words.
        packages: Versions in the process that ran it.
        checked_at: When, in seconds since 1970, UTC.
    """

    file: str
    largest_difference: float
    scale: float
    tolerance: float
    rows: int
    inputs_hash: str
    seed: dict[str, int | None]
    weights: str
    weights_hash: str
    data: str
    data_hash: str
    ran_with: str
    packages: dict[str, str] = field(default_factory=dict[str, str])
    checked_at: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether the exported thing is the designed model."""
        allowed = self.tolerance * max(1.0, self.scale)
        return math.isfinite(self.largest_difference) and self.largest_difference <= allowed

    def dump(self) -> str:
        """The receipt as JSON text."""
        return json.dumps({**asdict(self), "agrees": self.agrees}, indent=2) + "\n"

    @classmethod
    def load(cls, text: str) -> "Receipt":
        """A receipt from its JSON text."""
        known = json.loads(text)
        known.pop("agrees")
        return cls(**known)


def prove(source: Source, file: Path, kind: str, *, weights: Sequence[Any] = (), note: str = "") -> Receipt:
    """Runs an exported file in a clean process and compares it with the designed model.

    Args:
        source: The designed model.
        file: The exported file; what belongs to it lies beside it.
        kind: How it is run: one of the runner's kinds.
        weights: Weights it is given, in the model's order; none when it has its own.
        note: What else the runner has to know.

    Returns:
        A receipt; it may say that the two disagree.

    Raises:
        ExportError: It does not run, or answers in other shapes.
    """
    wanted = [np.asarray(one) for one in _listed(source.model.predict(_one_or_all(source.inputs), verbose=0))]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for beside in file.parent.iterdir():
            if beside.is_file():
                # No link: on Windows, only some users may make one.
                shutil.copyfile(beside, folder / beside.name)
        _lay_data_beside(source, folder)
        _store(folder / "inputs.npz", source.inputs)
        if weights:
            _store(folder / "weights.npz", weights)
        (folder / "order.json").write_text(json.dumps({"file": file.name, "note": note}), encoding="utf-8")
        _run(kind, folder, file.name)
        with np.load(folder / "outputs.npz", allow_pickle=False) as stored:
            found = [stored[f"arr_{place}"] for place in range(len(stored.files))]
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    shapes = [[one.shape for one in answers] for answers in (found, wanted)]
    if shapes[0] != shapes[1]:
        raise ExportError(f"{file.name} answers in shapes {shapes[0]}; the designed model in {shapes[1]}.")
    return Receipt(
        file=file.name,
        largest_difference=max((_difference(*pair) for pair in zip(found, wanted, strict=True)), default=0.0),
        scale=max((float(np.abs(one).max(initial=0)) for one in wanted), default=0.0),
        tolerance=TOLERANCE,
        rows=len(source.inputs[0]),
        inputs_hash=hash_of(source.inputs),
        seed={"inputs": SEED, "training": source.document.training.seed},
        weights=source.weights,
        weights_hash=source.weights_hash,
        data=source.document.data.dataset if source.document.data else "",
        data_hash=source.data_hash,
        ran_with=_words(report),
        packages=report["packages"],
        checked_at=time.time(),
    )


def _lay_data_beside(source: Source, folder: Path) -> None:
    """Programs whose layers learn from the data need them to be the same model."""
    if source.dataset is not None and learning_layers(source.model):
        train = source.dataset.train
        arrays = {"x_train": train.x, "y_train": train.y, "x_test": train.x[:1], "y_test": train.y[:1]}
        np.savez(folder / data_file_name(source.dataset.info), allow_pickle=False, **arrays)


def _run(kind: str, folder: Path, name: str) -> None:
    # Nothing of the designer's is on the path; a program in the folder has it as its own.
    command = [sys.executable, "-I", str(RUNNER), kind, str(folder)]
    threads = {"OMP_NUM_THREADS": "1", "KERAS_BACKEND": "torch", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command, env=os.environ | threads, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ExportError(f"{name} was not ready after {SECONDS} seconds, so it is not written.") from error
    if ran.returncode:
        # The last line says what went wrong; those before it are for developers.
        said = (ran.stderr.strip() or ran.stdout.strip() or f"status {ran.returncode}").splitlines()
        words = said[-1][-LAST_WORDS:]
        raise ExportError(
            f"{name} does not run in a clean process, so it is not written. It said: {words}",
            hint="Take another form of the model.",
        )


def _words(report: dict[str, Any]) -> str:
    packages: dict[str, str] = report["packages"]
    if report["stands_in"]:
        return "Layerloom's own runtime (Keras is not installed here)"
    for name, label in (("keras", "Keras"), ("onnxruntime", "ONNX Runtime"), ("torch", "PyTorch")):
        if name in packages:
            return f"{label} {packages[name]}"
    return f"Python {packages['python']}"


def _difference(found: Any, wanted: Any) -> float:
    if wanted.size == 0 or np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f"):
        return 0.0
    difference = np.abs(found.astype(np.float64) - wanted.astype(np.float64)).max()
    return float(difference) if np.isfinite(difference) else float("inf")


def _store(path: Path, arrays: Sequence[Any]) -> None:
    np.savez(path, *[np.asarray(one) for one in arrays])


def _listed(outputs: Any) -> list[Any]:
    if isinstance(outputs, dict):
        return list(outputs.values())
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _one_or_all(arrays: Sequence[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else list(arrays)
