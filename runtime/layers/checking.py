"""Checks and size formulas that the shape rules of layers share."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from runtime.data.nested import flatten
from runtime.errors import DTypeError, ShapeError
from runtime.types import TEXT, Shape, show_shape


def refuse_texts(layer: Any, ports: dict[str, Any]) -> None:
    """Raises if texts come to a layer that is not made for them.

    Args:
        layer: The layer.
        ports: Input port → TensorSpec, or several of them in any structure.

    Raises:
        DTypeError: They do.
    """
    if getattr(layer, "takes_texts", False):
        return
    for port, spec in ports.items():
        if any(item.dtype == TEXT for item in flatten(spec)):
            raise DTypeError(
                f"{layer.label} computes with numbers, but gets texts.",
                port=port,
                hint="TextVectorization, StringLookup or Hashing turn texts into numbers.",
            )


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


def sizes_fit(one: Sequence[int | None], other: Sequence[int | None]) -> bool:
    """True if as many sizes agree, wherever both are known."""
    return len(one) == len(other) and all(a == b or None in (a, b) for a, b in zip(one, other, strict=True))


def require_mask(layer: Any, mask: Tensor, sizes: Sequence[int]) -> None:
    """Raises unless a mask goes with a tensor's sizes, as torch lets shapes go together.

    Args:
        layer: The layer that asks, for the message.
        mask: The mask.
        sizes: Sizes of the tensor along the axes that it masks.

    Raises:
        ShapeError: It has others.
    """
    ends = zip(reversed(mask.shape), reversed(sizes), strict=False)
    if mask.ndim > len(sizes) or any(size not in (1, wanted) for size, wanted in ends):
        raise ShapeError(
            f"{layer.label} wants a mask of {show_shape(tuple(sizes))}, "
            f"but gets {show_shape(tuple(mask.shape))}.",
            port="inputs",
            hint="Masks come from the layers before, such as Embedding(mask_zero=True).",
        )
