"""Checkpoints: the model with its optimizer's state, and all else that a training needs to go on there."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

from app.services.training_state import ATTRIBUTE, TrainingState, read_state
from runtime.errors import DataError, LayerloomError
from runtime.models import load_model


def random_state() -> str:
    """Where torch's random numbers stand, as hexadecimal text."""
    return torch.get_rng_state().numpy().tobytes().hex()


def restore_random(state: str) -> None:
    """Has torch draw the numbers that would have come next; nothing happens for an empty text."""
    if state:
        torch.set_rng_state(torch.frombuffer(bytearray.fromhex(state), dtype=torch.uint8))


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
        file.attrs[ATTRIBUTE] = json.dumps({**vars(state), "callbacks": plain})
        for place, remembered in enumerate(state.callbacks):
            for name, value in remembered.items():
                for number, array in enumerate(value) if _are_arrays(value) else ():
                    file[f"{ATTRIBUTE}/{place}/{name}/{number}"] = array


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
