"""Weights of layers as earlier versions stored them, brought into today's shapes and order.

Source: the layouts are those of the layers of Keras 1.2.2 and of Keras 2's layers for graphics cards. cuDNN
keeps the matrix of each gate turned, and one bias for the inputs and one for the state
(https://docs.nvidia.com/deeplearning/cudnn/, recurrent neural networks).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from runtime.layers.conv_lstm_cell import ConvLSTMCell
from runtime.layers.convolution import Convolution
from runtime.layers.gru import GRUCell
from runtime.layers.lstm import LSTMCell
from runtime.layers.transposed_convolution import TransposedConvolution

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Writer:
    """What wrote a file.

    Args:
        version: Major version of Keras.
        backend: The library that computed for it: "theano" turned filters round.
    """

    version: int = 3
    backend: str = ""


@dataclass(frozen=True)
class FormerWeights:
    """How the weights of a layer lie in a file.

    Args:
        count: Number of arrays.
        convert: Makes today's weights of them.
    """

    count: int
    convert: Callable[[list[Array]], list[Array]]


def former_weights(
    owner: Any, weights: Sequence[torch.Tensor], stored: Sequence[Shape], writer: Writer
) -> FormerWeights | None:
    """How earlier versions stored a layer's weights; None if a file holds them as they are now.

    Args:
        owner: The layer that has the weights, and none of the layers inside it.
        weights: Its weights.
        stored: Shapes of the arrays in the file, from the first of this layer on.
        writer: What wrote the file.
    """
    shapes = [tuple(weight.shape) for weight in weights]
    if isinstance(owner, LSTMCell | GRUCell | ConvLSTMCell):
        return _recurrent(owner, shapes, stored, writer)
    # All but the kernel lies as it does now.
    same = len(stored) >= len(shapes) > 0 and list(stored[1 : len(shapes)]) == shapes[1:]
    if same and isinstance(owner, Convolution | TransposedConvolution):
        turned = _turned_kernel(owner, shapes[0], stored[0], writer)
        if turned is not None:
            return FormerWeights(len(weights), lambda arrays: [turned(arrays[0]), *arrays[1:]])
    return None


def _recurrent(
    owner: Any, shapes: list[Shape], stored: Sequence[Shape], writer: Writer
) -> FormerWeights | None:
    gates = owner.gates
    parts = _shapes_of_a_gate(owner, shapes, gates)
    if len(shapes) == 3 and list(stored[: 3 * gates]) == parts * gates:
        return FormerWeights(3 * gates, _Gates(gates, owner))
    if isinstance(owner, ConvLSTMCell):
        turn = writer.backend == "theano" and list(stored[: len(shapes)]) == shapes
        flipped = FormerWeights(len(shapes), lambda arrays: [*map(_flipped, arrays[:2]), *arrays[2:]])
        return flipped if turn else None
    # A GRU that resets before the sums has no place for the second bias.
    together = (4 * owner.units,) if gates == 4 else (2, 3 * owner.units)
    of_card = [*shapes[:2], (2 * gates * owner.units,)]
    if len(shapes) == 3 and shapes[2] == together and list(stored[:3]) == of_card:
        return FormerWeights(3, _graphics_card(gates, together))
    return None


def _shapes_of_a_gate(owner: Any, shapes: list[Shape], gates: int) -> list[Shape]:
    """Shapes of one gate's arrays in Keras 1: input, state and bias."""
    parts = [(*shape[:-1], shape[-1] // gates) for shape in shapes]
    if isinstance(owner, ConvLSTMCell) and owner.data_format == "channels_first":
        parts = [(*part[:-3:-1], *part[:-2]) if len(part) > 1 else part for part in parts]
    return parts


class _Gates:
    """Keras 1 stored input, state and bias of each gate one after another; LSTMs in the order i, c, f, o.

    Args:
        gates: How many there are.
        owner: The cell.
    """

    def __init__(self, gates: int, owner: Any) -> None:
        self.order = (0, 2, 1, 3) if gates == 4 else (0, 1, 2)
        self.first = isinstance(owner, ConvLSTMCell) and owner.data_format == "channels_first"

    def __call__(self, arrays: list[Array]) -> list[Array]:
        """The three arrays of today: gates beside one another."""
        found: list[Array] = []
        for kind in range(3):
            parts = [arrays[3 * gate + kind] for gate in self.order]
            if self.first and kind < 2:
                parts = [part.transpose(2, 3, 1, 0) for part in parts]
            found.append(np.concatenate(parts, axis=-1))
        return found


def _graphics_card(gates: int, bias_shape: Shape) -> Callable[[list[Array]], list[Array]]:
    def convert(arrays: list[Array]) -> list[Array]:
        kernel, recurrent, bias = arrays
        kernels = [part.T.reshape(part.shape, order="F") for part in np.split(kernel, gates, axis=1)]
        recurrents = [part.T for part in np.split(recurrent, gates, axis=1)]
        # An LSTM adds both biases at the same place; a GRU needs them apart.
        biases = bias.reshape(2, -1)
        together = biases.sum(0) if len(bias_shape) == 1 else biases
        return [np.concatenate(kernels, axis=1), np.concatenate(recurrents, axis=1), together]

    return convert


def _turned_kernel(
    owner: Any, shape: Shape, stored: Shape, writer: Writer
) -> Callable[[Array], Array] | None:
    """How a filter of Keras 1 or of Theano becomes one of today; None if it is one."""
    axes = _axes_of_keras_1(owner, shape, stored) if writer.version < 2 else None
    turn = writer.backend == "theano" and (axes is not None or stored == shape)
    if axes is None and not turn:
        return None

    def turned(kernel: Array) -> Array:
        kernel = kernel if axes is None else kernel.transpose(axes).reshape(shape)
        return _flipped(kernel) if turn else kernel

    return turned


def _flipped(kernel: Array) -> Array:
    """Theano convolved in the strict sense: the filter slides over the input the other way round."""
    return np.flip(kernel, tuple(range(kernel.ndim - 2)))


def _axes_of_keras_1(owner: Any, shape: Shape, stored: Shape) -> tuple[int, ...] | None:
    """The order in which today's axes lie in a kernel of Keras 1; None if none fits."""
    rank = len(shape) - 2
    spatial = tuple(range(2, 2 + rank))
    transposed = isinstance(owner, TransposedConvolution)
    wanted = shape
    if rank == 1:
        # A picture of width 1; before 1.2, its filters came first.
        order: tuple[int, ...] = (0, 1, 2, 3) if stored[1:2] == (1,) else (2, 3, 1, 0)
        wanted = (shape[0], 1, *shape[1:])
    elif owner.data_format == "channels_first":
        order = (*spatial, 0, 1) if transposed else (*spatial, 1, 0)
    else:
        order = (*range(rank), rank + 1, rank) if transposed else tuple(range(rank + 2))
    fits = len(stored) == len(order) and tuple(stored[axis] for axis in order) == wanted
    return order if fits else None
