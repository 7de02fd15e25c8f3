"""From a file to a design: `.h5`, `.keras`, or the JSON text of a Keras model."""

import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py

from graph_compiler.importers.models import draw_config, remarked, with_weights
from graph_compiler.importers.result import Imported
from runtime.errors import FileFormatError, LayerloomError
from runtime.models import load_model
from runtime.saving.archive import read_members
from runtime.saving.h5_layers import version_of
from runtime.saving.h5_reading import opened, text_attribute
from runtime.saving.json_text import parse_json
from runtime.saving.reading import Reading
from runtime.saving.versions import major
from runtime.saving.whole_h5 import config_of

FilePath = str | os.PathLike[str]


def import_file(path: FilePath, *, weights: bool = True) -> Imported:
    """The design of the model in a file, with its weights; no code in it is run.

    Layers that cannot be computed here are locked: they keep their arguments and say why.

    Args:
        path: A `.h5` or `.keras` file, or a text of a model's JSON; what is in it decides, not its ending.
        weights: False leaves the weights in the file.

    Raises:
        FileFormatError: The file is missing, broken, or holds no model that can be drawn.
    """
    if zipfile.is_zipfile(path):
        said, config, _ = read_members(path)
        reading = Reading(keras_version=major(said, otherwise=3))
        learnt, broken = config.get("compile_config"), []
    elif _is_text(path):
        return import_json(Path(path).read_bytes())
    else:
        with opened(path) as file:
            reading, config = Reading(keras_version=version_of(file)), config_of(file, path)
            learnt, broken = _training_settings(file)
    drawing = draw_config(config, reading, learnt)
    drawing = replace(drawing, remarks=(*drawing.remarks, *broken))
    plain = Imported(drawing.document, {}, drawing.remarks)
    if not weights or plain.locked:
        return plain
    try:
        model: Any = load_model(path, compile=False)
    except LayerloomError as error:
        return remarked(plain, f"The weights could not be read: {error}")
    return with_weights(drawing, model)


def import_json(text: str | bytes) -> Imported:
    """The design of a model in the JSON text that `model.to_json()` gives, of Keras 2 or 3.

    Raises:
        FileFormatError: It is no JSON, or describes no model that can be drawn.
    """
    config = parse_json(text, "The model's JSON")
    if not isinstance(config, dict) or "class_name" not in config:
        raise FileFormatError(
            "The JSON describes no model of Keras: it has no class_name.",
            hint="model.to_json() writes such a text.",
        )
    drawing = draw_config(config, Reading(keras_version=_version(config)))
    return Imported(drawing.document, {}, drawing.remarks)


def _training_settings(file: h5py.File) -> tuple[Any, list[str]]:
    """What a file says of training; where it is broken, why: the model can be drawn without."""
    try:
        text = text_attribute(file, "training_config")
        return (parse_json(text, "The training settings") if text else None), []
    except ValueError as error:
        return None, [f"How the model was compiled could not be taken over: {error}"]


def _version(config: dict[str, Any]) -> int:
    """Major version of the Keras that wrote a text; only Keras 3 names modules."""
    stated = str(config.get("keras_version", ""))[:1]
    return int(stated) if stated.isdecimal() else 3 if "module" in config else 2


def _is_text(path: FilePath) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(64).lstrip()[:1] in (b"{", b"[")
    except OSError as error:
        raise FileFormatError(f"'{path}' cannot be read: {error.strerror or error}.") from error
