"""Names of functions and classes: the allow-list from which every name in a file is resolved."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, cast, overload

from runtime.configurable import Configurable, to_json
from runtime.errors import FileFormatError, ParameterError, UnknownNameError, did_you_mean

T = TypeVar("T")
Entry = TypeVar("Entry", bound=Callable[..., Any])

custom_objects: dict[str, Any] = {}
"""Functions and classes a program registered for itself, by name and by "package>name"."""


def get_registered_object(name: str, extra: Mapping[str, Any] | None = None) -> Any:
    """What a name in a file stands for among the objects of the program; None if it is not known.

    Args:
        name: The name, with or without its package.
        extra: Further objects by name; they come first.
    """
    short = name.rpartition(">")[2]
    for known in (extra or {}, custom_objects):
        if name in known:
            return known[name]
        if short in known:
            return known[short]
    return None


def snake_case(name: str) -> str:
    """`MaxPooling2D` → `max_pooling2d`, as Keras names layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Registry(Generic[T]):
    """All functions and classes of one family, found by name, alias or config.

    Args:
        kind: The family in words, for error messages: "activation".
        module: The module under which Keras writes members of the family to files.
    """

    def __init__(self, kind: str, module: str) -> None:
        self.kind = kind
        self.module = module
        self._entries: dict[str, Callable[..., Any]] = {}
        self._by_name: dict[str, Callable[..., Any]] = {}
        self._former: dict[str, str] = {}

    @overload
    def register(self, entry: Entry) -> Entry: ...
    @overload
    def register(
        self, *, aliases: Iterable[str] = (), former: Iterable[str] = (), listed: bool = True
    ) -> Callable[[Entry], Entry]: ...

    def register(
        self,
        entry: Any = None,
        *,
        aliases: Iterable[str] = (),
        former: Iterable[str] = (),
        listed: bool = True,
    ) -> Any:
        """Adds a function or class under its own name, its snake_case name and the aliases given.

        Args:
            entry: The function or class.
            aliases: Further names.
            former: Further names that Keras 3 does not know any more: files have the own name instead.
            listed: False for one that is found by its name, but offered nowhere.
        """

        def add(entry: Any) -> Any:
            self._former.update((name, entry.__name__) for name in former)
            return self._add(entry, (*aliases, *former), listed)

        return add if entry is None else add(entry)

    def _add(self, entry: Any, aliases: Iterable[str], listed: bool) -> Any:
        name = entry.__name__
        if listed:
            self._entries[name] = entry
        self._by_name[name] = entry
        for alias in (snake_case(name), *aliases):
            # A function and a class may share a snake_case name; a name of one's own comes first.
            self._by_name.setdefault(alias, entry)
        if isinstance(entry, type) and issubclass(entry, Configurable) and "_module" not in vars(entry):
            entry._module = self.module
        return entry

    def name_in_files(self, value: Any) -> Any:
        """A name that Keras 3 has given up becomes the one it has now; anything else stays as it is."""
        return self._former.get(value, value) if isinstance(value, str) else value

    def is_unlisted(self, name: str) -> bool:
        """True for the name of a member that is offered nowhere, since no Keras has it."""
        found = self._by_name.get(name)
        return found is not None and found.__name__ not in self._entries

    def names(self) -> tuple[str, ...]:
        """Own names of all members, in order of registration."""
        return tuple(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def lookup(self, name: str) -> Callable[..., Any]:
        """The function or class of that name or alias.

        Raises:
            UnknownNameError: There is none; close names are suggested.
        """
        found = self._by_name.get(name) or custom_objects.get(name)
        if found is None:
            close = did_you_mean(name, self._entries)
            raise UnknownNameError(self.kind, name, self._entries if close else self._known(name))
        return found

    def _known(self, name: str) -> Iterable[str]:
        """The other names, if one of them is close: "mse" for "mes"."""
        return self._by_name if did_you_mean(name, self._by_name) or not self._entries else self._entries

    def get(self, identifier: Any) -> Any:
        """Makes the member that a name, class, config or object stands for; None stays None.

        Raises:
            UnknownNameError: A name that stands for nothing.
            ParameterError: Something that is no name, config, function or object.
        """
        if identifier is None:
            return None
        if isinstance(identifier, str):
            found = self.lookup(identifier)
            return found() if isinstance(found, type) else found
        if isinstance(identifier, dict):
            return self.deserialize(cast(dict[str, Any], identifier))
        if isinstance(identifier, type):
            return identifier()
        if callable(identifier):
            return identifier
        raise ParameterError(
            f"{identifier!r} is no {self.kind}.",
            received=identifier,
            hint=f"Give a name such as {self.names()[0]!r}, a function or an object.",
        )

    def serialize(self, member: Any) -> Any:
        """Name or config by which `get` finds the member again."""
        return to_json(member)

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """Makes a member from a config as Keras writes it; nothing outside the registry is ever reached.

        Args:
            config: A name, or a dict with "class_name" and "config".
            custom_objects: Further classes and functions by name, trusted by the caller.
        """
        if not isinstance(config, dict):
            if isinstance(config, str) and custom_objects and config in custom_objects:
                return custom_objects[config]
            return self.get(config)
        name = config.get("class_name")
        arguments = config.get("config", {})
        if name == "function" and isinstance(arguments, str):
            return self.deserialize(arguments, custom_objects)
        if not isinstance(name, str) or not isinstance(arguments, dict | type(None)):
            raise FileFormatError(
                f"The config of a {self.kind} has no class_name and config: {str(config)[:200]}.",
                hint='It looks like {"class_name": "Name", "config": {...}}.',
            )
        name = name.rpartition(">")[2]
        entry = (custom_objects or {}).get(name) or self.lookup(name)
        if not isinstance(entry, type):
            return entry
        make = cast(type[Configurable], entry).from_config
        if custom_objects and "custom_objects" in inspect.signature(make).parameters:
            return make(dict(arguments or {}), custom_objects=custom_objects)  # type: ignore[call-arg]
        return make(dict(arguments or {}))
