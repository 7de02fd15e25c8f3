"""Whole models in `.h5` files: config, weights, compile settings and optimizer state."""

import os
from collections.abc import Mapping
from typing import Any

import h5py

from runtime.errors import FileFormatError
from runtime.saving.atomic import replacing_hdf5
from runtime.saving.graph_writing import layer_config, short_config
from runtime.saving.h5_layers import load_layers, stored_layers, stored_size, version_of, write_layers
from runtime.saving.h5_reading import child_group, has_attribute, opened, text_attribute
from runtime.saving.h5_writing import KERAS_VERSION
from runtime.saving.json_text import parse_json
from runtime.saving.memory import MemoryLimit, readable_size
from runtime.saving.objects import config_text
from runtime.saving.only_here import warn_of_losses
from runtime.saving.reading import Reading, read_layer
from runtime.saving.shared_dialect import in_both
from runtime.saving.training_settings import (
    compile_as,
    load_optimizer,
    training_config,
    write_optimizer,
)
from runtime.saving.versions import written_by

WEIGHTS = "model_weights"
_WORKING_SPACE = 64 * 2**20


def save_h5(
    model: Any, path: str | os.PathLike[str], *, overwrite: bool = True, include_optimizer: bool = True
) -> None:
    """Writes a whole model into an HDF5 file in the layout of Keras.

    Args:
        model: A functional or sequential model.
        path: The file.
        overwrite: False refuses to replace a file.
        include_optimizer: False leaves compile settings and optimizer state out.
    """
    config = in_both(short_config(layer_config(model)))
    warn_of_losses(config, whole_h5=True)
    texts = {"model_config": config_text(config)}
    settings = training_config(model) if include_optimizer else None
    if settings is not None:
        texts["training_config"] = config_text(settings)
    with replacing_hdf5(path, overwrite=overwrite) as file:
        file.attrs["keras_version"] = KERAS_VERSION
        file.attrs["backend"] = "torch"
        for name, text in texts.items():
            file.attrs[name] = text
        write_layers(file.create_group(WEIGHTS), model)
        if settings is not None:
            write_optimizer(file, model)


def load_h5(
    path: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    *,
    compile: bool = True,
) -> Any:
    """Makes the model that an HDF5 file of any Keras since 2.0 holds.

    Args:
        path: The file.
        custom_objects: Classes and functions by name that the file may name.
        compile: False leaves compile settings and optimizer state alone.

    Raises:
        FileFormatError: The file is broken, or holds no whole model.
        RefusedError: It names something that is not known, or would run code.
    """
    with opened(path) as file, written_by(text_attribute(file, "keras_version")):
        reading = Reading(custom_objects or {}, keras_version=version_of(file))
        config = config_of(file, path)
        weights = child_group(file, WEIGHTS)
        stored = stored_layers(weights)
        size = stored_size(stored)
        limit = 2 * size + _WORKING_SPACE
        with MemoryLimit(limit, f"the file holds only {readable_size(size)} of weights"):
            model: Any = read_layer(config, reading)
        load_layers(weights, model, found=stored)
        settings = text_attribute(file, "training_config") if compile else None
        if settings is not None:
            compile_as(model, parse_json(settings, "The training settings"), reading, size)
            load_optimizer(file, model)
    return model


def config_of(file: h5py.File, path: str | os.PathLike[str]) -> Any:
    """The config of the model in a file, parsed.

    Raises:
        FileFormatError: There is none.
    """
    text = text_attribute(file, "model_config")
    if text is None and (lists_layers(file) or is_tree(file)):
        raise FileFormatError(
            f"'{path}' holds weights without a model.",
            hint="Make the model as it was made then, and load them with model.load_weights(path).",
        )
    if text is None:
        raise FileFormatError(
            f"'{path}' holds no model of Keras: it has no model_config.",
            hint="Such files come from model.save('name.h5').",
        )
    return parse_json(text, "The model's config")


def lists_layers(file: h5py.File) -> bool:
    """True for weights alone in the layout of Keras 2."""
    return has_attribute(file, "layer_names") or has_attribute(file, "layer_names0")


def is_tree(file: h5py.File) -> bool:
    """True for weights alone in the layout of Keras 3, which lists no layers."""
    tops = ("layers", "_layer_checkpoint_dependencies", "vars")
    return not lists_layers(file) and WEIGHTS not in file and any(top in file for top in tops)
