"""Whole models in `.keras` archives: config, weights and the state of training in one zip file."""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import h5py

from runtime.errors import FileFormatError, RefusedError
from runtime.layers.learning import kept_apart
from runtime.saving.atomic import replacing
from runtime.saving.attribute_tree import load_optimizer_state, load_tree, write_tree
from runtime.saving.graph_writing import layer_config
from runtime.saving.h5_reading import opened
from runtime.saving.h5_writing import KERAS_VERSION
from runtime.saving.json_text import MAX_BYTES, parse_json
from runtime.saving.learnt import learnt_members, load_learnt
from runtime.saving.memory import MemoryLimit, readable_size
from runtime.saving.objects import config_text
from runtime.saving.only_here import warn_of_losses
from runtime.saving.reading import Reading, read_layer
from runtime.saving.training_settings import compile_as, compile_config
from runtime.saving.versions import major, written_by

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
NUMPY_WEIGHTS = "model.weights.npz"
_WORKING_SPACE = 64 * 2**20
_MAX_MEMBERS = 10_000
_MOST_COMPRESSION = 16


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
    warn_of_losses(config, whole_h5=False)
    text = config_text(config)
    metadata = {"keras_version": KERAS_VERSION, "date_saved": datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        write_tree(file, model, include_optimizer=include_optimizer)
    with replacing(path, overwrite=overwrite) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, text)
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
    reading = Reading(custom_objects or {}, keras_version=major(version, otherwise=3))
    limit = 2 * len(weights) + _WORKING_SPACE
    with written_by(version), opened(io.BytesIO(weights), f"{path}/{WEIGHTS}") as file:
        with MemoryLimit(limit, f"the file holds only {readable_size(len(weights))} of weights"):
            model: Any = read_layer(config, reading)
        load_tree(file, model)
        load_learnt(file, model, lambda name: read_text(path, name))
        settings = config.get("compile_config") if compile else None
        if settings:
            compile_as(model, settings, reading, len(weights))
            load_optimizer_state(file, model)
    return model


def read_members(path: str | os.PathLike[str]) -> tuple[Any, Any, bytes]:
    """Version of Keras, config and weights in an archive, by their exact names; the rest is ignored.

    Args:
        path: The archive, or the folder into which one was unpacked.

    Raises:
        FileFormatError: The archive is broken, or a member is missing or far too large.
    """
    with _broken_otherwise(path), _members_of(path) as read:
        metadata = parse_json(read(METADATA, MAX_BYTES), "The metadata")
        config = parse_json(read(CONFIG, MAX_BYTES), "The model's config")
        if not isinstance(config, dict):
            raise FileFormatError(f"The model's config is a {type(config).__name__}, not a dict.")
        version = metadata.get("keras_version") if isinstance(metadata, dict) else None
        return version, config, read(WEIGHTS, 2**63)


def read_weights(path: str | os.PathLike[str]) -> bytes:
    """The weights alone.

    Raises:
        FileFormatError: The archive is broken, or has none.
    """
    with _broken_otherwise(path), _members_of(path) as read:
        return read(WEIGHTS, 2**63)


@contextmanager
def _broken_otherwise(path: str | os.PathLike[str]) -> Generator[None]:
    try:
        yield
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise FileFormatError(
            f"'{path}' is broken: {str(error)[:300]}.", hint="Get the file again, or save the model anew."
        ) from error


@contextmanager
def _members_of(path: str | os.PathLike[str]) -> Generator[Callable[[str, int], bytes]]:
    """Reads members of an archive, or of a folder, by name and greatest size."""
    if os.path.isdir(path):
        yield partial(_file_in, path)
        return
    with zipfile.ZipFile(path) as archive:
        if len(archive.infolist()) > _MAX_MEMBERS:
            raise FileFormatError(f"'{path}' has more than {_MAX_MEMBERS:,} members.")
        yield partial(_member, archive)


def _file_in(folder: str | os.PathLike[str], name: str, limit: int) -> bytes:
    """A file of an unpacked archive."""
    path = os.path.join(folder, name)
    if os.path.islink(path) or not os.path.isfile(path):
        raise FileFormatError(f"'{folder}' has no file '{name}'.")
    if os.path.getsize(path) > limit:
        raise FileFormatError(f"'{path}' is larger than {readable_size(limit)}.")
    with open(path, "rb") as file:
        return file.read()


def read_text(path: str | os.PathLike[str], name: str) -> str | None:
    """A further member, by its exact name; None if there is none.

    Raises:
        FileFormatError: It is broken, far too large, or no text.
    """
    if os.path.isdir(path):
        inside = os.path.isfile(os.path.join(path, name)) and ".." not in name.split("/")
        return _file_in(path, name, MAX_BYTES).decode(errors="replace") if inside else None
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
    if not found and name == WEIGHTS and NUMPY_WEIGHTS in archive.namelist():
        raise RefusedError(
            f"The weights lie in {NUMPY_WEIGHTS} as pickles, which may run any program when opened.",
            what=NUMPY_WEIGHTS,
            hint="Open the file where it comes from, and save the model again without weights_format.",
        )
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
