"""One cell of the matrix of files: a model, a kind of file, and who writes it and who reads it.

A cell is tried by `try_cell`, which fails where the two do not predict the same.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from runtime.models import load_model, model_from_json
from tests.runtime.saving.layer_models import LayerModel
from tests.runtime.saving.zoo import assert_same_outputs, stir

WHOLE = (".h5", ".keras")
KINDS = {
    ".h5": "whole model, HDF5",
    ".keras": "whole model, archive",
    ".weights.h5": "weights, Keras 3",
    "old .h5": "weights, Keras 2",
    ".json": "description alone",
}
TO_KERAS, FROM_KERAS = "here → Keras 3", "Keras 3 → here"
WAYS = (FROM_KERAS, TO_KERAS)

Cell = tuple[str, str]
CELLS: list[Cell] = [(kind, way) for kind in KINDS for way in WAYS if (kind, way) != ("old .h5", FROM_KERAS)]
"""The real Keras 3 reads weights of Keras 2 and writes none. Its `.h5` comes first: once called,
further layers cannot be written, since they hold a module."""

_TWO_AXES = "The real Keras forgets an axis argument of several axes in every .h5, its own too."
_CANNOT_BE_COPIED = "The real Keras cannot write its .h5: the layer holds a module, which it tries to copy."
_IN_INFERENCE = "The real Keras leaves pictures as they are, its own description and shapes notwithstanding."

NOT_IN_KERAS: dict[tuple[str, str, str], str] = {
    **{
        (name, ".h5", TO_KERAS): _TWO_AXES
        for name in ("LayerNormalization", "RMSNormalization", "Softmax", "UnitNormalization")
    },
    **{
        (name, ".h5", FROM_KERAS): _CANNOT_BE_COPIED
        for name in (
            "AlphaDropout",
            "AugMix",
            "RandAugment",
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomColorJitter",
            "RandomContrast",
            "RandomElasticTransform",
            "RandomErasing",
            "RandomGaussianBlur",
            "RandomHue",
            "RandomInvert",
            "RandomPosterization",
            "RandomSaturation",
            "RandomSharpness",
            "RandomTranslation",
            "RandomZoom",
            "Solarization",
        )
    },
    **{("RandomCrop", *cell): _IN_INFERENCE for cell in CELLS},
}
"""Layer, kind and way → why the real Keras has no such file, or not the same predictions."""


def try_cell(model: Any, other: Any, cell: Cell, inputs: Any, folder: Path) -> None:
    """Writes with one library, reads with the other, and fails unless both predict the same.

    Args:
        model: The model of ours.
        other: The same of the real Keras.
        cell: Kind of file, and which way it goes.
        inputs: Data for both.
        folder: Where the file goes.
    """
    kind, way = cell
    writer, reader = (model, other) if way == TO_KERAS else (other, model)
    path = folder / ("m.weights.h5" if kind == ".weights.h5" else f"m.{kind.rpartition('.')[2]}")
    stir(writer, seed=3)
    if kind in WHOLE:
        writer.save(path)
        found: Any = (keras.saving.load_model if way == TO_KERAS else load_model)(path)
    elif kind == ".json":
        path.write_text(writer.to_json())
        read: Callable[[str], Any] = keras.models.model_from_json if way == TO_KERAS else model_from_json
        found = read(path.read_text())
        found.set_weights(writer.get_weights())
    else:
        writer.save_weights(path)
        stir(reader, seed=4)
        reader.load_weights(path)
        found = reader
    assert type(found) is type(reader)
    for one, two in zip(found.get_weights(), writer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    for one in (found, writer):
        forget(one)
    assert_same_outputs(found, writer, inputs)


def forget(model: Any) -> None:
    """Sets the states of recurrent layers that keep them back to nothing."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_states()


def reason(model: LayerModel, cell: Cell) -> str | None:
    """Why the real Keras cannot do a cell; None if it can."""
    return NOT_IN_KERAS.get((model.layer, *cell)) if model.place == 0 else None
