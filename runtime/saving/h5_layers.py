"""Weights in HDF5, layer by layer: the layout of `.h5` files since Keras 1.

A group has the attribute "layer_names"; each layer's group has "weight_names" and the arrays. A layer lists
the weights that are trained before the others; a nested model counts as one layer.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import torch

from runtime.errors import FileFormatError
from runtime.layers import Layer
from runtime.layers.former_weights import Writer
from runtime.layers.weights import Weight
from runtime.saving.former_arrays import Converted, Source, sources, values_of
from runtime.saving.h5_reading import (
    check_sizes,
    child_dataset,
    child_group,
    name_list,
    text_attribute,
)
from runtime.saving.h5_writing import KERAS_VERSION, write_arrays, write_names
from runtime.saving.versions import major

TOP_LEVEL = "top_level_model_weights"
_MOST_LAYERS = 2_500


@dataclass(frozen=True)
class StoredLayer:
    """Weights of one layer as they lie in a file, not yet read.

    Args:
        name: Name of the layer.
        datasets: Its weights, in order.
    """

    name: str
    datasets: list[h5py.Dataset]


def write_layers(group: h5py.Group, model: Any) -> None:
    """Writes the weights of all layers of a model."""
    layers: list[Layer] = model.layers
    write_names(group, "layer_names", [layer.name for layer in layers])
    group.attrs["backend"] = "torch"
    group.attrs["keras_version"] = KERAS_VERSION
    # In order of names: the group "a" must be there before the group "a/b".
    for layer in sorted(layers, key=lambda layer: layer.name):
        write_arrays(group.create_group(layer.name), _named(in_file_order(layer)))
    write_arrays(group.create_group(TOP_LEVEL), _named(own_weights(model)))


def stored_layers(group: h5py.Group) -> list[StoredLayer]:
    """What a file holds for each layer, with nothing read yet.

    Raises:
        FileFormatError: The group has not this layout, or is broken.
    """
    names = name_list(group, "layer_names")
    if names is None:
        raise FileFormatError(
            f"'{group.name}' lists no layers.",
            hint="This is not a file of weights in the layout of Keras's .h5.",
        )
    if len(set(names)) < len(names) or len(names) > _MOST_LAYERS:
        raise FileFormatError(
            f"'{group.name}' lists {len(names):,} layers: more than {_MOST_LAYERS:,}, or one of them twice."
        )
    return [_stored_layer(group, name) for name in names]


def stored_size(layers: Sequence[StoredLayer]) -> int:
    """Bytes of all weights in a file.

    Raises:
        RefusedError: They are far more than the file can hold.
    """
    return check_sizes([dataset for layer in layers for dataset in layer.datasets])


def load_layers(
    group: h5py.Group, model: Any, *, skip_mismatch: bool = False, found: list[StoredLayer] | None = None
) -> None:
    """Gives a model the weights in a file, the layers that have weights taken in their order.

    Args:
        group: The group with the layers.
        model: The model; it must be built.
        skip_mismatch: True leaves a weight whose shape differs as it is, with a warning.
        found: What `stored_layers` found in the group, if it was asked already.

    Raises:
        FileFormatError: The layers or shapes do not agree; nothing is changed then.
    """
    stored = [layer for layer in found or stored_layers(group) if layer.datasets]
    layers = [layer for layer in model.layers if layer.weights]
    by_name = {layer.name: layer for layer in layers}
    if len(stored) != len(layers):
        raise FileFormatError(
            f"The file holds weights of {len(stored)} layers, but model '{model.name}' has {len(layers)} "
            f"layers with weights{_first_difference(stored, layers)}.",
            hint="Load by_name=True to take only those whose names agree.",
        )
    # A file of this very model names its layers; in a file of another, only their order counts.
    if {layer.name for layer in stored} == set(by_name):
        layers = [by_name[layer.name] for layer in stored]
    pairs = list(zip(layers, stored, strict=True))
    _load(pairs, model, group, skip_mismatch=skip_mismatch)


def load_layers_by_name(group: h5py.Group, model: Any, *, skip_mismatch: bool = False) -> None:
    """Gives the layers whose names are in a file the weights there; the others stay as they are.

    Args:
        group: The group with the layers.
        model: The model; it must be built.
        skip_mismatch: True leaves a layer that does not fit as it is, with a warning.

    Raises:
        FileFormatError: A layer of the same name does not fit; nothing is changed then.
    """
    by_name = {layer.name: layer for layer in model.layers}
    pairs = [(by_name[stored.name], stored) for stored in stored_layers(group) if stored.name in by_name]
    _load(pairs, model, group, skip_mismatch=skip_mismatch)


def in_file_order(layer: Layer) -> list[Weight]:
    """Weights of a layer as files list them: those that are trained come first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def own_weights(model: Any) -> list[Weight]:
    """Weights a model has besides those of its layers."""
    of_layers = {id(weight) for layer in model.layers for weight in layer.weights}
    return [weight for weight in in_file_order(model) if id(weight) not in of_layers]


