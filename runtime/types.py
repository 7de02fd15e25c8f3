"""Shapes, and the markers that annotations of layers carry.

A layer is described by its signatures alone. A plain type says most of it; the markers here, put into
`Annotated[type, Marker(...)]`, say the rest: `Annotated[int, Range(min=1)]`.
"""

from dataclasses import dataclass
from typing import Any

TEXT = "string"
"""Name of the element type of texts, which only an Input and layers for texts have."""
Shape = tuple[int | None, ...]
"""Sizes of a tensor, batch first; None is a size that is known only at run time."""


@dataclass(frozen=True)
class TensorSpec:
    """What is known of a tensor before there is any data.

    Args:
        shape: Sizes, batch first, None where unknown.
        dtype: Name of the element type, for example "float32".
    """

    shape: Shape
    dtype: str = "float32"


@dataclass(frozen=True)
class Range:
    """Bounds of a number.

    Args:
        min: Smallest allowed value.
        max: Largest allowed value.
        exclusive_min: True if `min` itself is not allowed.
        exclusive_max: True if `max` itself is not allowed.
    """

    min: float | None = None
    max: float | None = None
    exclusive_min: bool = False
    exclusive_max: bool = False

    def __contains__(self, value: float) -> bool:
        above = self.min is None or value > self.min or (value == self.min and not self.exclusive_min)
        below = self.max is None or value < self.max or (value == self.max and not self.exclusive_max)
        return above and below

    def __str__(self) -> str:
        low = (
            None if self.min is None else f"{'more than' if self.exclusive_min else 'at least'} {self.min:g}"
        )
        high = (
            None if self.max is None else f"{'less than' if self.exclusive_max else 'at most'} {self.max:g}"
        )
        return " and ".join(part for part in (low, high) if part)


UNBOUNDED = Range()
"""Any number."""


@dataclass(frozen=True)
class From:
    """The value is a name (or object) of a registry: `From("activations")`.

    Args:
        registry: The family.
        keeps_shape: False if it may be an activation that changes the shape.
    """

    registry: str
    keeps_shape: bool = True


@dataclass(frozen=True)
class Size:
    """One whole number, or one for each of `axes` spatial axes: a kernel size, a stride."""

    axes: int


@dataclass(frozen=True)
class Parts:
    """Names of the tensors in a tuple."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Implicit:
    """The argument is filled in by the layer machinery, such as a mask: it is no port."""


@dataclass(frozen=True)
class Whole:
    """The port takes whole numbers (ids), not measurements."""


def is_shape(value: Any) -> bool:
    """True for one shape, False for several or something else."""
    return isinstance(value, tuple) and all(size is None or isinstance(size, int) for size in value)


def show_shape(shape: Shape) -> str:
    """A shape in words: `(None, 28, 28, 1)` is "batch × 28 × 28 × 1", further unknown sizes are "?"."""
    if not shape:
        return "a single number"
    first = "batch" if shape[0] is None else str(shape[0])
    return " × ".join([first, *("?" if size is None else str(size) for size in shape[1:])])
