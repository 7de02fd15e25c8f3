"""What a model answers, what its layers hold, and what comes out of each of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.services.datasets.dataset import Array
from app.services.examining.messages import Message
from app.services.examining.probe import Probe
from runtime.errors import DataError

BINS = 40
MOST_PICTURES = 32
"""Filters or channels that are drawn one by one."""

SMALL_FILTER = 15
"""Points along the side of what counts as a filter."""

MOST_VALUES = 256
"""Values along an axis of a drawn table; a longer one is thinned."""


def predict(probe: Probe, arrays: Mapping[str, Array]) -> Message:
    """The answers to rows "x": arrays "y0", "y1", … one an output."""
    return Message({}, {f"y{place}": one for place, one in enumerate(probe.predict(arrays["x"]))})


def layers(probe: Probe, arrays: Mapping[str, Array]) -> Message:
    """What there is to look at.

    Returns:
        "taps": name, kind of layer and shape of each place, and whether it learns; "weights": name, kind of
        layer and number of parameters of each layer that has any.
    """
    del arrays
    taps = [
        {
            "name": tap.name,
            "layer": type(tap.node.layer).__name__,
            "sizes": tap.sizes,
            "is_float": tap.is_float,
            "learns": bool(tap.node.layer.weights),
        }
        for tap in probe.taps
    ]
    weights = [
        {"name": layer.name, "layer": type(layer).__name__, "parameters": int(layer.count_params())}
        for layer in probe.model.layers
        if layer.weights
    ]
    return Message({"taps": taps, "weights": weights})


def weights(probe: Probe, arrays: Mapping[str, Array], layer: str) -> Message:
    """The weights of a layer.

    Args:
        probe: The model.
        arrays: Nothing.
        layer: Name of the layer.

    Returns:
        "weights": name, shape, mean, spread, smallest and largest of each; arrays by its place: "counts0" and
        "edges0" of its histogram, and how to draw it, "filters0" (filters × height × width) or "table0".
    """
    del arrays
    found = [one for one in probe.model.layers if one.name == layer and one.weights]
    if not found:
        raise DataError(f"The trained model has no layer '{layer}' with weights.", hint="Choose another.")
    said: list[dict[str, Any]] = []
    shown: dict[str, Array] = {}
    for place, (weight, value) in enumerate(zip(found[0].weights, found[0].get_weights(), strict=True)):
        values = np.asarray(value, dtype=np.float32)
        said.append({"name": weight.path, "shape": values.shape, **_told(values)})
        counts, edges = np.histogram(values[np.isfinite(values)], bins=BINS)
        shown |= {f"counts{place}": counts, f"edges{place}": edges.astype(np.float32)}
        shown |= _drawn(values, str(place))
    return Message({"weights": said}, shown)


def activations(probe: Probe, arrays: Mapping[str, Array], tap: str) -> Message:
    """What comes out of a layer for one row "x".

    Args:
        probe: The model.
        arrays: The row.
        tap: Name of the place.

    Returns:
        "shape", mean, spread, smallest, largest, and "silent", the share that is 0; as array "maps"
        (channels × height × width) for what has two spatial axes, else "table" (positions × channels).
    """
    values = probe.flow(arrays["x"][:1], [tap])[tap][0].astype(np.float32)
    said = {"shape": values.shape, "silent": float((values == 0).mean()), **_told(values)}
    if values.ndim == 3:
        return Message(said, {"maps": np.moveaxis(values, -1, 0)[:MOST_PICTURES]})
    return Message(said, {"table": _table(values)})


def _told(values: Array) -> dict[str, float]:
    # Of large numbers the squares are too large for 32 bits.
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return {"mean": 0.0, "spread": 0.0, "smallest": 0.0, "largest": 0.0}
    return {
        "mean": float(finite.mean()),
        "spread": float(finite.std()),
        "smallest": float(finite.min()),
        "largest": float(finite.max()),
    }


def _drawn(values: Array, place: str) -> dict[str, Array]:
    if values.ndim == 4 and max(values.shape[:2]) <= SMALL_FILTER:
        # Height × width × from × to: of each filter what it does with the first channel.
        return {f"filters{place}": np.moveaxis(values[:, :, 0, :], -1, 0)[:MOST_PICTURES]}
    return {f"table{place}": _table(values)} if values.size > 1 else {}


def _table(values: Array) -> Array:
    """Numbers of any shape as a table whose columns are the last axis, thinned where it is large."""
    table = values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values.reshape(1, -1)
    return table[_thinned(table.shape[0])][:, _thinned(table.shape[1])]


def _thinned(size: int) -> Array:
    return np.linspace(0, size - 1, min(size, MOST_VALUES)).round().astype(int)
