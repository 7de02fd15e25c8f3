"""`BatchedDataset`: samples made one by one, given out in batches, with steps put behind each other."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import numpy as np
import torch

from runtime.data import PyDataset
from runtime.errors import DataError

Change = Callable[..., Any]


class BatchedDataset(PyDataset):
    """A data set that makes its batches when they are asked for.

    Args:
        samples: How many samples there are.
        batch: Makes a batch of the samples with given numbers.
        batch_size: Samples in a batch; None for single samples.
        shuffle: True for a new order in every pass.
        seed: Makes the orders; None for others in every run.
    """

    def __init__(
        self,
        samples: int,
        batch: Callable[[Sequence[int]], Any],
        batch_size: int | None = 32,
        *,
        shuffle: bool = False,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        if batch_size is not None and batch_size < 1:
            raise DataError(
                f"batch_size is {batch_size}.", hint="Give a whole number of at least 1, or None."
            )
        self.samples = samples
        self.batch_size = batch_size
        self.shuffle_samples = shuffle
        self.class_names: list[str] | None = None
        self.file_paths: list[str] = []
        self._batch = batch
        self._order = list(range(samples))
        self._random = random.Random(seed)
        self._first, self._end = 0, self._batches_of_all()
        self._changes: tuple[Change, ...] = ()
        self._kept: dict[int, Any] | None = None
        self._changes_before_keeping = 0

    def __len__(self) -> int:
        return self._end - self._first

    def __getitem__(self, index: int) -> Any:
        """One batch: inputs, or inputs and targets.

        Args:
            index: Its number.

        Raises:
            IndexError: There is none of that number.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"There is no batch {index}: there are {len(self)}.")
        place = self._first + index % len(self)
        batch, changes = self._kept_batch(place)
        return _changed(batch, changes)

    def __iter__(self) -> Iterator[Any]:
        self.on_epoch_begin()
        for index in range(len(self)):
            yield self[index]

    def on_epoch_begin(self) -> None:
        """Puts the samples into a new order, if they are shuffled."""
        if self.shuffle_samples and self._kept is None:
            self._random.shuffle(self._order)

    def cardinality(self) -> int:
        """How many batches there are."""
        return len(self)

    def take(self, count: int) -> Self:
        """The first batches.

        Args:
            count: How many; -1 for all.
        """
        changed = self._copy()
        changed._end = self._end if count < 0 else min(self._end, self._first + count)
        return changed

    def skip(self, count: int) -> Self:
        """All but the first batches.

        Args:
            count: How many are left out.
        """
        changed = self._copy()
        changed._first = min(self._end, self._first + count)
        return changed

    def map(self, map_func: Change, **options: Any) -> Self:
        """Batches changed by a function.

        Args:
            map_func: Gets inputs (and targets, if there are some), returns what shall take their place.
            **options: Accepted for the sake of programs written for tf.data.
        """
        del options
        changed = self._copy()
        changed._changes = (*self._changes, map_func)
        return changed

    def cache(self) -> Self:
        """Batches kept in memory after the first pass; their order stays the same then."""
        changed = self._copy()
        changed._kept = {}
        changed._changes_before_keeping = len(self._changes)
        return changed

    def prefetch(self, buffer_size: int | None = None) -> Self:
        """The same data set: accepted for the sake of programs written for tf.data.

        Args:
            buffer_size: Accepted for the sake of programs written for tf.data.
        """
        del buffer_size
        return self

    def shuffle(self, buffer_size: int | None = None, seed: int | None = None) -> Self:
        """Samples in a new order in every pass.

        Args:
            buffer_size: Accepted for the sake of programs written for tf.data: all samples are mixed.
            seed: Makes the orders.
        """
        del buffer_size
        changed = self._copy()
        changed.shuffle_samples = True
        changed._random = random.Random(seed)
        return changed

    def unbatch(self) -> Iterator[Any]:
        """The samples, one by one."""
        for batch in self:
            parts = batch if isinstance(batch, tuple) else (batch,)
            for sample in zip(*parts, strict=True):
                yield sample if isinstance(batch, tuple) else sample[0]

    def _kept_batch(self, place: int) -> tuple[Any, tuple[Change, ...]]:
        """A batch as it is kept in memory, or as it is made, and the changes still to come."""
        if self._kept is None:
            return self._made(place), self._changes
        first = self._changes_before_keeping
        if place not in self._kept:
            self._kept[place] = _changed(self._made(place), self._changes[:first])
        return self._kept[place], self._changes[first:]

    def _made(self, place: int) -> Any:
        if self.batch_size is None:
            batch = self._batch([self._order[place]])
            return tuple(part[0] for part in batch) if isinstance(batch, tuple) else batch[0]
        return self._batch(self._order[place * self.batch_size : (place + 1) * self.batch_size])

    def _batches_of_all(self) -> int:
        return -(-self.samples // (self.batch_size or 1))

    def _copy(self) -> Self:
        changed = object.__new__(type(self))
        changed.__dict__.update(self.__dict__, _order=list(self._order))
        return changed


def _changed(batch: Any, changes: Sequence[Change]) -> Any:
    for change in changes:
        batch = change(*batch) if isinstance(batch, tuple) else change(batch)
    return batch


def label_batch(labels: Sequence[int], mode: str, classes: int) -> torch.Tensor:
    """Labels in the form a loss wants.

    Args:
        labels: Class numbers.
        mode: "int" for the numbers, "binary" for a column of 0 and 1, "categorical" for one column a class.
        classes: How many classes there are.
    """
    numbers = torch.as_tensor(np.asarray(labels))
    if mode == "binary":
        return numbers.float()[:, None]
    if mode == "categorical":
        return torch.nn.functional.one_hot(numbers.long(), classes).float()
    return numbers.int()
