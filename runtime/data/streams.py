"""Batches that come one after the other: from a generator, a `PyDataset`, or a torch data loader."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, count
from typing import Any

import torch

from runtime.data.batches import Batch, Batches
from runtime.data.class_weights import class_sample_weights
from runtime.data.conversion import as_tensors
from runtime.data.nested import flatten, map_leaves, packer, unpack_x_y_sample_weight
from runtime.data.py_dataset import PyDataset
from runtime.data.transfer import on_device
from runtime.errors import DataError


class StreamBatches(Batches):
    """Batches as something iterable gives them.

    Args:
        source: Called for every pass; returns the batches: inputs, or tuples (inputs, targets, weights).
        length: How many there are in a pass; None if that is not known.
        steps: How many batches make an epoch; None for all.
        device: Where the tensors of a batch shall be.
        class_weight: Class id → weight.
    """

    def __init__(
        self,
        source: Callable[[], Iterator[Any]],
        length: int | None,
        *,
        steps: int | None,
        device: torch.device,
        class_weight: Mapping[Any, Any] | None = None,
    ) -> None:
        super().__init__(steps, device)
        self._source = source
        self._length = length
        self._class_weight = class_weight
        self._peeked: tuple[Batch, Iterator[Any]] | None = None

    @property
    def available_steps(self) -> int | None:
        """Number of batches in a pass, if it is known."""
        return self._length

    def first(self) -> Batch:
        """The first batch; the next pass begins with it."""
        if self._peeked is None:
            iterator = self._source()
            try:
                self._peeked = (self._tensors(next(iterator)), iterator)
            except StopIteration:
                raise DataError(
                    "There is no data: the generator or data set gives no batch.",
                    hint="A generator that was used up must be made anew.",
                ) from None
        return tuple(map_leaves(lambda leaf: leaf.to(self.device), one) for one in self._peeked[0])  # type: ignore[return-value]

    def one_pass(self) -> Iterator[Batch]:
        """The batches of one pass."""
        if self._peeked is not None:
            (first, rest), self._peeked = self._peeked, None
            batches = chain([first], map(self._tensors, rest))
        else:
            batches = map(self._tensors, self._source())
        return (self._arranged(batch) for batch in batches)

    def _tensors(self, data: Any) -> Batch:
        x, y, weight = unpack_x_y_sample_weight(data)
        x = as_tensors(x, "x")
        # Targets are looked at some steps later: a generator may use its array anew before that.
        y, weight = (
            map_leaves(torch.clone, as_tensors(one, name)) for one, name in ((y, "y"), (weight, "weights"))
        )
        if self._class_weight is not None:
            if weight is not None:
                raise DataError(
                    "The data has sample weights already, and class_weight was given too.",
                    hint="Use one of them.",
                )
            weight = class_sample_weights(y, self._class_weight)
        return x, y, weight

    def _arranged(self, batch: Batch) -> Batch:
        x, y, weight = self._arrange(*batch) if self._arrange else batch
        leaves = flatten(x)
        dtypes = [*self._dtypes, *[None] * (len(leaves) - len(self._dtypes))]
        moved = [on_device(leaf, self.device) for leaf in leaves]
        converted = [
            leaf if dtype is None else leaf.to(dtype) for leaf, dtype in zip(moved, dtypes, strict=True)
        ]
        y, weight = (map_leaves(lambda leaf: on_device(leaf, self.device), one) for one in (y, weight))
        return packer(x)[0](converted), y, weight


def iterator_source(iterator: Iterator[Any]) -> Callable[[], Iterator[Any]]:
    """Source for something that can be gone through only once."""
    return lambda: iterator


def iterable_source(iterable: Iterable[Any]) -> Callable[[], Iterator[Any]]:
    """Source for something that can be gone through again and again."""
    return lambda: iter(iterable)


def py_dataset_source(dataset: PyDataset, *, shuffle: bool) -> Callable[[], Iterator[Any]]:
    """Source for a `PyDataset`: batches in order or shuffled, made ahead in threads if it has workers."""

    def batches() -> Iterator[Any]:
        dataset.on_epoch_begin()
        length = dataset.num_batches
        order: Iterable[int] = count() if length is None else range(length)
        if shuffle and length is not None:
            order = random.sample(range(length), length)
        if dataset.workers > 1:
            yield from _made_ahead(dataset, order)
        else:
            yield from map(dataset.__getitem__, order)
        dataset.on_epoch_end()

    return batches


def _made_ahead(dataset: PyDataset, order: Iterable[int]) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(dataset.workers) as pool:
        for index in order:
            waiting.append(pool.submit(dataset.__getitem__, index))
            if len(waiting) > dataset.max_queue_size:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
