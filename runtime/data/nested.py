"""Data in lists, tuples and dicts: taken apart into a flat list, and put together again."""

from collections.abc import Callable
from typing import Any

Packer = Callable[[Any], Any]


def flatten(value: Any) -> list[Any]:
    """The leaves of nested lists, tuples and dicts, in order; None is no leaf.

    As in Keras, the items of a dict are in the order of their names.
    """
    if value is None:
        return []
    if isinstance(value, dict):
        return [leaf for name in sorted(value, key=str) for leaf in flatten(value[name])]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flatten(item)]
    return [value]


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with a function applied to each leaf."""
    if value is None:
        return None
    if isinstance(value, dict):
        return {name: map_leaves(function, item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_leaves(function, item) for item in value]
    return function(value)


def packer(template: Any, start: int = 0) -> tuple[Packer, int]:
    """A function that puts a flat list together in the structure of a template.

    Args:
        template: A nested structure.
        start: Place of its first leaf in the flat list.

    Returns:
        The function, and the place behind the last leaf.
    """
    if template is None:
        return _nothing, start
    if isinstance(template, dict):
        parts: dict[Any, Packer] = dict.fromkeys(template, _nothing)
        for name in sorted(template, key=str):
            parts[name], start = packer(template[name], start)
        return lambda flat: {name: part(flat) for name, part in parts.items()}, start
    if isinstance(template, list | tuple):
        first, items = start, []
        kind = tuple if isinstance(template, tuple) else list
        for item in template:
            part, start = packer(item, start)
            items.append(part)
        if start - first == len(template) and not any(isinstance(x, list | tuple | dict) for x in template):
            end = start
            return lambda flat: kind(flat[first:end]), start
        return lambda flat: kind(part(flat) for part in items), start
    return lambda flat: flat[start], start + 1


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Input, target and sample weight of what a data set gives: x, (x,), (x, y) or (x, y, weight)."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        return data, None, None
    x, y, weight = (*data, None, None)[:3]
    return x, y, weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """The inverse of `unpack_x_y_sample_weight`: a tuple without what is missing at its end."""
    if y is None:
        return (x,) if isinstance(x, list | tuple) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def _nothing(_: Any) -> None:
    return None
