"""What layers have learnt from data beside their weights: vocabularies in `.keras` archives.

Keras keeps them as texts at `assets/<path of the layer>/vocabulary.txt`, one word a line, and numbers that go
with them among the weights.
"""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from runtime.errors import FileFormatError, LayerloomError
from runtime.layers.learning import LearnsFromData
from runtime.saving.attribute_tree import Place, places
from runtime.saving.h5_reading import child_dataset, child_group, read_values

ASSETS = "assets"


def learnt_members(model: Any) -> dict[str, str]:
    """The texts an archive holds besides config and weights, by their names in it."""
    return {
        f"{ASSETS}/{place.path}/{name}": text
        for place in places(model)
        if isinstance(place.layer, LearnsFromData)
        for name, text in place.layer.learnt_files().items()
    }


def load_learnt(file: h5py.Group, model: Any, read: Callable[[str], str | None]) -> None:
    """Gives the layers of a model what they have learnt.

    Args:
        file: The weights, in which the numbers stand.
        model: The model, with its weights.
        read: The text of a member of the archive; None where there is none.

    Raises:
        FileFormatError: It does not fit the layer.
    """
    for place in places(model):
        layer = place.layer
        if not isinstance(layer, LearnsFromData):
            continue
        texts = {name: read(f"{ASSETS}/{place.path}/{name}") for name in layer.learnt_files()}
        found = {name: text for name, text in texts.items() if text is not None}
        label = getattr(layer, "label", place.path)
        try:
            layer.take_learnt(found, _arrays(file, place, layer) if found else {})
        except FileFormatError:
            raise
        except (LayerloomError, ValueError) as error:
            raise FileFormatError(
                f"{label} cannot have learnt what the file holds for it: {error}"
            ) from error


def _arrays(file: h5py.Group, place: Place, layer: LearnsFromData) -> dict[str, np.ndarray[Any, Any]]:
    names = layer.learnt_arrays()
    group = child_group(file, place.group) if names else None
    return {name: read_values(child_dataset(group, name)) for name in names} if group is not None else {}
