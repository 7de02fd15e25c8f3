"""Which arrays of a file belong to which weights of a layer, also where an earlier Keras stored others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import h5py
import numpy.typing as npt
import torch

from runtime.errors import FileFormatError
from runtime.layers import Layer
from runtime.layers.former_weights import Writer, former_weights
from runtime.layers.weights import Weight
from runtime.saving.h5_reading import read_values

Array = npt.NDArray[Any]


class _Converted:
    """Arrays that become the weights of one layer together; read when the first of them is needed.

    Args:
        datasets: The arrays.
        convert: Makes the weights of them.
    """

    def __init__(
        self, datasets: Sequence[h5py.Dataset], convert: Callable[[list[Array]], list[Array]]
    ) -> None:
        self.datasets = datasets
        self.convert = convert

    @cached_property
    def arrays(self) -> list[Array]:
        """The weights.

        Raises:
            FileFormatError: The arrays do not go together.
        """
        try:
            return self.convert([read_values(dataset) for dataset in self.datasets])
        except (ValueError, IndexError) as error:
            where = self.datasets[0].name
            raise FileFormatError(f"The weights from '{where}' on do not fit together: {error}.") from error


@dataclass(frozen=True)
class Converted:
    """One weight made of arrays as an earlier Keras stored them.

    Args:
        together: All weights of the layer.
        place: Which of them it is.
    """

    together: _Converted
    place: int


Source = h5py.Dataset | Converted


def values_of(source: Source) -> Array:
    """The numbers for a weight."""
    if isinstance(source, Converted):
        return source.together.arrays[source.place]
    return read_values(source)


def sources(
    weights: Sequence[Weight], layer: Layer, datasets: Sequence[h5py.Dataset], writer: Writer
) -> tuple[list[tuple[torch.Tensor, Source]], int]:
    """The weights of a layer with what a file holds for each; and how many arrays the layer would take.

    Args:
        weights: The weights in the order of the file, those of layers inside included.
        layer: The layer.
        datasets: The arrays in the file.
        writer: What wrote the file.
    """
    pairs: list[tuple[torch.Tensor, Source]] = []
    rest = list(datasets)
    wanted = 0
    for owner, own in _by_owner(weights, layer):
        former = former_weights(owner, own, [dataset.shape for dataset in rest], writer)
        count = former.count if former else len(own)
        taken, rest = rest[:count], rest[count:]
        wanted += count
        if former:
            together = _Converted(taken, former.convert)
            pairs += [(weight, Converted(together, place)) for place, weight in enumerate(own)]
        else:
            pairs += zip(own, taken, strict=False)
    return pairs, wanted


def _by_owner(weights: Sequence[Weight], layer: Layer) -> Iterator[tuple[Any, list[Weight]]]:
    """Weights of one layer that stand one behind the other."""
    owners = {id(weight): one for one in layer.flatten_layers() for weight in one._own_weights}
    for _, group in groupby(weights, key=lambda weight: id(owners.get(id(weight)))):
        own = list(group)
        yield owners.get(id(own[0])), own
