"""Constraints: a rule that a weight has to keep, put right after each training step.

Source: https://keras.io/api/layers/constraints/
"""

from typing import Annotated

from torch import Tensor

from runtime.configurable import Checked
from runtime.registries import Registry
from runtime.types import Range

EPSILON = 1e-7
"""Keeps a weight of length 0 from dividing by 0."""

Axis = int | list[int] | tuple[int, ...]
Length = Annotated[float, Range(min=0)]

registry: "Registry[Constraint]" = Registry("constraint", "keras.constraints")


class Constraint(Checked):
    """Base of all constraints: called with a weight, gives the nearest one that keeps the rule."""

    _module = "keras.constraints"

    def __init__(self) -> None:
        """Takes no arguments."""

    def __call__(self, w: Tensor) -> Tensor:
        """Puts a weight right.

        Args:
            w: The weight.

        Returns:
            A tensor of the same shape.
        """
        return w


@registry.register
class MaxNorm(Constraint):
    """Shortens vectors of weights that have become too long.

    Args:
        max_value: Longest length allowed.
        axis: Axis (or axes) along which the length is measured: 0 for the inputs of a Dense unit.
    """

    def __init__(self, max_value: Length = 2, axis: Axis = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Tensor) -> Tensor:
        """Puts a weight right."""
        lengths = _lengths(w, self.axis)
        return w * (lengths.clamp(0, self.max_value) / (EPSILON + lengths))


@registry.register
class NonNeg(Constraint):
    """Turns negative weights into 0."""

    def __call__(self, w: Tensor) -> Tensor:
        """Puts a weight right."""
        return w.clamp(min=0)


@registry.register
class UnitNorm(Constraint):
    """Gives vectors of weights the length 1.

    Args:
        axis: Axis (or axes) along which the length is measured: 0 for the inputs of a Dense unit.
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Tensor) -> Tensor:
        """Puts a weight right."""
        return w / (EPSILON + _lengths(w, self.axis))


@registry.register
class MinMaxNorm(Constraint):
    """Keeps the length of vectors of weights between two bounds.

    Args:
        min_value: Shortest length allowed.
        max_value: Longest length allowed.
        rate: How strictly the rule is kept: 1 at once, below 1 step by step.
        axis: Axis (or axes) along which the length is measured: 0 for the inputs of a Dense unit.
    """

    def __init__(
        self,
        min_value: Length = 0.0,
        max_value: Length = 1.0,
        rate: Annotated[float, Range(min=0, max=1)] = 1.0,
        axis: Axis = 0,
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Tensor) -> Tensor:
        """Puts a weight right."""
        lengths = _lengths(w, self.axis)
        wanted = self.rate * lengths.clamp(self.min_value, self.max_value) + (1 - self.rate) * lengths
        return w * (wanted / (EPSILON + lengths))


def _lengths(w: Tensor, axis: Axis) -> Tensor:
    return w.square().sum(dim=axis, keepdim=True).sqrt()


# Keras's other names of the same classes.
max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize
