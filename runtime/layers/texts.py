"""Layers that work on texts, which no tensor can hold: they prepare data, outside of a model."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from runtime.errors import DataError, DTypeError, GraphError
from runtime.layers.base import Layer
from runtime.symbolic import find_symbolic
from runtime.types import TEXT

Array = npt.NDArray[Any]


class TextLayer(Layer):
    """Base of layers that are called on texts: a list, nested lists or an array of them.

    Their `call` says it takes a tensor, which is what makes an argument a port.
    """

    takes_texts = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the layer on the texts as they are; there is nothing to convert or to build."""
        kwargs.pop("training", None)
        return self.call(*args, **kwargs)

    def _call_symbolic(self, arguments: dict[str, Any]) -> Any:
        if getattr(self, "invert", False):
            raise GraphError(
                f"{self.label} cannot be part of a model: texts are no tensors.",
                hint="Call it on what the model gives out.",
            )
        if any(tensor.dtype != TEXT for tensor in find_symbolic(arguments)):
            raise GraphError(
                f"{self.label} turns texts into numbers, but gets numbers.",
                hint='Give the model an Input of dtype="string".',
            )
        return super()._call_symbolic(arguments)


def as_texts(values: Any, label: str, encoding: str = "utf-8") -> Array:
    """Texts, bytes, lists or arrays of them as one array of Python texts.

    Raises:
        DataError: Lists of different lengths.
        DTypeError: Something is no text.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise DataError(
            f"{label} got lists of different lengths.",
            hint="Fill the short ones up, for example with ''.",
        ) from error
    if array.dtype.kind not in "USO" and array.size:
        raise DTypeError(
            f"{label} wants texts, but gets {array.dtype} numbers.",
            port="inputs",
            hint="For numbers there is IntegerLookup.",
        )
    flat = [_as_text(item, label, encoding) for item in array.reshape(-1).tolist()]
    texts = np.empty(len(flat), dtype=object)
    texts[:] = flat
    return texts.reshape(array.shape)


def _as_text(item: Any, label: str, encoding: str) -> str:
    if isinstance(item, bytes):
        return item.decode(encoding, errors="replace")
    if not isinstance(item, str):
        raise DTypeError(f"{label} wants texts, but gets {item!r} among them.", port="inputs")
    return item


def is_text(values: Any) -> bool:
    """True for a text, or lists or an array of texts."""
    while isinstance(values, list | tuple) and values:
        values = values[0]
    kind = values.dtype.kind if isinstance(values, np.ndarray) else ""
    return isinstance(values, str | bytes) or kind in ("U", "S", "O")


def is_list_of_texts(values: Any) -> bool:
    """True for texts in lists, nested or not, with no arrays among them."""
    inner = values
    while isinstance(inner, list | tuple) and inner:
        inner = inner[0]
    return isinstance(values, list | tuple) and isinstance(inner, str | bytes)


def as_whole_numbers(values: Any) -> Array:
    """Numbers of any kind as an array of whole ones."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    return np.asarray(values).astype("int64")


def map_tokens(tokens: Array, function: Callable[[Any], int]) -> Array:
    """A number for each token, found once for equal ones."""
    found: dict[Any, int] = {}
    for token in tokens.reshape(-1).tolist():
        if token not in found:
            found[token] = function(token)
    numbers = [found[token] for token in tokens.reshape(-1).tolist()]
    return np.array(numbers, dtype="int64").reshape(tokens.shape)
