"""`PyDataset`: data that is made batch by batch."""

from collections.abc import Iterator
from itertools import count
from typing import Any


class PyDataset:
    """Base of data sets that make one batch at a time; they need not fit into memory.

    A data set of your own writes `__len__` (how many batches) and `__getitem__` (one batch: inputs, or a
    tuple of inputs, targets and sample weights).

    Args:
        workers: How many batches may be made at the same time.
        use_multiprocessing: Taken for Keras's sake; batches are made in threads.
        max_queue_size: How many batches are made ahead at most.

    Source:
        https://keras.io/api/utils/python_utils/
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """One batch.

        Args:
            index: Its number, from 0.
        """
        raise NotImplementedError(f"{type(self).__name__} does not make batches: write `__getitem__`.")

    def __len__(self) -> int:
        raise NotImplementedError(
            f"{type(self).__name__} does not say how many batches it has: write `__len__`."
        )

    def __iter__(self) -> Iterator[Any]:
        batches = self.num_batches
        for index in count() if batches is None else range(batches):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """How many batches an epoch has; None for a data set without end."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """An epoch begins."""

    def on_epoch_end(self) -> None:
        """An epoch is over: the place to shuffle."""
