"""The matrix of files for Keras 2: every layer it has, written here and opened there, and back.

tf-keras does its part in one process (`keras_2.py both`), since it takes long to begin.
"""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from runtime.models import load_model, model_from_json
from tests.runtime.saving.cells import Cell, forget
from tests.runtime.saving.layer_models import LAYER_MODELS, LayerModel
from tests.runtime.saving.zoo import outputs, stir

SCRIPT = Path(__file__).with_name("keras_2.py")
TO_KERAS_2, FROM_KERAS_2 = "here → Keras 2", "Keras 2 → here"
CELLS_OF_KERAS_2: list[Cell] = [
    (".h5", TO_KERAS_2),
    ("old .h5", TO_KERAS_2),
    *((kind, FROM_KERAS_2) for kind in (".h5", ".keras", ".weights.h5", "old .h5", ".json")),
]
"""Keras 2 reads neither archives nor descriptions of Keras 3."""

_STRIDES = {"strides": "Keras 2 takes no steps together with dilation."}
_SEED = {"seed": "New in Keras 3."}
_CUDNN = {"use_cudnn": "New in Keras 3."}
LEFT_OUT: dict[str, dict[str, str]] = {
    "DepthwiseConv1D": _STRIDES,
    "DepthwiseConv2D": _STRIDES,
    "SeparableConv1D": _STRIDES,
    "SeparableConv2D": _STRIDES,
    "ConvLSTM1D": _SEED,
    "ConvLSTM2D": _SEED,
    "ConvLSTM3D": _SEED,
    "SimpleRNN": _SEED,
    "LSTM": _CUDNN,
    "GRU": _CUDNN,
    "RandomContrast": {"value_range": "New in Keras 3."},
    "Resizing": dict.fromkeys(("antialias", "fill_mode", "fill_value"), "New in Keras 3."),
}
"""Arguments that stay at their defaults here, and why."""

NOT_IN_KERAS_2 = {
    "Conv1DTranspose_1": "TensorFlow computes no dilation here without a GPU.",
    "Conv3DTranspose_1": "Keras 2 leaves the dilation out of what it computes.",
    "Resizing_2": "The argument is new in Keras 3.",
    "MultiHeadAttention": "Calls with tensors by name have a form in Keras 2 that Keras 3 does not read.",
    "GroupQueryAttention": "The layer is new in Keras 3.",
    "UpSampling2D": "TensorFlow resizes by this method otherwise than torch, also in the real Keras.",
}
"""Models that Keras 2 does not open, or that predict something else there."""

MODELS_OF_KERAS_2 = [
    LayerModel(model.layer, model.place, tuple(LEFT_OUT.get(model.layer, ()))) for model in LAYER_MODELS
]


def run_both(python: str, folder: Path) -> Path:
    """Writes all models for tf-keras, and has it open them and write them back.

    Args:
        python: A Python that has tf-keras.
        folder: Where the files go.
    """
    for described in MODELS_OF_KERAS_2:
        model, inputs = described.ours(), described.inputs()
        arrays = {f"input_{place}": value for place, value in enumerate(_listed(inputs))}
        stir(model, seed=3)
        arrays |= {f"whole_{place}": value for place, value in enumerate(outputs(model, inputs))}
        model.save(folder / f"{described}.h5")
        forget(model)
        stir(model, seed=4)
        arrays |= {f"weights_{place}": value for place, value in enumerate(outputs(model, inputs))}
        model.save_weights(folder / f"{described}.old.h5")
        np.savez(folder / f"{described}.npz", **arrays)
    subprocess.run([python, str(SCRIPT), "both", str(folder)], check=True, capture_output=True)
    return folder


def is_there(folder: Path, model: LayerModel) -> bool:
    """True if Keras 2 has such a layer."""
    return "Unknown layer" not in _failed(folder).get(f"{model} opened", "")


def check_cell(folder: Path, model: LayerModel, cell: Cell) -> None:
    """Fails unless both predict the same.

    Args:
        folder: What `run_both` filled.
        model: The model.
        cell: Kind of file, and which way it went.
    """
    kind, way = cell
    with np.load(folder / f"{model}.npz") as arrays:
        stored = {name: arrays[name] for name in arrays}
    if way == TO_KERAS_2:
        step, what = ("opened", "whole") if kind == ".h5" else ("weights", "weights")
        told = [_failed(folder).get(f"{model} {one}") for one in ("opened", step)]
        assert told == [None, None], told
        wanted = [value for name, value in stored.items() if name.startswith(f"{what}_")]
        _assert_close(_values(folder / f"{model}.{what}.npz"), wanted)
        return
    told = _failed(folder).get(f"{model} back")
    assert told is None, told
    inputs = [value for name, value in stored.items() if name.startswith("input_")]
    path = folder / "back" / str(model)
    if kind in (".h5", ".keras"):
        found = load_model(f"{path}{kind}")
    else:
        found = model_from_json(Path(f"{path}.json").read_text())
        if kind == ".json":
            # It holds no weights: those go along in a file of their own.
            assert found.count_params() == model.ours().count_params()
        found.load_weights(f"{path}{'.old.h5' if kind == 'old .h5' else '.weights.h5'}")
    _assert_close(outputs(found, inputs if len(inputs) > 1 else inputs[0]), _values(Path(f"{path}.npz")))


def _assert_close(found: list[Any], wanted: list[Any]) -> None:
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def _values(path: Path) -> list[Any]:
    with np.load(path) as arrays:
        return [arrays[name] for name in arrays]


def _listed(inputs: Any) -> list[Any]:
    return inputs if isinstance(inputs, list) else [inputs]


@cache
def _failed(folder: Path) -> dict[str, str]:
    return json.loads((folder / "failed.json").read_text())
