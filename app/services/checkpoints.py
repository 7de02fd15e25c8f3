"""Checkpoints: the model with its optimizer's state, and all else that a training needs to go on there."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

from runtime.errors import DataError, LayerloomError
from runtime.models import load_model

BEST = "best.h5"
"""The model as it was after its best epoch; beside `CHECKPOINT`, where it is as it was last."""

_ATTRIBUTE = "layerloom_training"


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

    def note_random(self) -> None:
        """Remembers where torch's random numbers stand."""
        self.random = torch.get_rng_state().numpy().tobytes().hex()

    def restore_random(self) -> None:
        """Has torch draw the numbers that would have come next."""
        if self.random:
            torch.set_rng_state(torch.frombuffer(bytearray.fromhex(self.random), dtype=torch.uint8))


def write_checkpoint(model: Any, state: TrainingState, path: Path) -> None:
    """Writes a model file that holds the state of the training, too: both are always of one moment.

    Args:
        model: A compiled model.
        state: Where its training stands.
        path: The file; any Keras opens it.
    """
    model.save(path)
    with h5py.File(path, "r+") as file:
        plain = [
            {name: value for name, value in remembered.items() if not _are_arrays(value)}
            for remembered in state.callbacks
        ]
        file.attrs[_ATTRIBUTE] = json.dumps({**vars(state), "callbacks": plain})
        for place, remembered in enumerate(state.callbacks):
            for name, value in remembered.items():
                for number, array in enumerate(value) if _are_arrays(value) else ():
                    file[f"{_ATTRIBUTE}/{place}/{name}/{number}"] = array


def read_state(path: Path) -> TrainingState | None:
    """Where the training of a checkpoint stood; None for a file that does not say, or that is not there."""
    try:
        with h5py.File(path, "r") as file:
            text = file.attrs.get(_ATTRIBUTE)
            if text is None:
                return None
            state = TrainingState(**json.loads(text))
            for place, remembered in enumerate(state.callbacks):
                arrays: Any = file.get(f"{_ATTRIBUTE}/{place}", {})
                for name, group in arrays.items():
                    remembered[name] = [group[str(number)][()] for number in range(len(group))]
            return state
    except OSError:
        return None


def _are_arrays(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, np.ndarray) for item in value)


def restore_checkpoint(model: Any, path: Path) -> TrainingState:
    """Gives a model of the same design the weights and the optimizer's state of a checkpoint.

    Args:
        model: The compiled model.
        path: The checkpoint.

    Returns:
        Where its training stood.

    Raises:
        DataError: The file is missing or broken, or does not say where it stood.
    """
    state = read_state(path)
    if state is None:
        raise DataError(
            "There is no checkpoint from which this training could go on.",
            hint="Start a new one from its weights.",
        )
    try:
        kept = load_model(path)
    except LayerloomError as error:
        raise DataError(f"The checkpoint cannot be read: {error}", hint="Start a new training.") from error
    model.set_weights(kept.get_weights())
    if kept.optimizer is not None and kept.optimizer.built:
        model.optimizer.build(model.trainable_weights)
        model.optimizer.load_variables([tensor for _, tensor in kept.optimizer.variables])
        if state.learning_rate is not None:
            # The file has it in half as many digits.
            model.optimizer.learning_rate = state.learning_rate
    return state
