"""Makes `preprocess_input` of one family of models."""

from collections.abc import Callable
from typing import Any

from runtime.applications.imagenet_utils import Layout, Mode, preprocess_input


def preprocessing(mode: Mode | None, text: str) -> Callable[..., Any]:
    """The `preprocess_input` of a family.

    Args:
        mode: The range its models were trained on; None if they bring pixels into it themselves.
        text: What it does, in a line.
    """

    def prepare(x: Any, data_format: Layout | None = None) -> Any:
        return x if mode is None else preprocess_input(x, data_format, mode)

    prepare.__name__ = prepare.__qualname__ = "preprocess_input"
    prepare.__doc__ = f"""{text}

    Args:
        x: Pixels of 0-255, red first: one image or a batch, an array or a tensor. It stays as it is.
        data_format: Where the channels are, "channels_last" by default.

    Returns:
        An array or a tensor, as what was given.
    """
    return prepare
