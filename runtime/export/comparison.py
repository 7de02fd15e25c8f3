"""Does an exported file compute what the model computes? Both get the same random numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from runtime.errors import DataError, LayerloomError
from runtime.export.signature import Signature
from runtime.export.tracing import Traced

Run = Callable[[list[np.ndarray]], list[np.ndarray]]
"""Inputs in order → outputs in order."""
TOLERANCE = 1e-4
"""Largest accepted difference in float32 and float64, as a fraction of the output's largest number."""
HALF_TOLERANCE = 2e-2
"""The same where a layer computes in half precision."""
MOST_IDS = 10


def compare(run: Run, traced: Traced, signature: Signature, size: int) -> tuple[float, tuple[int, ...]]:
    """The largest difference between a file and the model it was made from.

    Args:
        run: Computes what the file says.
        traced: The model.
        signature: Its inputs.
        size: A size for open axes with which the model can be computed; the file is tried with this and with
            twice as much.

    Returns:
        The difference, as a fraction of the largest number in the model's output, and the batch sizes.

    Raises:
        LayerloomError: They differ by more than rounding does, or the file cannot be run.
    """
    model = traced.model
    batches = (1, 4) if signature.has_open_batch else (1,)
    tries = [(batches[0], size), (batches[-1], 2 * size)]
    if not signature.has_open_axes:
        tries = [(batch, size) for batch in batches]
    worst = 0.0
    for batch, other in tries:
        arrays, wanted = _computed(traced, signature, batch, other)
        found = run(arrays)
        for name, want, got in zip(traced.names, wanted, found, strict=True):
            worst = max(worst, _difference(name, want.cpu().numpy(), got))
    half = any(layer.compute_dtype in ("float16", "bfloat16") for layer in model.flatten_layers())
    limit = HALF_TOLERANCE if half else TOLERANCE
    if worst > limit:
        raise LayerloomError(
            f"The exported file computes other numbers than model '{model.name}': they differ by {worst:.1e} "
            f"of the largest one, and {limit:g} is allowed. Nothing was written.",
            hint="Give check=False to write it all the same.",
        )
    return worst, tuple(dict.fromkeys(batch for batch, _ in tries))


def _computed(
    traced: Traced, signature: Signature, batch: int, other: int
) -> tuple[list[np.ndarray], tuple[torch.Tensor, ...]]:
    """Random inputs and what the model makes of them; small whole numbers if it knows no large ones."""
    for ids in (_number_of_ids(traced.model), 2):
        arrays = signature.random(batch, other, ids)
        try:
            with torch.no_grad():
                return arrays, traced(*(torch.as_tensor(array, device=traced.device) for array in arrays))
        except (DataError, IndexError):
            if ids == 2:
                raise
    raise AssertionError("The last try returns or raises.")


def _difference(name: str, wanted: np.ndarray, found: np.ndarray) -> float:
    if wanted.shape != found.shape:
        raise LayerloomError(
            f"Output '{name}' of the exported file has the shape {found.shape}, that of the model "
            f"{wanted.shape}. Nothing was written."
        )
    if not wanted.size:
        return 0.0
    one, other = wanted.astype("float64"), found.astype("float64")
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    finite = np.abs(one[np.isfinite(one)])
    scale = max(float(finite.max()) if finite.size else 0.0, 1e-30)
    difference = np.where(same, 0.0, np.abs(one - other)) / scale
    return float(np.nan_to_num(difference, nan=np.inf).max())


def _number_of_ids(model: Any) -> int:
    """How many different whole numbers all layers that take ids know."""
    known = (getattr(layer, "input_dim", None) for layer in model.flatten_layers())
    return min([MOST_IDS, *(size for size in known if isinstance(size, int) and size > 0)])
