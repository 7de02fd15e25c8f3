"""Whole models in `.keras` archives: config, weights and the state of training in one zip file."""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import h5py

from runtime.errors import FileFormatError
from runtime.layers.learning import kept_apart
from runtime.saving.atomic import replacing
from runtime.saving.attribute_tree import load_optimizer_state, load_tree, write_tree
from runtime.saving.graph_writing import layer_config
from runtime.saving.h5_reading import opened
from runtime.saving.h5_writing import KERAS_VERSION
from runtime.saving.json_text import MAX_BYTES, parse_json
from runtime.saving.learnt import learnt_members, load_learnt
from runtime.saving.memory import MemoryLimit, readable_size
from runtime.saving.reading import Reading, read_layer
from runtime.saving.training_settings import compile_arguments, compile_config

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_WORKING_SPACE = 64 * 2**20
_MAX_MEMBERS = 10_000
_MOST_COMPRESSION = 64


def save_archive(
    model: Any, path: str | os.PathLike[str], *, overwrite: bool = True, include_optimizer: bool = True
) -> None:
    """Writes a whole model into a `.keras` archive.

    Args:
        model: A functional or sequential model.
        path: The file.
        overwrite: False refuses to replace a file.
        include_optimizer: False leaves compile settings and optimizer state out.
    """
    settings = compile_config(model) if include_optimizer else None
    with kept_apart():
        config = {**layer_config(model), "compile_config": settings or {}}
    metadata = {"keras_version": KERAS_VERSION, "date_saved": datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        write_tree(file, model, include_optimizer=include_optimizer)
    with replacing(path, overwrite=overwrite) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(config))
        archive.writestr(WEIGHTS, weights.getbuffer())
        for name, text in learnt_members(model).items():
            archive.writestr(name, text)


def load_archive(
    path: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    *,
    compile: bool = True,
) -> Any:
    """Makes the model that a `.keras` archive holds.

    Args:
        path: The file.
        custom_objects: Classes and functions by name that the file may name.
        compile: False leaves compile settings and optimizer state alone.

    Raises:
        FileFormatError: The file is broken, or holds no model.
        RefusedError: It names something that is not known, or would run code.
    """
    version, config, weights = read_members(path)
    reading = Reading(custom_objects or {}, keras_version=version)
    limit = 2 * len(weights) + _WORKING_SPACE
    with opened(io.BytesIO(weights), f"{path}/{WEIGHTS}") as file:
        with MemoryLimit(limit, f"the file holds only {readable_size(len(weights))} of weights"):
            model: Any = read_layer(config, reading)
        load_tree(file, model)
        load_learnt(file, model, lambda name: read_text(path, name))
        settings = config.get("compile_config") if compile else None
        if settings:
            model.compile(**compile_arguments(settings, reading))
            load_optimizer_state(file, model)
    return model


def read_members(path: str | os.PathLike[str]) -> tuple[int, Any, bytes]:
    """Major version of Keras, config and weights in an archive, by their exact names; the rest is ignored.

    Raises:
        FileFormatError: The archive is broken, or a member is missing or far too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > _MAX_MEMBERS:
                raise FileFormatError(f"'{path}' has more than {_MAX_MEMBERS:,} members.")
            metadata = parse_json(_member(archive, METADATA, MAX_BYTES), "The metadata")
            config = parse_json(_member(archive, CONFIG, MAX_BYTES), "The model's config")
            if not isinstance(config, dict):
                raise FileFormatError(f"The model's config is a {type(config).__name__}, not a dict.")
            return _major(metadata), config, _member(archive, WEIGHTS, 2**63)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise FileFormatError(
            f"'{path}' is broken: {str(error)[:300]}.", hint="Get the file again, or save the model anew."
        ) from error


def read_text(path: str | os.PathLike[str], name: str) -> str | None:
    """A further member, by its exact name; None if there is none.

    Raises:
        FileFormatError: It is broken, far too large, or no text.
    """
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return None
        try:
            return _member(archive, name, MAX_BYTES).decode()
        except (zipfile.BadZipFile, UnicodeDecodeError, OSError, RuntimeError, EOFError, zlib.error) as error:
            raise FileFormatError(f"'{name}' is broken: {str(error)[:300]}.") from error


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The contents of a member, taken by its exact name."""
    found = [member for member in archive.infolist() if member.filename == name]
    if len(found) != 1:
        raise FileFormatError(
            f"The archive has {len(found) or 'no'} members called '{name}'.",
            hint="A .keras file holds one config.json, one metadata.json and one model.weights.h5.",
        )
    size = found[0].file_size
    limit = min(limit, max(2**20, _MOST_COMPRESSION * found[0].compress_size))
    if size > limit:
        raise FileFormatError(
            f"'{name}' claims {readable_size(size)}, far more than the archive stores for it."
        )
    with archive.open(found[0]) as member:
        return member.read(size)


def _major(metadata: Any) -> int:
    version = str(metadata.get("keras_version", "3")) if isinstance(metadata, dict) else "3"
    return int(version[0]) if version[:1].isdigit() else 3
