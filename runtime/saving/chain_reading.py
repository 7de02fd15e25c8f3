"""Reads the layers of a sequential model from its config, as Keras 2 or Keras 3 wrote it."""

from typing import Any

from runtime.errors import FileFormatError
from runtime.layers import Layer
from runtime.saving.reading import Reading, read_layer
from runtime.types import Shape


def read_chain(config: Any, reading: Reading) -> tuple[list[Layer], Shape | None]:
    """Makes the layers of a sequential model.

    Args:
        config: {"layers": [...]}, or the bare list of the first Keras 2.
        reading: The file it stands in.

    Returns:
        The layers, and the shape the model was built for, if the config says it.

    Raises:
        FileFormatError: The config is wrong.
        RefusedError: A layer that is not made from files.
    """
    entries = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(entries, list):
        raise FileFormatError("the config of a sequential model has no list of layers.")
    shape = config.get("build_input_shape") if isinstance(config, dict) else None
    layers = [read_layer(entry, reading) for entry in entries]
    return layers, tuple(shape) if shape is not None and _is_shape(shape) else None


def _is_shape(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(size is None or (isinstance(size, int) and size > 0) for size in value)
    )
