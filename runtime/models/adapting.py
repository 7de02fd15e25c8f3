"""Layers in a model that learn from the data before training: each from what the part before it gives out."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from runtime.data.nested import flatten
from runtime.errors import DataError
from runtime.layers import Layer
from runtime.layers.feature_normalization import as_array
from runtime.layers.learning import learner
from runtime.models.functional import Functional
from runtime.models.graph import Graph
from runtime.models.sequential import Sequential
from runtime.symbolic import KerasTensor, Node
from runtime.types import show_shape

_BATCH_SIZE = 256
_AT_ONCE = 256 * 2**20
"""Bytes of what comes out of a part of the model that are kept in memory; more is learnt batch by batch."""


def learning_layers(model: Any) -> list[Layer]:
    """The layers of a model that learn from data, in the order the data flow through them.

    Args:
        model: A functional or sequential model.
    """
    return [layer for node in _graph(model).nodes for layer in _learning(node.layer)]


def adapt_layers(model: Any, x: Any, report: Callable[[Layer], None] | None = None) -> list[Layer]:
    """Adapts every layer of a model that learns from data, the first one first.

    A layer in the middle learns from what the part before it makes of the data. What layers have learnt
    before is forgotten.

    Args:
        model: A functional or sequential model.
        x: Inputs to learn from: an array, or a list or dict of them; without the rows kept for validation.
        report: Called with each layer before it learns.

    Returns:
        The layers that have learnt.

    Raises:
        DataError: There are no data, or too few of them.
    """
    graph = _graph(model)
    arrays = _in_order(model, x)
    done: list[Layer] = []
    for node in graph.nodes:
        layer = node.layer
        if layer in done or not _learning(layer):
            continue
        data = [_data_at(graph.inputs, tensor, arrays) for tensor in node.inputs]
        if isinstance(layer, Functional | Sequential):
            done += adapt_layers(layer, [_whole(one) for one in data], report)
            continue
        if report is not None:
            report(layer)
        if (found := learner(layer)) is not None:
            found.adapt(data[0])
        _require_same_output(layer, node)
        done.append(layer)
    return done


def _graph(model: Any) -> Graph:
    """The calls of layers in a model.

    Raises:
        NotBuiltError: The model has no input yet.
    """
    return model.functional.graph if isinstance(model, Sequential) else model.graph


def _learning(layer: Layer) -> list[Layer]:
    """The layer itself, or the layers of a model in the place of a layer."""
    if isinstance(layer, Functional | Sequential):
        return learning_layers(layer)
    return [layer] if learner(layer) else []


def _in_order(model: Any, x: Any) -> list[Any]:
    """The arrays in the order of the model's inputs."""
    if isinstance(x, dict):
        x = [x[name] for name in model.input_names if name in x]
    arrays = flatten(x)
    if len(arrays) != len(model.inputs):
        raise DataError(
            f"{model.label} has {len(model.inputs)} inputs, but got {len(arrays)} arrays to learn from.",
            hint="Give one array for each input.",
        )
    return arrays


def _data_at(inputs: list[KerasTensor], tensor: KerasTensor, arrays: list[Any]) -> Any:
    """What flows through a place of the model: an array, or batches of it where it is large."""
    for given, values in zip(inputs, arrays, strict=True):
        if given is tensor:
            array = as_array(values)
            # A model takes one number a sample without an axis for it.
            return array[:, None] if array.ndim == 1 and len(tensor.shape) > 1 else array
    part: Any = Functional(inputs if len(inputs) > 1 else inputs[0], tensor)
    x = arrays if len(arrays) > 1 else arrays[0]
    sizes = [size or 1 for size in tensor.shape[1:]]
    if 4 * len(arrays[0]) * math.prod(sizes) <= _AT_ONCE:
        return np.asarray(part.predict(x, batch_size=_BATCH_SIZE, verbose=0))
    return _batches(part, arrays)


def _batches(part: Any, arrays: list[Any]) -> Iterator[Any]:
    for start in range(0, len(arrays[0]), _BATCH_SIZE):
        batch = [array[start : start + _BATCH_SIZE] for array in arrays]
        yield np.asarray(part.predict_on_batch(batch if len(batch) > 1 else batch[0]))


def _whole(data: Any) -> Any:
    return data if isinstance(data, np.ndarray | torch.Tensor) else np.concatenate(list(data))


def _require_same_output(layer: Layer, node: Node) -> None:
    """Layers behind are made for what the layer said it would give out.

    Raises:
        DataError: It has learnt less than that, for want of data.
    """
    shape = tuple(layer.compute_output_shape(node.inputs[0].shape))
    said = node.outputs[0].shape
    fits = all(now is None or size is None or now == size for now, size in zip(shape, said, strict=True))
    if not fits:
        raise DataError(
            f"{layer.label} was to give out {show_shape(said)}, but having learnt it gives "
            f"{show_shape(shape)}.",
            hint="There are too few different values in the data: ask for less, or use more data.",
        )
