"""What the real Keras computes with a layer, where it and we say different things of it.

Keras accepts much in a model that fails, or comes out in another shape, as soon as data go through it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import keras
import numpy as np

from runtime.types import Shape

BATCH = 2
FREE = (6, 24)
"""Sizes of axes that a design leaves open, unless a size that is known elsewhere is the one that goes."""


def computed(call: Callable[..., Any], tensors: list[Any]) -> list[tuple[Shape, str]] | str:
    """Shapes and dtypes of what a layer computes, or what Keras says instead.

    Args:
        call: Makes the layer and calls it; takes what becomes of each tensor, and whether it trains.
        tensors: The symbolic tensors that go in, for the sizes that may stand for unknown ones.
    """
    said = ""
    whole = any("int" in str(tensor.dtype) for tensor in tensors)
    for size, measured in product(_sizes(tensors), (False, True) if whole else (False,)):
        try:
            as_input = partial(_array, size=size, measured=measured)
            results = [call(as_input, training=training) for training in (True, False)]
        except Exception as error:
            said = said or f"{type(error).__name__}: {error}"
            continue
        return shapes_and_dtypes(results[-1])
    return said


def shapes_and_dtypes(result: Any) -> list[tuple[Shape, str]]:
    """Of all tensors that came out of a layer, symbolic or with numbers."""
    tensors = [item for item in keras.tree.flatten(result) if item is not None]
    return [(tuple(item.shape), keras.backend.standardize_dtype(item.dtype)) for item in tensors]


def _sizes(tensors: list[Any]) -> Iterator[int]:
    """What unknown sizes may be: some that are large enough, then each of those that are known."""
    known = {size for tensor in tensors for size in tensor.shape[1:] if size}
    if any(None in tensor.shape[1:] for tensor in tensors):
        yield from (*FREE, *sorted(known.difference(FREE)))
    else:
        yield FREE[0]


def _array(tensor: Any, size: int, measured: bool) -> Any:
    """Numbers of a shape; measurements instead of whole ones where torch computes nothing with these."""
    shape = [BATCH, *(size if one is None else one for one in tensor.shape[1:])]
    dtype = str(tensor.dtype)
    if "int" in dtype and measured:
        dtype = "float32"
    if dtype == "bool" or "int" in dtype:
        return keras.ops.convert_to_tensor(np.zeros(shape, dtype=dtype))
    return keras.ops.convert_to_tensor(np.random.default_rng(0).random(shape).astype(dtype))
