"""What a file says that Keras would not understand: told when it is written, not when it is lost."""

import warnings
from collections.abc import Iterator
from typing import Any

from runtime.layers.parameters import find_registry


def warn_of_losses(config: Any, *, whole_h5: bool) -> None:
    """Warns of layers that Keras could not open from a file with this config, or would open otherwise.

    Args:
        config: The config of the model.
        whole_h5: True for `.h5` files, from which Keras 3 takes an axis only if it is one number.
    """
    for said in dict.fromkeys(_losses(config, "", whole_h5)):
        warnings.warn(said, stacklevel=5)


def _losses(value: Any, layer: str, whole_h5: bool) -> Iterator[str]:
    if isinstance(value, dict):
        inner = value.get("config")
        if "class_name" in value and isinstance(inner, dict):
            layer = str(inner.get("name", layer))
            axis = inner.get("axis")
            if whole_h5 and isinstance(axis, list) and len(axis) > 1:
                yield (
                    f"Layer '{layer}' has the axes {axis}, which Keras 3 leaves out when it opens a .h5 "
                    "file: it would compute something else. A .keras file keeps them."
                )
        for item in value.values():
            yield from _losses(item, layer, whole_h5)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _losses(item, layer, whole_h5)
    elif isinstance(value, str) and find_registry("activations").is_unlisted(value):
        yield (
            f"Layer '{layer}' uses {value}, a function that no Keras has by a name: the file can be opened "
            "here only. Give the layer another activation, if Keras is to open it."
        )
