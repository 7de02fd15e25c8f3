"""Reads the arguments with which a config calls a layer: the forms of Keras 2 and Keras 3."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.errors import FileFormatError, RefusedError

_ARRAYS = ("__tensor__", "__numpy__")
_DTYPES = {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"}


@dataclass(frozen=True)
class Reference:
    """A tensor named by where it comes from.

    Args:
        layer: Name of the layer.
        call: Which of its calls.
        output: Which output of that call.
    """

    layer: str
    call: int
    output: int


@dataclass(frozen=True)
class Call:
    """One call of a layer, with references where tensors will be.

    Args:
        args: Arguments by place.
        kwargs: Arguments by name.
        references: All references among them.
        old_form: True if Keras 2 wrote it.
    """

    args: list[Any]
    kwargs: dict[str, Any]
    references: list[Reference]
    old_form: bool = False


def read_call(node: Any) -> Call:
    """Reads one entry of "inbound_nodes".

    Args:
        node: {"args": […], "kwargs": {…}} of Keras 3, or the list of Keras 2, with one entry
            [layer, call, output, kwargs] for each tensor.

    Raises:
        FileFormatError: It is neither.
    """
    if isinstance(node, dict):
        args, kwargs = node.get("args"), node.get("kwargs")
        if not isinstance(args, list | tuple) or not isinstance(kwargs, dict):
            raise FileFormatError(f"a call has no args and kwargs: {str(node)[:100]}.")
        values = [_value(item) for item in args]
        named = {str(key): _value(item) for key, item in kwargs.items()}
    elif isinstance(node, list):
        values, named = _read_old_call(node)
    else:
        raise FileFormatError(f"a call is a {type(node).__name__}, neither a dict nor a list.")
    return Call(values, named, references([values, named]), old_form=isinstance(node, list))


def reference(value: Any) -> Reference | None:
    """The reference in [layer, call, output], also with kwargs behind; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) not in (3, 4):
        return None
    layer, call, output = value[:3]
    if not isinstance(layer, str) or not _is_place(call) or not _is_place(output):
        return None
    return Reference(layer, call, output)


def _read_old_call(node: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """A call as Keras 2 wrote it; a single tensor may stand without the outer list."""
    single = reference(node) is not None or _is_constant(node)
    entries = [node] if single else node
    tensors: list[Any] = []
    named: dict[str, Any] = {}
    for entry in entries:
        found = _old_value(entry)
        if found is entry:
            raise FileFormatError(f"a call has {str(entry)[:100]} in place of [layer, call, output].")
        tensors.append(found)
        if len(entry) == 4 and isinstance(entry[3], dict):
            named |= {str(key): _old_value(item) for key, item in entry[3].items()}
    return [tensors[0] if len(tensors) == 1 else tensors], named


def _old_value(value: Any) -> Any:
    if _is_constant(value):
        return _array(value[2], "float32") if isinstance(value[2], list) else value[2]
    found = reference(value)
    if found is not None:
        return found
    if isinstance(value, list) and any(reference(item) for item in value):
        return [_old_value(item) for item in value]
    return value


def _is_constant(value: Any) -> bool:
    return isinstance(value, list) and len(value) >= 3 and value[0] == "_CONSTANT_VALUE"


def _value(value: Any) -> Any:
    """An argument as Keras 3 wrote it."""
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind is None:
        return {str(key): _value(item) for key, item in value.items()}
    if kind == "__keras_tensor__" and isinstance(config, dict):
        found = reference(config.get("keras_history"))
        if found is not None:
            return found
    elif kind == "__slice__" and isinstance(config, dict):
        return _slice(config)
    elif kind == "__ellipsis__":
        return ...
    elif kind in _ARRAYS and isinstance(config, dict):
        return _array(config.get("value"), config.get("dtype"))
    raise RefusedError(
        f"a call has an argument of the kind '{str(kind)[:100]}', which is not read from files.",
        what=str(kind),
    )


def _slice(config: dict[str, Any]) -> slice:
    ends = [config.get(name) for name in ("start", "stop", "step")]
    if not all(end is None or _is_place(end) for end in ends):
        raise FileFormatError(f"a slice has the ends {str(ends)[:100]}.")
    return slice(*ends)


def _array(value: Any, dtype: Any) -> Any:
    if dtype not in _DTYPES:
        raise FileFormatError(f"a constant has the dtype {str(dtype)[:40]!r}.")
    return np.array(value, dtype=dtype)


def references(value: Any) -> list[Reference]:
    """All references in nested lists and dicts, in order."""
    if isinstance(value, Reference):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    return []


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
