"""Keeps the trials that find shapes cheap while a file nobody vouches for is read.

What an operation will cost is guessed from the sizes it is given, before it is tried out. What looks dear is
tried on torch's "meta" device, where tensors have shapes but no numbers.
"""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from runtime.symbolic import KerasTensor

_MOST_NUMBERS = 2**22
_MOST_SECONDS = 0.5
_UNKNOWN = 36
"""The largest stand-in for a size that is not known."""
_BY_ELEMENT = frozenset(
    {
        "Add",
        "Arctan2",
        "Concatenate",
        "Divide",
        "Equal",
        "FloorDivide",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "LogicalAnd",
        "LogicalOr",
        "LogicalXor",
        "Maximum",
        "Minimum",
        "Mod",
        "Multiply",
        "NotEqual",
        "Power",
        "Stack",
        "Subtract",
        "TrueDivide",
        "Where",
    }
)
"""Operations of several tensors whose result is no larger than their common shape, or than all together."""


class TrialBudget:
    """How many seconds of trials a file may still cost."""

    def __init__(self) -> None:
        self.seconds = _MOST_SECONDS

    def allows(self, name: str, module: str, arguments: dict[str, Any]) -> bool:
        """True if an operation may be tried with numbers.

        Args:
            name: Its class.
            module: Where Keras has it.
            arguments: What it is given.
        """
        return self.seconds > 0 and _numbers(name, module, _shapes(arguments)) <= _MOST_NUMBERS

    @contextmanager
    def spending(self) -> Generator[None]:
        """Takes the time spent inside off the budget."""
        began = time.thread_time()
        yield
        self.seconds -= time.thread_time() - began


budget: ContextVar[TrialBudget | None] = ContextVar("budget", default=None)
"""That of the file being read; None where a program makes its own model."""


def _shapes(value: Any) -> list[list[int]]:
    """Shapes of all tensors in nested arguments."""
    if isinstance(value, KerasTensor | torch.Tensor):
        return [[_UNKNOWN if size is None else size for size in value.shape]]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [shape for item in items for shape in _shapes(item)]


def _numbers(name: str, module: str, shapes: list[list[int]]) -> int:
    """How many numbers an operation may have to make or to go through."""
    sizes = [max(math.prod(shape), 1) for shape in shapes]
    if name in _BY_ELEMENT:
        axes = max(map(len, shapes), default=0)
        padded = [[1] * (axes - len(shape)) + shape for shape in shapes]
        common = math.prod(max(lengths) for lengths in zip(*padded, strict=True))
        return max(common, sum(sizes))
    if "linalg" in module:
        return math.prod(sizes) * max((max(shape, default=1) for shape in shapes), default=1)
    return math.prod(sizes)
