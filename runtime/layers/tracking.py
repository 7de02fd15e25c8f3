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
        self._adopt(item)
        super().append(item)

    def extend(self, items: Iterable[Any]) -> None:
        """Adds several items at the end."""
        for item in items:
            self.append(item)

    def insert(self, index: SupportsIndex, item: Any) -> None:
        """Adds an item before a place."""
        self._adopt(item)
        super().insert(index, item)

    def __setitem__(self, index: Any, item: Any) -> None:
        self._adopt(item)
        super().__setitem__(index, item)

    def __iadd__(self, items: Iterable[Any]) -> "TrackedList":  # type: ignore[override]
        self.extend(items)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy of the owner tracks its own lists anew; the plain items are what is copied.
        return (list, (list(self),))


class TrackedDict(dict[Any, Any]):
    """A dict that tells its owner of every layer put into it."""

    def __init__(self, items: dict[Any, Any], adopt: Adopt) -> None:
        super().__init__()
        self._adopt = adopt
        self.update(items)

    def __setitem__(self, key: Any, item: Any) -> None:
        self._adopt(item)
        super().__setitem__(key, item)

    def update(self, items: dict[Any, Any]) -> None:  # type: ignore[override]
        """Sets several items."""
        for key, item in items.items():
            self[key] = item

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))


def tracked(value: Any, adopt: Adopt) -> Any:
    """The value itself, or a tracking copy of a plain list or dict that could hold layers."""
    if type(value) is list and all(_could_be_layers(item) for item in value):
        return TrackedList(value, adopt)
    if type(value) is dict and all(_could_be_layers(item) for item in value.values()):
        return TrackedDict(value, adopt)
    return value


def _could_be_layers(item: Any) -> bool:
    return isinstance(item, nn.Module | list | dict)
