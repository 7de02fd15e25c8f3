"""Keeps a file from claiming more memory than it accounts for while its layers are being made."""

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from runtime.errors import FileFormatError
from runtime.ops.trial_budget import TrialBudget, budget

_MAKERS: frozenset[Any] = frozenset(
    {
        torch.arange,
        torch.empty,
        torch.full,
        torch.linspace,
        torch.ones,
        torch.rand,
        torch.randint,
        torch.randn,
        torch.zeros,
        torch.Tensor.new_empty,
        torch.Tensor.new_full,
        torch.Tensor.new_ones,
        torch.Tensor.new_zeros,
    }
)
_GROWN: Mapping[Any, Callable[..., int]] = {
    torch.eye: lambda rows, columns=None, **_: rows * (rows if columns is None else columns),
    torch.tile: lambda tensor, dims, **_: tensor.numel() * _product(dims),
    torch.Tensor.tile: lambda tensor, *dims, **_: tensor.numel() * _product(dims),
    torch.Tensor.expand: lambda tensor, *sizes, **_: _product(sizes),
    torch.Tensor.repeat: lambda tensor, *repeats, **_: tensor.numel() * _product(repeats),
    torch.repeat_interleave: lambda tensor, repeats=1, *_, **__: tensor.numel() * _product(repeats),
    functional.one_hot: lambda tensor, num_classes=1, **_: tensor.numel() * max(num_classes, 1),
    functional.pad: lambda tensor, pad, *_, **__: _padded(tensor.shape, pad),
    functional.interpolate: lambda tensor, size=None, *_, **__: math.prod(tensor.shape[:2]) * _product(size),
}
"""Functions whose result grows with a number they are given → how many numbers it will have."""
_NOT_ON_META = ("generator", "out", "pin_memory")


class MemoryLimit(TorchFunctionMode):
    """Inside this block, torch makes no more new tensors than `size` bytes in all.

    The size of a tensor is found on torch's "meta" device, where tensors have shapes but no memory, before
    the real one is made: a layer of 10¹² units costs nothing.

    Args:
        size: Bytes.
        reason: Where the limit comes from, for the message.
    """

    def __init__(self, size: int, reason: str) -> None:
        super().__init__()
        self.size = size
        self.left = size
        self.reason = reason

    def __enter__(self) -> "MemoryLimit":
        """Sets the limit, and another on the time that trials of operations take."""
        self._token = budget.set(TrialBudget())
        return super().__enter__()

    def __exit__(self, *raised: Any) -> None:
        """Takes both limits away."""
        budget.reset(self._token)
        super().__exit__(*raised)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Runs a function of torch, after a look at the size of what it would make."""
        del types
        given = dict(kwargs or {})
        if func in _GROWN:
            self._take(_GROWN[func](*args, **given) * 4, "A result")
        elif func in _MAKERS:
            self._account(func, args, given)
        return func(*args, **given)

    def _account(self, func: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any]) -> None:
        if args and isinstance(args[0], torch.Tensor):
            args = (args[0].to("meta"), *args[1:])
        elif str(given.get("device")) == "meta":
            return
        else:
            given = {**given, "device": "meta"}
        trial = func(*args, **{key: value for key, value in given.items() if key not in _NOT_ON_META})
        self._take(trial.element_size() * math.prod(trial.shape), f"A tensor of shape {tuple(trial.shape)}")

    def _take(self, wanted: int, label: str) -> None:
        self.left -= wanted
        if self.left < 0:
            raise FileFormatError(
                f"{label} takes {readable_size(wanted)}, but {self.reason}.",
                hint="The sizes in the config do not fit; the file is broken, or made to do harm.",
            )


def _product(sizes: Any) -> int:
    """Product of one number or of many, however they are nested."""
    if isinstance(sizes, torch.Tensor):
        return max(int(sizes.sum()), 1)
    if isinstance(sizes, Iterable):
        return math.prod(map(_product, sizes))
    return 1 if sizes is None else max(int(sizes), 1)


def _padded(shape: Sequence[int], pad: Sequence[int]) -> int:
    """Size of a tensor with room at both ends of its axes, the last one first."""
    room = [sum(pad[place : place + 2]) for place in range(0, len(pad), 2)]
    lengths = [*([0] * (len(shape) - len(room))), *reversed(room)]
    return math.prod(max(length + more, 1) for length, more in zip(shape, lengths, strict=True))


def usable_memory() -> int:
    """Bytes that a model described by a text alone may take: half of the machine's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return 4 * 2**30


def readable_size(size: float) -> str:
    """A number of bytes with a unit, as Keras prints it: 1536 is "1.50 KB"."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"