def version_of(holder: h5py.Group) -> int:
    """Major version of the Keras that wrote a file or group; 1 if it does not say."""
    return major(text_attribute(holder, "keras_version"), otherwise=1)


def assign(pairs: Sequence[tuple[torch.Tensor, Source]]) -> None:
    """Copies checked arrays into weights of the same shape."""
    with torch.no_grad():
        for weight, source in pairs:
            weight.copy_(torch.from_numpy(values_of(source).copy()))


def _stored_layer(group: h5py.Group, name: str) -> StoredLayer:
    found = child_group(group, name)
    names = name_list(found, "weight_names")
    if names is None:
        raise FileFormatError(f"'{found.name}' lists no weights.")
    return StoredLayer(name, [child_dataset(found, weight) for weight in names])


def _stored_own(group: h5py.Group) -> StoredLayer | None:
    return _stored_layer(group, TOP_LEVEL) if group.get(TOP_LEVEL, getlink=True) is not None else None


def _load(
    pairs: list[tuple[Layer, StoredLayer]], model: Any, group: h5py.Group, *, skip_mismatch: bool
) -> None:
    """Checks everything, then copies."""
    writer = Writer(version_of(group), text_attribute(group, "backend") or "")
    found: list[tuple[torch.Tensor, Source]] = []
    for layer, stored in pairs:
        label = layer.label if layer.name == stored.name else f"{layer.label} ('{stored.name}' in the file)"
        weights = in_file_order(layer)
        found += _matched(weights, layer, stored, writer, label, skip_mismatch=skip_mismatch)
    own = _stored_own(group)
    if own is not None:
        label = f"Model '{model.name}' itself"
        found += _matched(own_weights(model), model, own, writer, label, skip_mismatch=skip_mismatch)
    assign(found)


def _matched(
    weights: list[Weight],
    layer: Layer,
    stored: StoredLayer,
    writer: Writer,
    label: str,
    *,
    skip_mismatch: bool,
) -> list[tuple[torch.Tensor, Source]]:
    pairs, wanted = sources(weights, layer, stored.datasets, writer)
    problems: list[str] = []
    if wanted != len(stored.datasets):
        problems.append(
            f"{label} has {len(weights)} weights ({_listed([(one.name, one.shape) for one in weights])}), "
            f"but the file holds {len(stored.datasets)} for it ("
            + _listed([(str(one.name).rpartition("/")[2], one.shape) for one in stored.datasets])
            + ")."
        )
        pairs = []
    fitting: list[tuple[torch.Tensor, Source]] = []
    for (weight, source), own in zip(pairs, weights, strict=False):
        if isinstance(source, Converted) or tuple(weight.shape) == source.shape:
            fitting.append((weight, source))
        else:
            problems.append(
                f"{label}: its weight '{own.name}' has shape {tuple(weight.shape)}, "
                f"but the file holds {source.shape} for it."
            )
    if problems and not skip_mismatch:
        raise FileFormatError(problems[0], hint="The file belongs to a model of other sizes.")
    for problem in problems:
        warnings.warn(f"Skipped: {problem}", stacklevel=5)
    return fitting


def _listed(weights: list[tuple[str, Any]]) -> str:
    shown = ", ".join(f"{name} {tuple(shape)}" for name, shape in weights[:4])
    return f"{shown}, …" if len(weights) > 4 else shown or "none"


def _named(weights: list[Weight]) -> list[tuple[str, torch.Tensor]]:
    return [(weight.path or weight.name, weight) for weight in weights]


def _first_difference(stored: list[StoredLayer], layers: list[Layer]) -> str:
    in_file, in_model = {one.name for one in stored}, {one.name for one in layers}
    missing = [layer.name for layer in layers if layer.name not in in_file]
    unknown = [layer.name for layer in stored if layer.name not in in_model]
    if len(missing) == len(layers) or not (missing or unknown):
        return ""
    return "".join(
        [
            f"; '{missing[0]}' is not in the file" if missing else "",
            f"; '{unknown[0]}' is not in the model" if unknown else "",
        ]
    )
