"""Where a training stands, as its checkpoints say it; read without torch, by pages too."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py

ATTRIBUTE = "layerloom_training"
"""Where a checkpoint says it."""


@dataclass
class TrainingState:
    """Where a training stands.

    Args:
        epoch: Whole epochs that are done.
        seed: The number it was begun with.
        trained: Seconds that took, without pauses.
        best: By name the best value so far and the epoch it was reached in.
        learning_rate: The present rate; None where a schedule says it.
        callbacks: What each callback remembers: JSON, and lists of arrays.
        random: State of torch's random numbers, as hexadecimal text; they decide the order of the rows.
        ended: Whether it came to its end; what is trained more then is asked of callbacks that begin anew.
    """

    epoch: int = 0
    seed: int = 0
    trained: float = 0.0
    best: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    learning_rate: float | None = None
    callbacks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    random: str = ""
    ended: bool = False


def read_state(path: Path) -> TrainingState | None:
    """Where the training of a checkpoint stood; None for a file that does not say, or that is not there."""
    try:
        with h5py.File(path, "r") as file:
            text = file.attrs.get(ATTRIBUTE)
            if text is None:
                return None
            state = TrainingState(**json.loads(text))
            for place, remembered in enumerate(state.callbacks):
                arrays: Any = file.get(f"{ATTRIBUTE}/{place}", {})
                for name, group in arrays.items():
                    remembered[name] = [group[str(number)][()] for number in range(len(group))]
            return state
    except OSError:
        return None
