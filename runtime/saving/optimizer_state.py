"""An optimizer's state from a file of any Keras: the same numbers, in the order and number of their time."""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import h5py
import numpy as np

from runtime.errors import FileFormatError, LayerloomError
from runtime.saving.h5_reading import read_values

State = list[Any]


def restore(optimizer: Any, model: Any, datasets: Sequence[h5py.Dataset]) -> None:
    """Gives an optimizer the state in a file, so that training goes on where it stopped.

    A state that does not fit leaves the optimizer as new, with a warning.

    Args:
        optimizer: The optimizer of the model.
        model: The model whose weights it trains.
        datasets: The arrays in the order of the file.

    Raises:
        FileFormatError: The arrays cannot be read.
    """
    optimizer.build(model.trainable_weights)
    wanted = [tuple(tensor.shape) for _, tensor in optimizer.variables]
    for state in _readings(optimizer, list(datasets)):
        if [tuple(np.shape(value)) for value in state] == wanted:
            try:
                optimizer.load_variables([_values(value) for value in state])
            except LayerloomError as error:
                raise FileFormatError(f"The optimizer's state cannot be read: {error.message}") from error
            return
    warnings.warn(
        f"The optimizer's state in the file ({len(datasets)} arrays) does not fit {optimizer.name!r}, "
        f"which has {len(wanted)}: it starts anew.",
        stacklevel=5,
    )


def _readings(optimizer: Any, datasets: State) -> Iterator[State]:
    """What the arrays may mean, most likely first.

    Keras 3 has the number of steps, the learning rate, and the slots; Keras 2.11 and later left the rate
    to the settings. Before, all first slots stood before all second ones.
    """
    if not datasets:
        return
    if _is_legacy(datasets[0]):
        yield optimizer.state_of_keras_2(datasets, by_slot=True)
        return
    yield datasets
    yield optimizer.state_of_keras_2(datasets, by_slot=False)


def _is_legacy(first: h5py.Dataset) -> bool:
    """True for the optimizers before Keras 2.11, whose count of steps has another name."""
    return str(first.name).rpartition("/")[2] in ("iter:0", "iterations:0")


def _values(value: Any) -> Any:
    return np.asarray(read_values(value)) if isinstance(value, h5py.Dataset) else value
