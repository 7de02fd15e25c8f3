"""Lists and dicts of layers that an attribute holds: their layers belong to the owner like any other."""

from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex

from torch import nn

Adopt = Callable[[Any], None]


class TrackedList(list[Any]):
    """A list that tells its owner of every layer put into it."""

    def __init__(self, items: Iterable[Any], adopt: Adopt) -> None:
        super().__init__()
        self._adopt = adopt
        self.extend(items)

    def append(self, item: Any) -> None:
        """Adds an item at the end."""
        super().append(taken(item, self._adopt))

    def extend(self, items: Iterable[Any]) -> None:
        """Adds several items at the end."""
        for item in items:
            self.append(item)

    def insert(self, index: SupportsIndex, item: Any) -> None:
        """Adds an item before a place."""
        super().insert(index, taken(item, self._adopt))

    def __setitem__(self, index: Any, item: Any) -> None:
        several = isinstance(index, slice)
        item = [taken(one, self._adopt) for one in item] if several else taken(item, self._adopt)
        super().__setitem__(index, item)

    def __iadd__(self, items: Iterable[Any]) -> "TrackedList":  # type: ignore[override]
        self.extend(items)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # The owner's copy tracks its lists anew; the plain items are what is copied.
        return (list, (list(self),))


class TrackedDict(dict[Any, Any]):
    """A dict that tells its owner of every layer put into it."""

    def __init__(self, items: dict[Any, Any], adopt: Adopt) -> None:
        super().__init__()
        self._adopt = adopt
        self.update(items)

    def __setitem__(self, key: Any, item: Any) -> None:
        super().__setitem__(key, taken(item, self._adopt))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The item of a key, which is the default if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, items: dict[Any, Any]) -> None:  # type: ignore[override]
        """Sets several items."""
        for key, item in items.items():
            self[key] = item

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))


def tracked(value: Any, adopt: Adopt) -> Any:
    """The value itself, or a tracking copy of a plain list or dict that holds layers or may get some."""
    if type(value) is list and (not value or any(map(_may_hold_layers, value))):
        return TrackedList(value, adopt)
    if type(value) is dict and (not value or any(map(_may_hold_layers, value.values()))):
        return TrackedDict(value, adopt)
    return value


def taken(item: Any, adopt: Adopt) -> Any:
    """An item as a list or dict keeps it: known to the owner, and lists in lists tracked like those."""
    if isinstance(item, tuple):
        adopt_all(item, adopt)
        return item
    adopt(item)
    return tracked(item, adopt)


def adopt_all(items: tuple[Any, ...], adopt: Adopt) -> None:
    """Tells the owner of the layers in a tuple, and in lists, tuples and dicts inside of it."""
    for item in items:
        if isinstance(item, nn.Module):
            adopt(item)
        elif isinstance(item, list | tuple):
            adopt_all(tuple(item), adopt)
        elif isinstance(item, dict):
            adopt_all(tuple(item.values()), adopt)


def _may_hold_layers(item: Any) -> bool:
    if isinstance(item, tuple):
        return any(map(_may_hold_layers, item))
    return isinstance(item, nn.Module | list | dict)
