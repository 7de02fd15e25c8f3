"""What a training run reports while it goes on."""

import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "start", "batch", "layers", "epoch", "checkpoint", "pause", "resume", "rate", "step", "log", "end"
]
EndState = Literal["finished", "stopped", "interrupted", "failed"]


@dataclass(frozen=True)
class Event:
    """One report of a run.

    The kinds and their data:

    - start: epochs, epoch (where it begins: 0, or that of the checkpoint it goes on from), steps_per_epoch,
      samples, validation_samples, parameters, layers (names of those whose steps are measured)
    - batch: epoch (as a fraction: 1.5 is the middle of the second), metrics, learning_rate,
      samples_per_second, memory (bytes)
    - layers: epoch, gradients and ratios of one step, in the order of the layers of the start
    - epoch: epoch (1 after the first), metrics with their `val_` fellows, learning_rate, seconds,
      samples_per_second, best (name to value and epoch), trained (seconds since the first epoch, without
      pauses)
    - checkpoint: epoch
    - pause, resume: epoch
    - rate: epoch, learning_rate; somebody has set it
    - step: done (0 to 1), text; what a job does that has no epochs
    - log: text
    - end: state (an `EndState`), reason in words

    Args:
        seq: Number of the event within its attempt, from 1.
        kind: What it is about.
        data: What is to be said, as JSON; numbers that are not finite are None.
        at: Seconds since 1970, UTC.
    """

    seq: int
    kind: Kind
    data: dict[str, Any]
    at: float


def finite(value: Any) -> Any:
    """JSON in which numbers that JSON does not know (not a number, infinite) are None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return value
