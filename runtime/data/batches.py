"""`Batches`: data as an epoch after epoch of batches, whatever it came as."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import torch

Batch = tuple[Any, Any, Any]
"""Inputs, targets and sample weights; the last two may be None."""

Arrange = Callable[[Any, Any, Any], Batch]


class Batches(ABC):
    """Where the training loop gets its batches from.

    Args:
        steps: How many batches make an epoch; None for all there are.
        device: Where the tensors of a batch shall be.
    """

    def __init__(self, steps: int | None, device: torch.device) -> None:
        self.wanted_steps = steps
        self.device = device
        self._running: Iterator[Batch] | None = None
        self._arrange: Arrange | None = None
        self._dtypes: list[torch.dtype | None] = []

    @property
    @abstractmethod
    def available_steps(self) -> int | None:
        """How many batches one pass over the data has; None if that is not known."""

    @property
    def steps(self) -> int | None:
        """How many batches an epoch has; None if that is not known."""
        return self.wanted_steps or self.available_steps

    @abstractmethod
    def first(self) -> Batch:
        """A batch (or a part of one) to see what the data is like; it is not used up."""

    @abstractmethod
    def one_pass(self) -> Iterator[Batch]:
        """All batches, once."""

    def arrange(self, arrange: Arrange, dtypes: list[torch.dtype | None]) -> None:
        """Brings batches into the form a model wants.

        Args:
            arrange: Function of inputs, targets and weights; it works on a batch and on all data alike.
            dtypes: Element types of the inputs it returns, None for those that stay as they are.
        """
        self._arrange = arrange
        self._dtypes = dtypes

    def epoch(self) -> Iterator[Batch]:
        """The batches of one epoch. With a wanted number of steps, epochs go on where the last one ended."""
        if self.wanted_steps is None:
            running, self._running = self._running or self.one_pass(), None
            yield from running
            return
        for _ in range(self.wanted_steps):
            if self._running is None:
                self._running = self.one_pass()
            batch = next(self._running, None)
            if batch is None:
                self._running = None
                warnings.warn(
                    f"The data ran out: the epoch should have {self.wanted_steps} batches. "
                    "Give more data, a generator that does not end, or fewer steps.",
                    stacklevel=3,
                )
                return
            yield batch

    def restart(self) -> None:
        """Lets the next epoch begin at the beginning, where that is possible."""
        self._running = None
