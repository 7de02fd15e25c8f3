"""Why a model answers as it does: which parts of the input its answer hangs on."""

from collections.abc import Mapping

import numpy as np

from app.services.datasets.dataset import Array
from app.services.examining.messages import Message
from app.services.examining.probe import Probe, Tap
from runtime.errors import DataError


def saliency(probe: Probe, arrays: Mapping[str, Array], target: int | None = None) -> Message:
    """How the answer changes with each value of one row "x".

    Inputs that are whole numbers (the ids of characters or words) have no gradient: there it is taken where
    each id has become a vector, times that vector.

    Args:
        probe: The model.
        arrays: The row.
        target: Which class, or value of the answer, is asked about; None for the sum of all.

    Returns:
        "gradient": shaped as the row.

    Source:
        K. Simonyan, A. Vedaldi, A. Zisserman: Deep Inside Convolutional Networks, 2014.
    """
    row = arrays["x"][:1]
    # Pictures are kept as bytes; numbers of words and signs never are.
    if np.dtype(row.dtype).kind in "fu" and _takes_floats(probe):
        _, gradient = probe.gradient(row, target)
        return Message({}, {"gradient": gradient[0].reshape(row.shape[1:])})
    values, gradient = probe.gradient(row, target, _where_ids_are_vectors(probe))
    if values.ndim < 3:
        raise DataError("The layers behind the input keep no positions, so none can be held responsible.")
    return Message({}, {"gradient": (values * gradient).sum(axis=-1)[0]})


def class_activation(
    probe: Probe, arrays: Mapping[str, Array], tap: str, target: int | None = None
) -> Message:
    """Where in one row "x" the channels of a layer see what speaks for a class (Grad-CAM).

    Args:
        probe: The model.
        arrays: The row.
        tap: Name of a place whose output has spatial axes; see `spatial`.
        target: Which class, or value of the answer, is asked about; None for the sum of all.

    Returns:
        "map": one number 0 or above for each place, in the layer's own resolution.

    Source:
        R. Selvaraju et al.: Grad-CAM, ICCV 2017.
    """
    place = probe.tap(tap)
    if not spatial(place):
        raise DataError(f"What comes out of '{tap}' has no places, only values: {place.sizes}.")
    values, gradient = probe.gradient(arrays["x"][:1], target, place)
    axes = tuple(range(1, values.ndim - 1))
    importance = gradient.mean(axis=axes, keepdims=True)
    return Message({}, {"map": np.maximum((values * importance).sum(axis=-1), 0)[0]})


def spatial(tap: Tap) -> bool:
    """Whether what flows there has places (steps, or rows and columns) and channels."""
    return tap.is_float and len(tap.sizes) in (2, 3) and any(size != 1 for size in tap.sizes[:-1])


def _takes_floats(probe: Probe) -> bool:
    return probe.graph.inputs[0].dtype.startswith("float")


def _where_ids_are_vectors(probe: Probe) -> Tap:
    for tap in probe.taps:
        if tap.is_float and not any(tensor.dtype.startswith("float") for tensor in tap.node.inputs):
            return tap
    raise DataError("No layer makes vectors of the input, so there is no gradient with respect to it.")
