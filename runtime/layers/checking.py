"""Checks and size formulas that the shape rules of layers share."""

from typing import Any

from runtime.errors import ShapeError
from runtime.types import Shape, show_shape


def require_rank(
    layer: Any, shape: Shape, rank: int, axes: str, *, port: str = "inputs", hint: str = ""
) -> None:
    """Raises unless a tensor has that many axes.

    Args:
        layer: The layer that asks, for the message.
        shape: Shape of the tensor, batch first.
        rank: Number of axes wanted, the batch included.
        axes: The wanted axes in words: "batch × height × width × channels".
        port: The input port.
        hint: How to mend it.

    Raises:
        ShapeError: It has more or fewer.
    """
    if len(shape) != rank:
        raise ShapeError(
            f"{layer.label} wants {axes} ({rank} axes), but gets {show_shape(shape)} ({len(shape)} axes).",
            port=port,
            hint=hint,
        )


def require_known(layer: Any, shape: Shape, axis: int, meaning: str, *, port: str = "inputs") -> int:
    """The size at an axis, which must be known because weights depend on it.

    Raises:
        ShapeError: The size is None.
    """
    size = shape[axis]
    if size is None:
        raise ShapeError(
            f"{layer.label} needs to know the {meaning}, but it is unknown in {show_shape(shape)}.",
            port=port,
            hint="State the size in the Input.",
        )
    return size
