"""Regularizers: a price on large weights, added to the loss so that a model does not learn its data by heart.

Source: https://keras.io/api/layers/regularizers/
"""

import math
from typing import Annotated, Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.configurable import Checked
from runtime.errors import ParameterError, ShapeError
from runtime.registries import Registry
from runtime.types import Range

Price = Annotated[float, Range(min=0)]

registry: "Registry[Regularizer]" = Registry("regularizer", "keras.regularizers")


class Regularizer(Checked):
    """Base of all regularizers: called with a weight, gives what is added to the loss."""

    _module = "keras.regularizers"

    def __init__(self) -> None:
        """Takes no arguments."""

    def __call__(self, x: Tensor) -> Tensor:
        """Works out the price of a weight.

        Args:
            x: The weight.

        Returns:
            A single number.
        """
        return x.new_zeros(())


@registry.register(former=("l1_l2",))
class L1L2(Regularizer):
    """Adds a price on the size of weights and one on their squares.

    Formula: l1 · Σ|w| + l2 · Σw²

    Args:
        l1: Price of the sum of absolute values: pushes weights to exactly 0.
        l2: Price of the sum of squares: keeps all weights small.
    """

    def __init__(self, l1: Price = 0.0, l2: Price = 0.0) -> None:
        self.l1 = _price("l1", l1)
        self.l2 = _price("l2", l2)

    def __call__(self, x: Tensor) -> Tensor:
        """Works out the price of a weight."""
        price = x.new_zeros(())
        if self.l1:
            price = price + self.l1 * x.abs().sum()
        if self.l2:
            price = price + self.l2 * x.square().sum()
        return price


@registry.register
class L1(Regularizer):
    """Adds a price on the sum of absolute values: pushes unneeded weights to exactly 0.

    Formula: l1 · Σ|w|

    Args:
        l1: The price.
    """

    def __init__(self, l1: Price = 0.01) -> None:
        self.l1 = _price("l1", l1, unset=0.01)

    def __call__(self, x: Tensor) -> Tensor:
        """Works out the price of a weight."""
        return self.l1 * x.abs().sum()


@registry.register
class L2(Regularizer):
    """Adds a price on the sum of squares: keeps all weights small.

    Formula: l2 · Σw²

    Args:
        l2: The price.
    """

    def __init__(self, l2: Price = 0.01) -> None:
        self.l2 = _price("l2", l2, unset=0.01)

    def __call__(self, x: Tensor) -> Tensor:
        """Works out the price of a weight."""
        return self.l2 * x.square().sum()


@registry.register
class OrthogonalRegularizer(Regularizer):
    """Adds a price on rows (or columns) that point the same way, so that they stay different.

    Args:
        factor: The price.
        mode: What is kept apart: rows or columns of the weight, which has two axes.
    """

    def __init__(self, factor: Price = 0.01, mode: Literal["rows", "columns"] = "rows") -> None:
        self.factor = _price("factor", factor)
        if mode not in ("rows", "columns"):
            raise ParameterError(
                f"OrthogonalRegularizer got mode={mode!r}.",
                parameter="mode",
                received=mode,
                hint="Use 'rows' or 'columns'.",
            )
        self.mode = mode

    def __call__(self, x: Tensor) -> Tensor:
        """Works out the price of a weight.

        Raises:
            ShapeError: The weight has not two axes.
        """
        if x.ndim != 2:
            raise ShapeError(
                f"OrthogonalRegularizer is for weights with two axes; this one has shape {tuple(x.shape)}.",
                hint="Use L1 or L2 for it.",
            )
        directions = F.normalize(x if self.mode == "rows" else x.T, dim=1, eps=1e-12)
        overlaps = directions @ directions.T
        count = len(overlaps)
        pairs = count * (count - 1) / 2
        return self.factor * 0.5 * (overlaps * (1 - torch.eye(count).to(x))).abs().sum() / pairs


def _price(parameter: str, value: float | None, unset: float = 0.0) -> float:
    value = unset if value is None else value
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ParameterError(
            f"A regularizer got {parameter}={value!r}.",
            parameter=parameter,
            received=value,
            hint="The price is a number of at least 0, such as 0.01.",
        )
    return float(value)


# Keras's other names of the same classes.
l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize
