"""Callbacks of a document as the objects they name, and what a form has to know of them."""

from functools import lru_cache
from typing import Any

from graph_compiler.class_arguments import check_arguments, class_params
from graph_compiler.document import Configured, GraphDocument
from runtime.callbacks import Callback, registry
from runtime.errors import LayerloomError

MONITOR = "monitor"
"""What callbacks call the argument that names the number they watch."""


def make_callbacks(document: GraphDocument) -> list[Callback]:
    """New callbacks of a design, in order.

    Raises:
        UnknownNameError: There is no callback of a name.
        ParameterError: One cannot have its arguments.
    """
    return [make_callback(settings) for settings in document.training.callbacks]


def make_callback(settings: Configured) -> Callback:
    """A new callback.

    Args:
        settings: Its name and arguments.

    Raises:
        UnknownNameError: There is none of that name.
        ParameterError: It cannot have these arguments.
    """
    cls: Any = registry.lookup(settings.name)
    check_arguments(cls, settings.params, cls.__name__)
    return cls(**settings.params)


def callback_problem(settings: Configured) -> LayerloomError | None:
    """Why there is no such callback, or None; one seen before is not made again."""
    return _problem(settings.model_dump_json())


@lru_cache(256)
def _problem(settings: str) -> LayerloomError | None:
    try:
        make_callback(Configured.model_validate_json(settings))
    except LayerloomError as error:
        return error.with_traceback(None)
    return None


def watched_by(settings: Configured) -> str:
    """The number of the logs that a callback watches; empty for one that watches none, or is unknown."""
    if settings.name not in registry:
        return ""
    cls: Any = registry.lookup(settings.name)
    default = next((param.default for param in class_params(cls) if param.name == MONITOR), "")
    return str(settings.params.get(MONITOR, default))
