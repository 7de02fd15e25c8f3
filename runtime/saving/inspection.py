"""Looks into a model's file without making the model: what is in it, and what would be refused and why."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py

from runtime.errors import FileFormatError, RefusedError
from runtime.saving.archive import WEIGHTS as WEIGHTS_MEMBER
from runtime.saving.archive import read_members
from runtime.saving.file_kinds import kind_of
from runtime.saving.h5_layers import stored_layers, version_of
from runtime.saving.h5_reading import child_dataset, child_group, opened
from runtime.saving.memory import MemoryLimit
from runtime.saving.reading import MAX_LAYERS, Reading, model_classes, read_layer
from runtime.saving.versions import major
from runtime.saving.whole_h5 import WEIGHTS, config_of

_WORKING_SPACE = 64 * 2**20
_MAX_MEMBERS = 100_000


@dataclass(frozen=True)
class InspectedLayer:
    """One layer in a file.

    Args:
        name: Its name; layers inside of models have the models' names before it.
        class_name: Its class, as the file has it.
        config: Its arguments, as the file has them.
        refused: Why it would not be loaded; empty if it would.
        what: The name of the refused thing; empty if none is.
    """

    name: str
    class_name: str
    config: Any
    refused: str = ""
    what: str = ""


@dataclass(frozen=True)
class Inspection:
    """What a file holds.

    Args:
        keras_version: Major version of the Keras that wrote it.
        config: The config of the model, parsed.
        layers: All layers, those of models inside included, in order.
        weights: Place in the file → shape.
    """

    keras_version: int
    config: Any
    layers: tuple[InspectedLayer, ...]
    weights: dict[str, tuple[int, ...]]

    @property
    def refused(self) -> tuple[InspectedLayer, ...]:
        """The layers that would not be loaded."""
        return tuple(layer for layer in self.layers if layer.refused)


def inspect_model(filepath: str | os.PathLike[str]) -> Inspection:
    """Shows what a `.h5` or `.keras` file holds; nothing in it is run, and no weights are read.

    Args:
        filepath: The file.

    Raises:
        FileFormatError: The file is missing, broken, or holds no whole model.
    """
    kind = kind_of(filepath)
    if kind in ("archive", "folder"):
        said, config, weights = read_members(filepath)
        version = major(said, otherwise=3)
        with opened(io.BytesIO(weights), f"{filepath}/{WEIGHTS_MEMBER}") as file:
            return Inspection(version, config, _layers(config, version), dict(_shapes(file)))
    with opened(filepath) as file:
        version, config = version_of(file), config_of(file, filepath)
        datasets = [d for layer in stored_layers(child_group(file, WEIGHTS)) for d in layer.datasets]
        shapes = {str(dataset.name).removeprefix(f"/{WEIGHTS}/"): dataset.shape for dataset in datasets}
        return Inspection(version, config, _layers(config, version), shapes)


def _layers(config: Any, version: int) -> tuple[InspectedLayer, ...]:
    with MemoryLimit(_WORKING_SPACE, "no layer needs so much before it has weights"):
        return tuple(_inspected(config, "", version))


def _inspected(config: Any, prefix: str, version: int, depth: int = 0) -> Iterator[InspectedLayer]:
    inner = config.get("config") if isinstance(config, dict) else None
    class_name = str(config.get("class_name")) if isinstance(config, dict) else type(config).__name__
    entries = inner.get("layers") if isinstance(inner, dict) else inner
    if class_name in model_classes and isinstance(entries, list):
        name = str(inner.get("name", "")) if isinstance(inner, dict) else ""
        inside = f"{prefix}{name}/" if depth else ""
        for entry in entries[:MAX_LAYERS]:
            yield from _inspected(entry, inside, version, depth + 1)
        return
    name = str(inner.get("name", "")) if isinstance(inner, dict) else ""
    refused = what = ""
    try:
        read_layer(config, Reading(keras_version=version))
    except RefusedError as error:
        refused, what = str(error), error.what
    except FileFormatError as error:
        refused = str(error)
    yield InspectedLayer(f"{prefix}{name}", class_name, inner, refused, what)


def _shapes(file: h5py.File) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Datasets of a file, by hard links only, each group once."""
    pending: list[tuple[str, h5py.Group]] = [("", file)]
    seen: set[Any] = set()
    while pending:
        prefix, group = pending.pop()
        if group.id in seen:
            continue
        seen.add(group.id)
        for name in map(str, group):
            if len(seen) + len(pending) > _MAX_MEMBERS:
                raise FileFormatError(f"The file has more than {_MAX_MEMBERS:,} groups.")
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise RefusedError(f"'{prefix}{name}' is a link to somewhere else.", what=name)
            if group.get(name, getclass=True) is h5py.Group:
                pending.append((f"{prefix}{name}/", child_group(group, name)))
            else:
                yield f"{prefix}{name}", child_dataset(group, name).shape
