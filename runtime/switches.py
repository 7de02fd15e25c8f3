"""What a program turns on or off for itself: limits for trying out, where messages go, short tracebacks."""

import os

import torch

from runtime.errors import ParameterError

_flags: dict[str, bool] = {"interactive_logging": True, "traceback_filtering": True}
_limits: dict[str, int | None] = {}


def enable_interactive_logging() -> None:
    """Writes progress and messages to the terminal or notebook."""
    _flags["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Sends progress and messages to Python's logging, as "runtime": for programs without a screen."""
    _flags["interactive_logging"] = False


def is_interactive_logging_enabled() -> bool:
    """True if progress and messages are written to the terminal or notebook."""
    return _flags["interactive_logging"]


def enable_traceback_filtering() -> None:
    """Leaves the lines of this package out of the tracebacks of `fit`, `evaluate` and `predict`."""
    _flags["traceback_filtering"] = True


def disable_traceback_filtering() -> None:
    """Shows tracebacks whole."""
    _flags["traceback_filtering"] = False


def is_traceback_filtering_enabled() -> bool:
    """True if tracebacks are shortened."""
    return _flags["traceback_filtering"]


def enable_flash_attention() -> None:
    """Lets torch choose flash attention where a card has it; so it is from the beginning."""
    _flags.pop("flash_attention", None)
    torch.backends.cuda.enable_flash_sdp(True)


def disable_flash_attention() -> None:
    """Keeps torch from choosing flash attention."""
    _flags["flash_attention"] = False
    torch.backends.cuda.enable_flash_sdp(False)


def is_flash_attention_enabled() -> bool | None:
    """False if flash attention is disabled; None if torch chooses."""
    return _flags.get("flash_attention")


def forget_switches() -> None:
    """Sets all switches as they are in a new program; limits stay."""
    _flags.clear()
    _flags.update(interactive_logging=True, traceback_filtering=True)
    torch.backends.cuda.enable_flash_sdp(True)


def max_epochs() -> int | None:
    """How many epochs `fit` runs at most; None for no limit.

    The environment variable KERAS_MAX_EPOCHS sets it from outside of the program.
    """
    return _limit("max_epochs")


def set_max_epochs(max_epochs: int | None) -> None:
    """Limits every `fit`, to try a program out quickly.

    Args:
        max_epochs: How many epochs at most; None for no limit.
    """
    _limits["max_epochs"] = _checked("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """How many batches `fit`, `evaluate` and `predict` take at most in an epoch; None for no limit.

    The environment variable KERAS_MAX_STEPS_PER_EPOCH sets it from outside of the program.
    """
    return _limit("max_steps_per_epoch")


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits every epoch, to try a program out quickly.

    Args:
        max_steps_per_epoch: How many batches at most; None for no limit.
    """
    _limits["max_steps_per_epoch"] = _checked("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str) -> int | None:
    if name not in _limits:
        given = os.environ.get(f"KERAS_{name.upper()}", "")
        _limits[name] = int(given) if given.isdigit() and int(given) else None
    return _limits[name]


def _checked(name: str, value: int | None) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ParameterError(
        f"set_{name} got {value!r}.",
        parameter=name,
        received=value,
        hint="Give a whole number of at least 1, or None for no limit.",
    )
