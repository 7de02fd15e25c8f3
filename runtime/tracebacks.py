"""Tracebacks that show a user's own lines, not those of this package."""

import functools
import os
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

from runtime.switches import is_traceback_filtering_enabled

Given = ParamSpec("Given")
Result = TypeVar("Result")

_OURS = (
    os.path.dirname(os.path.abspath(__file__)) + os.sep,
    f"{os.sep}torch{os.sep}",
    "<program>",
)


def shortens_traceback(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorator of functions whose errors show no lines of this package, unless the program wants them.

    Args:
        function: The function.
    """

    @functools.wraps(function)
    def shortened(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not is_traceback_filtering_enabled():
                raise
            raise error.with_traceback(_without_ours(error.__traceback__)) from error.__cause__

    return shortened


def _without_ours(whole: TracebackType | None) -> TracebackType | None:
    frames: list[TracebackType] = []
    while whole is not None:
        frames.append(whole)
        whole = whole.tb_next
    kept: TracebackType | None = None
    for frame in reversed(frames):
        name = frame.tb_frame.f_code.co_filename
        if not any(part in name for part in _OURS):
            kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept
