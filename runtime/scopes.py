"""`name_scope`: a part of a program whose weights have a name in front of their own."""

from typing import Any

from runtime.errors import ParameterError
from runtime.layers.context import context


class name_scope:  # noqa: N801
    """Puts a name before the paths of the weights that are made inside.

    Args:
        name: The name, without a slash.
        caller: Who opens the scope; for the same caller and name, one inside the other counts once.
        deduplicate: False lets it count twice.
        override_parent: A path to stand in place of the scopes around.
    """

    def __init__(
        self, name: str, caller: Any = None, deduplicate: bool = True, override_parent: str | None = None
    ) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ParameterError(
                f"name_scope got {name!r}.",
                parameter="name",
                received=name,
                hint="Give a name without a slash; scopes inside of one another make paths.",
            )
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override_parent = override_parent
        self._before: list[str] = []

    def __enter__(self) -> "name_scope":
        self._before = list(context.scope)
        last = _open[-1] if _open else None
        _open.append(self)
        if self.override_parent is not None:
            context.scope[:] = [part for part in self.override_parent.split("/") if part]
        repeated = last is not None and self.caller is not None and last.caller is self.caller
        if not (self.deduplicate and repeated and last is not None and last.name == self.name):
            context.scope.append(self.name)
        return self

    def __exit__(self, *_: object) -> None:
        _open.pop()
        context.scope[:] = self._before


_open: list[name_scope] = []
