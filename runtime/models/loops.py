"""Goes through the batches of an epoch and calls the callbacks at their turns."""

from collections.abc import Callable
from typing import Any

from runtime.callbacks import CallbackList
from runtime.data import ArrayBatches, Batches
from runtime.models.runner import QuickRunner, Runner

_CHUNK = 2**20
"""Bytes of input that are evaluated at once where nobody counts batches."""
_CHUNK_SAMPLES = 1024
"""Samples that are evaluated at once at most: what layers make of them is larger than the input."""


class BatchLogs(dict[str, Any]):
    """The results after a batch, computed only when somebody looks at them.

    Args:
        runner: Knows the results.
    """

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner: Runner | None = runner

    def _fill(self) -> None:
        if self._runner is not None:
            runner, self._runner = self._runner, None
            self.update(runner.logs())

    def __getitem__(self, name: str) -> Any:
        # Many look at the loss alone, at every batch: the metrics can wait.
        if name == "loss" and isinstance(self._runner, QuickRunner):
            return self._runner.loss()
        self._fill()
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:  # type: ignore[override]
        """The result of that name, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def copy(self) -> dict[str, Any]:
        """A plain dict of the results."""
        return dict(self.items())

    def __bool__(self) -> bool:
        return True


def _filling(method: str) -> Callable[..., Any]:
    plain = getattr(dict, method)

    def filled(self: BatchLogs, *arguments: Any) -> Any:
        self._fill()
        return plain(self, *arguments)

    return filled


for _method in (
    "__contains__",
    "__eq__",
    "__iter__",
    "__len__",
    "__ne__",
    "__or__",
    "__repr__",
    "items",
    "keys",
    "values",
):
    setattr(BatchLogs, _method, _filling(_method))


def run_batches(
    model: Any,
    runner: Runner,
    batches: Batches,
    callbacks: CallbackList,
    turn: str,
    stop: str,
    *,
    every: int = 1,
) -> int:
    """Carries out one epoch.

    Args:
        model: The model.
        runner: Carries out a batch.
        batches: The batches.
        callbacks: Called around each batch.
        turn: Their kind: "train" or "test".
        stop: Name of the model's attribute that ends the epoch when it becomes True.
        every: How many batches lie between two calls of the callbacks.

    Returns:
        How many batches there were.
    """
    begin = callbacks.listeners(f"on_{turn}_batch_begin")
    end = callbacks.listeners(f"on_{turn}_batch_end")
    run = runner.run
    together = getattr(batches, "together", 1)
    last = batches.steps
    step = -1
    done = -1
    for step, (x, y, weight) in enumerate(batches.epoch()):
        if begin and step % every == 0:
            for listener in begin:
                listener(step * together, {})
        run(x, y, weight)
        if end and (step + 1) % every == 0:
            done = step
            number = (step + 1) * together - 1
            if last is not None and number >= last:
                number = last - 1
            logs = BatchLogs(runner)
            for listener in end:
                listener(number, logs)
        if getattr(model, stop):
            break
    if end and step > done:
        for listener in end:
            listener(step, BatchLogs(runner))
    return step + 1


def enlarge(batches: Batches, callbacks: CallbackList, turn: str, *, allowed: bool) -> None:
    """Joins batches to larger ones, where the results are the same and nobody counts them.

    Args:
        batches: The batches; only those in memory can be joined.
        callbacks: The callbacks of the run; the progress bar does not mind.
        turn: Their kind: "test" or "predict".
        allowed: False if the model does not allow it.
    """
    if not isinstance(batches, ArrayBatches):
        return
    counted = [callbacks.listeners(f"on_{turn}_batch_{end}", bars=False) for end in ("begin", "end")]
    batches.together = 1
    if allowed and not any(counted) and batches.wanted_steps is None:
        samples = min(_CHUNK_SAMPLES, _CHUNK // max(1, batches.sample_bytes))
        batches.together = max(1, samples // batches.batch_size)
