"""Looks into a model's file without making the model: what is in it, and what would be refused and why."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import h5py

from runtime.errors import FileFormatError, RefusedError
from runtime.saving.archive import WEIGHTS as WEIGHTS_MEMBER
from runtime.saving.archive import read_members
from runtime.saving.file_kinds import kind_of
from runtime.saving.h5_layers import stored_layers, version_of
from runtime.saving.h5_reading import child_dataset, child_group, opened, text_attribute
from runtime.saving.json_text import MAX_BYTES, parse_json
from runtime.saving.memory import MemoryLimit
from runtime.saving.reading import MAX_LAYERS, Reading, model_classes, read_layer
from runtime.saving.versions import major
from runtime.saving.whole_h5 import WEIGHTS, config_of

_WORKING_SPACE = 64 * 2**20
_MAX_MEMBERS = 20_000
_LONGEST_PATH = 5_000

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class InspectedLayer:
    """One layer in a file.

    Args:
        name: Its name; layers inside of models have the models' names before it.
        class_name: Its class, as the file has it.
        config: Its arguments, as the file has them.
        refused: Why it would not be loaded; empty if it would.
        what: The name of the refused thing; empty if none is.
        inbound_nodes: How a functional model calls it, as the file has it: also that of a refused layer.
        weights: Its weights in the file by their names there → shape.
    """

    name: str
    class_name: str
    config: Any
    refused: str = ""
    what: str = ""
    inbound_nodes: Any = ()
    weights: Shapes = field(default_factory=Shapes)


@dataclass(frozen=True)
class Inspection:
    """What a file holds.

    Args:
        keras_version: Major version of the Keras that wrote it.
        config: The config of the model, parsed: class, layers, inputs and outputs, as the file has them.
        layers: All layers, those of models inside included, in order.
        weights: Place in the file → shape.
        problem: Why the weights would not be loaded; empty if they can be looked at.
    """

    keras_version: int
    config: Any
    layers: tuple[InspectedLayer, ...]
    weights: Shapes
    problem: str = ""

    @property
    def refused(self) -> tuple[InspectedLayer, ...]:
        """The layers that would not be loaded."""
        return tuple(layer for layer in self.layers if layer.refused)


def inspect_model(filepath: str | os.PathLike[str]) -> Inspection:
    """Shows what a `.h5`, `.keras` or JSON file holds; nothing in it is run, and no weights are read.

    Args:
        filepath: The file.

    Raises:
        FileFormatError: The file is missing, broken, or holds no model's description.
    """
    kind = kind_of(filepath)
    if kind in ("archive", "folder"):
        said, config, weights = read_members(filepath)
        version = major(said, otherwise=3)
        found = Inspection(version, config, _layers(config, version), {})
        try:
            with opened(io.BytesIO(weights), f"{filepath}/{WEIGHTS_MEMBER}") as file:
                return _with_weights(found, dict(_in_tree(file)))
        except FileFormatError as error:
            return replace(found, problem=str(error))
    if kind == "index":
        return _in_text(filepath)
    with opened(filepath) as file:
        version, config = version_of(file), config_of(file, filepath)
        found = Inspection(version, config, _layers(config, version), {})
        try:
            return _with_weights(found, dict(_in_layers(child_group(file, WEIGHTS))))
        except FileFormatError as error:
            return replace(found, problem=str(error))


def _in_text(filepath: str | os.PathLike[str]) -> Inspection:
    """What a description by `to_json` holds."""
    with open(filepath, "rb") as file:
        text = file.read(MAX_BYTES + 1)
    config = parse_json(text, "The model's description")
    if not isinstance(config, dict) or "class_name" not in config:
        raise FileFormatError(f"'{filepath}' describes no model: it names no class.")
    version = major(config.get("keras_version"), otherwise=3)
    return Inspection(version, config, _layers(config, version), {})


def _layers(config: Any, version: int) -> tuple[InspectedLayer, ...]:
    with MemoryLimit(_WORKING_SPACE, "no layer needs so much before it has weights"):
        found: list[InspectedLayer] = []
        for layer in _inspected(config, "", version):
            found.append(layer)
            if len(found) > MAX_LAYERS:
                raise FileFormatError(f"The config has more than {MAX_LAYERS:,} layers.")
        return tuple(found)


def _inspected(config: Any, prefix: str, version: int, depth: int = 0) -> Iterator[InspectedLayer]:
    inner = config.get("config") if isinstance(config, dict) else None
    class_name = str(config.get("class_name")) if isinstance(config, dict) else type(config).__name__
    entries = inner.get("layers") if isinstance(inner, dict) else inner
    own = inner.get("name", "") if isinstance(inner, dict) else ""
    name = str(config.get("name", own) if isinstance(config, dict) else own)
    if class_name in model_classes and isinstance(entries, list):
        inside = f"{prefix}{name}/" if depth else ""
        for entry in entries:
            yield from _inspected(entry, inside, version, depth + 1)
        return
    refused = what = ""
    try:
        read_layer(config, Reading(keras_version=version))
    except RefusedError as error:
        refused, what = str(error), error.what
    except FileFormatError as error:
        refused = str(error)
    nodes = config.get("inbound_nodes", ()) if isinstance(config, dict) else ()
    yield InspectedLayer(f"{prefix}{name}", class_name, inner, refused, what, nodes)


def _with_weights(found: Inspection, places: dict[str, tuple[str, tuple[int, ...]]]) -> Inspection:
    """The inspection with the weights, which also go to the layers that own them."""
    of_layers: dict[str, Shapes] = {}
    for place, (owner, shape) in places.items():
        of_layers.setdefault(owner, {})[place] = shape
    known = {layer.name for layer in found.layers}
    for owner in list(of_layers):
        # What is inside of a layer, as the cell of a recurrent one, is the layer's.
        outer = owner
        while outer and outer not in known:
            outer = outer.rpartition("/")[0]
        if outer and outer != owner:
            of_layers.setdefault(outer, {}).update(of_layers[owner])
    layers = tuple(replace(layer, weights=of_layers.get(layer.name, {})) for layer in found.layers)
    return replace(found, layers=layers, weights={place: shape for place, (_, shape) in places.items()})


def _in_layers(group: h5py.Group) -> Iterator[tuple[str, tuple[str, tuple[int, ...]]]]:
    """Places of the weights in the layout of Keras 2, with the layer and the shape.

    A model inside of the model is one layer there; the names of its weights tell those inside.
    """
    for layer in stored_layers(group):
        for dataset in layer.datasets:
            place = str(dataset.name).removeprefix(f"/{WEIGHTS}/")
            inside = place.removeprefix(f"{layer.name}/").rpartition("/")[0]
            owner = inside if inside.startswith(f"{layer.name}/") else f"{layer.name}/{inside}"
            yield place, (layer.name if inside == layer.name else owner, dataset.shape)


def _in_tree(file: h5py.File) -> Iterator[tuple[str, tuple[str, tuple[int, ...]]]]:
    """Places of the weights in the layout of Keras 3, by hard links only, each group once."""
    pending: list[tuple[str, h5py.Group, str]] = [("", file, "")]
    seen: set[Any] = set()
    members = 0
    while pending:
        prefix, group, owner = pending.pop()
        if group.id in seen:
            continue
        seen.add(group.id)
        names = list(map(str, group))
        members += len(names)
        if members > _MAX_MEMBERS or len(prefix) > _LONGEST_PATH:
            raise FileFormatError(f"The file has more than {_MAX_MEMBERS:,} members, or groups too deep.")
        owner = f"{owner}/{_name_in(group)}".strip("/") if prefix and "vars" in names else owner
        for name in names:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise RefusedError(f"'{prefix}{name}' is a link to somewhere else.", what=name)
            if group.get(name, getclass=True) is h5py.Group:
                pending.append((f"{prefix}{name}/", child_group(group, name), owner))
            else:
                yield f"{prefix}{name}", (owner, child_dataset(group, name).shape)


def _name_in(group: h5py.Group) -> str:
    """The name of the layer a group is about, which stands beside its own weights."""
    link = group.get("vars", getlink=True)
    held = child_group(group, "vars") if isinstance(link, h5py.HardLink) else group
    return text_attribute(held, "name") or ""
