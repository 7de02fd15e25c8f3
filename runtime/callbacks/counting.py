"""Counts batches for callbacks that do something every so many of them."""


class BatchCount:
    """Says when enough batches have gone by, through all epochs.

    Args:
        every: How many batches; 0 for never.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self.last_batch = 0
        self._seen = 0
        self._within_epoch = False

    def new_epoch(self) -> None:
        """Batches are numbered from 0 again."""
        self.last_batch = 0
        self._within_epoch = False

    def is_due(self, batch: int) -> bool:
        """True if enough batches have gone by; with steps_per_execution several go by at once."""
        within = self._within_epoch and batch > self.last_batch
        self._seen += batch - self.last_batch if within else batch + 1
        self.last_batch = batch
        self._within_epoch = True
        if not self.every or self._seen < self.every:
            return False
        self._seen = 0
        return True
