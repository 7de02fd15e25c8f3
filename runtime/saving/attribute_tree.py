"""Weights in HDF5 by the attributes that hold the layers: the layout of `.weights.h5` since Keras 3.

Every layer has a group `<path>/vars` with datasets "0", "1", …; the path leads through attributes, and
through lists by class names: `layers/dense_1/vars/0`, `layers/bidirectional/forward_layer/cell/vars/2`.
A plain torch module has the names of its own state in place of numbers: `layers/mine/linear/vars/weight`.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import h5py
import torch
from torch import nn

from runtime.errors import FileFormatError, RefusedError
from runtime.layers import Layer
from runtime.layers.learning import LearnsFromData
from runtime.layers.weights import Weight, WeightOwner, as_weights
from runtime.registries import snake_case
from runtime.saving.h5_layers import assign
from runtime.saving.h5_reading import child_dataset, child_group
from runtime.saving.h5_writing import write_array
from runtime.saving.optimizer_state import restore

OPTIMIZER = "optimizer"


@dataclass(frozen=True)
class Place:
    """One layer, or plain torch module, and where its weights lie.

    Args:
        path: Path of its group.
        layer: The layer.
        weights: Its own weights by their names in the group, without those of the layers inside it.
    """

    path: str
    layer: nn.Module
    weights: dict[str, torch.Tensor]

    @property
    def label(self) -> str:
        """Kind and name for messages."""
        kind = type(self.layer).__name__
        return getattr(self.layer, "label", f"{kind} '{self.path.rpartition('/')[2]}'")

    @property
    def group(self) -> str:
        """Path of the group that holds the weights."""
        return f"{self.path}/vars".lstrip("/")


def places(model: Layer) -> Iterator[Place]:
    """All layers of a model with their paths, each once, in the order they are written."""
    # Keeps what it has seen alive: the id of a list that is gone may be another's.
    seen: dict[int, Any] = {}
    pending: list[tuple[str, Any]] = [("", model)]
    while pending:
        path, held = pending.pop()
        if id(held) in seen:
            continue
        seen[id(held)] = held
        if isinstance(held, WeightOwner) and not hasattr(held, "wrapped_module"):
            own = sorted(_own_weights(held), key=lambda weight: not weight.can_train)
            yield Place(path, held, {str(number): weight for number, weight in enumerate(own)})
            inside = _attributes(held)
        elif isinstance(held, nn.Module):
            module: nn.Module = getattr(held, "wrapped_module", held)
            yield Place(path, held, module.state_dict(keep_vars=True))
            inside = ()
        else:
            inside = _items(held)
        pending += [(f"{path}/{name}".lstrip("/"), value) for name, value in reversed(list(inside))]


def write_tree(file: h5py.Group, model: Any, *, include_optimizer: bool = True) -> None:
    """Writes the weights of a model, and the state of its optimizer if it has begun to train."""
    for place in places(model):
        group = file.create_group(place.group)
        group.attrs["name"] = getattr(place.layer, "name", type(place.layer).__name__)
        for name, weight in place.weights.items():
            write_array(group, name, weight)
        if isinstance(place.layer, LearnsFromData):
            for name, array in place.layer.learnt_arrays().items():
                group.create_dataset(name, data=array)
    optimizer = getattr(model, "optimizer", None)
    if include_optimizer and optimizer is not None and optimizer.built:
        _write_optimizer(file.create_group(OPTIMIZER), optimizer)


def _write_optimizer(group: h5py.Group, optimizer: Any) -> None:
    variables = group.create_group("vars")
    variables.attrs["name"] = optimizer.name
    for number, (_, tensor) in enumerate(optimizer.variables):
        write_array(variables, str(number), tensor)
    # Keras looks for optimizers inside of another here, too.
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        _write_optimizer(group.create_group("inner_optimizer"), inner)
    for name, one in _named(getattr(optimizer, "optimizers", ())):
        _write_optimizer(group.create_group(f"optimizers/{name}"), one)


Tree = h5py.Group | Sequence[h5py.Group]
"""The group at the top of a file, or those of several files that hold the weights together."""


def load_tree(tree: Tree, model: Any, *, skip_mismatch: bool = False) -> None:
    """Gives a model the weights in a file.

    Args:
        tree: The group at the top, or those of several files.
        model: The model; it must be built.
        skip_mismatch: True leaves a layer that does not fit as it is, with a warning.

    Raises:
        FileFormatError: A layer is missing in the file or does not fit; nothing is changed then.
    """
    pairs: list[tuple[torch.Tensor, h5py.Dataset]] = []
    known: set[str] = set()
    for place in places(model):
        known |= {"/".join(place.path.split("/")[:2])}
        if not place.weights:
            continue
        try:
            pairs += zip(place.weights.values(), _datasets(_files(tree), place), strict=True)
        except RefusedError:
            raise
        except FileFormatError as error:
            if not skip_mismatch:
                raise
            warnings.warn(f"Skipped: {error}", stacklevel=4)
    unknown = [name for file in _files(tree) for name in _layers_with_weights(file) if name not in known]
    if unknown:
        warnings.warn(
            f"The file also holds weights of {len(unknown)} layers that model '{model.name}' does not have: "
            f"{', '.join(unknown)[:200]}.",
            stacklevel=4,
        )
    assign(pairs)


def load_optimizer_state(tree: Tree, model: Any) -> None:
    """Gives the optimizer of a compiled model the state in a file, if there is one."""
    optimizer = getattr(model, "optimizer", None)
    files = [file for file in _files(tree) if file.get(OPTIMIZER, getlink=True) is not None]
    if optimizer is None or not files:
        return
    members = _members([child_group(file, f"{OPTIMIZER}/vars") for file in files])
    found = [members.get(str(number)) for number in range(len(members))]
    restore(
        optimizer, model, [child_dataset(group, str(n)) for n, group in enumerate(found) if group is not None]
    )


def _files(tree: Tree) -> Sequence[h5py.Group]:
    return [tree] if isinstance(tree, h5py.Group) else tree


def _members(groups: Sequence[h5py.Group]) -> dict[str, h5py.Group]:
    """In which group each dataset lies."""
    return {str(name): group for group in reversed(groups) for name in group}


def _datasets(files: Sequence[h5py.Group], place: Place) -> list[h5py.Dataset]:
    groups = [found for file in files if (found := _group(file, place.group)) is not None]
    if not groups:
        raise FileFormatError(
            f"{place.label}: the file holds no weights for it; there is nothing at '{place.group}'.",
            hint="The file belongs to another model; skip_mismatch=True leaves such layers as they are.",
        )
    members = _members(groups)
    if len(members) != len(place.weights):
        raise FileFormatError(
            f"{place.label} has {len(place.weights)} weights, but the file holds {len(members)} "
            f"in '{groups[0].name}'.",
            hint="The file belongs to another model.",
        )
    datasets = [child_dataset(members.get(name, groups[0]), name) for name in place.weights]
    for (name, weight), dataset in zip(place.weights.items(), datasets, strict=True):
        if tuple(weight.shape) != dataset.shape:
            raise FileFormatError(
                f"{place.label}: its weight '{getattr(weight, 'name', '') or name}' has shape "
                f"{tuple(weight.shape)}, but the file holds {dataset.shape} for it.",
                hint="The file belongs to a model of other sizes.",
            )
    return datasets


def _layers_with_weights(file: h5py.Group) -> list[str]:
    """Paths of the entries in the list of layers that hold weights of their own."""
    if file.get("layers", getlink=True) is None:
        return []
    layers = child_group(file, "layers")
    found = [f"layers/{name}" for name in layers]
    return [path for path in found if (own := _group(file, f"{path}/vars")) is not None and len(own)]


def _own_weights(layer: WeightOwner) -> list[Weight]:
    """Weights that the layer made, then parameters of torch that it was given by hand."""
    return [*layer._own_weights, *as_weights(layer, own=layer._own_weights)]


def _group(file: h5py.Group, path: str) -> h5py.Group | None:
    """The group of a layer's weights, None if there is none; Keras 2 kept some layers under other names.

    In 2.13 a model's list of layers was called `_layer_checkpoint_dependencies`, and parts of layers, such
    as the projections of attention, had private names.

    Raises:
        RefusedError: A link on the way does not stay in the file.
    """
    *outer, last, _ = ["", *path.split("/")]
    private = "/".join([*outer, f"_{last}", "vars"]).lstrip("/")
    for former in (path, private):
        for name in (former, former.replace("layers/", "_layer_checkpoint_dependencies/")):
            try:
                return child_group(file, name)
            except RefusedError:
                raise
            except FileFormatError:
                continue
    return None


def _attributes(layer: WeightOwner) -> Iterator[tuple[str, Any]]:
    """Attributes that hold layers: a model's list of layers where the alphabet has it, private names last.

    Functional and sequential models have no more than that list.
    """
    names = set(vars(layer)) | set(layer._modules) | _properties(type(layer))
    names = {name for name in names - _of_every_layer() if not name.startswith("item_")}
    if hasattr(layer, "read_config"):
        names = set()
    if hasattr(layer, "layers"):
        names.add("layers")
    known: dict[str, str] = getattr(layer, "_names_in_files", {})
    for in_file, name in sorted(
        ((known.get(name, name), name) for name in names),
        key=lambda pair: f"~{pair[0]}" if pair[0].startswith("_") else pair[0],
    ):
        value = layer._modules.get(name, vars(layer).get(name))
        if value is None:
            with suppress(Exception):  # a property may not be ready
                value = getattr(layer, name)
        if isinstance(value, nn.Module) or _holds_layers(value):
            yield in_file, value


def _items(held: Any) -> Iterator[tuple[str, Any]]:
    """Layers in a list or dict, by class and number: dense, dense_1, …; a list is a container."""
    items: Iterable[Any] = held.values() if isinstance(held, dict) else held
    return _named(item for item in items if isinstance(item, nn.Module) or _holds_layers(item))


def _named(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    used: dict[str, int] = {}
    for item in items:
        plain = isinstance(item, list | tuple | dict)
        stem = "container" if plain else getattr(item, "_class_in_files", "") or type(item).__name__
        number = used[stem] = used.get(stem, -1) + 1
        yield snake_case(f"{stem}_{number}" if number else stem), item


def _holds_layers(value: Any) -> bool:
    if not isinstance(value, list | tuple | dict):
        return False
    items: list[Any] = list(value.values()) if isinstance(value, dict) else list(value)
    return any(isinstance(item, nn.Module | list | tuple | dict) for item in items)


@cache
def _properties(cls: type) -> frozenset[str]:
    """Properties a layer class adds: some give a layer another, public name."""
    return frozenset(
        name for base in cls.__mro__ for name, value in vars(base).items() if isinstance(value, property)
    )


@cache
def _of_every_layer() -> frozenset[str]:
    return frozenset(dir(Layer(name="reference")))
