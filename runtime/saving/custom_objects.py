"""Classes and functions a program makes known, so that files may name them."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from runtime.errors import ParameterError
from runtime.registries import custom_objects, get_registered_object

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
]

Entry = TypeVar("Entry", bound=Callable[..., Any])


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Entry], Entry]:
    """Decorator that lets files name a class or function of your own.

    Args:
        package: Goes before the name in files: "package>name".
        name: The name in files, its own by default.

    Raises:
        ParameterError: It is a class without `get_config`.
    """

    def register(entry: Entry) -> Entry:
        known = name or entry.__name__
        if isinstance(entry, type) and not hasattr(entry, "get_config"):
            raise ParameterError(
                f"The class {known} has no get_config, so it cannot be written to a file.",
                received=entry,
                hint="Derive it from a Layer, Loss, Metric, …, or write get_config().",
            )
        full = f"{package}>{known}"
        custom_objects[full] = custom_objects[known] = entry
        entry._registered_name = full  # type: ignore[attr-defined]
        return cast(Entry, entry)

    return register


def get_custom_objects() -> dict[str, Any]:
    """All that was registered, by name; what is put in here may be named by files too."""
    return custom_objects


def get_registered_name(entry: Any) -> str:
    """The name a class or function has in files."""
    own = vars(entry) if hasattr(entry, "__dict__") else {}
    return own.get("_registered_name") or entry.__name__


@contextmanager
def custom_object_scope(*objects: Mapping[str, Any]) -> Generator[None]:
    """Inside this block, files may name these objects.

    Args:
        *objects: Dicts of name → class or function.
    """
    before = dict(custom_objects)
    for named in objects:
        custom_objects.update(named)
    try:
        yield
    finally:
        custom_objects.clear()
        custom_objects.update(before)


CustomObjectScope = custom_object_scope
