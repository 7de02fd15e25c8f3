"""Keeps a file from claiming more memory than it accounts for while its layers are being made."""

import math
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from runtime.errors import FileFormatError

_MAKERS: frozenset[Any] = frozenset(
    {
        torch.arange,
        torch.empty,
        torch.eye,
        torch.full,
        torch.linspace,
        torch.ones,
        torch.rand,
        torch.randint,
        torch.randn,
        torch.zeros,
        torch.Tensor.expand,
        torch.Tensor.new_empty,
        torch.Tensor.new_full,
        torch.Tensor.new_ones,
        torch.Tensor.new_zeros,
        torch.Tensor.repeat,
    }
)
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
        if func in _MAKERS:
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
        wanted = trial.element_size() * math.prod(trial.shape)
        self.left -= wanted
        if self.left < 0:
            raise FileFormatError(
                f"A tensor of shape {tuple(trial.shape)} takes {readable_size(wanted)}, but {self.reason}.",
                hint="The sizes in the config do not fit; the file is broken, or made to do harm.",
            )


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
