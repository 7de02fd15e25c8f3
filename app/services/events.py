"""What a training run reports while it goes on."""

import math
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["start", "batch", "epoch", "checkpoint", "step", "log", "end"]
EndState = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True)
class Event:
    """One report of a run.

    The kinds and their data:

    - start: epochs, steps_per_epoch, samples, validation_samples, parameters
    - batch: epoch (as a fraction: 1.5 is the middle of the second), metrics
    - epoch: epoch (1 after the first), metrics with their `val_` fellows, learning_rate, seconds,
      samples_per_second
    - checkpoint: epoch
    - step: done (0 to 1), text; what a job does that has no epochs
    - log: text
    - end: state ("finished", "stopped", "failed"), reason in words

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
