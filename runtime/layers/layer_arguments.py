"""The arguments every layer takes: a name, and nothing it does not know."""

from typing import Any

from runtime.errors import ParameterError, did_you_mean
from runtime.layers.spec import layer_spec
from runtime.naming import auto_name


def checked_name(name: Any, cls: type) -> str:
    """The name given to a layer, or one made from its class.

    Raises:
        ParameterError: It is no text.
    """
    if name is None:
        return auto_name(getattr(cls, "_class_in_files", "") or cls.__name__)
    if not isinstance(name, str) or not name:
        raise ParameterError(
            f"{cls.__name__}(name=…) got {name!r}, but a name is a text such as 'hidden'.",
            parameter="name",
            received=name,
        )
    return name


def refuse_arguments(layer: Any, unknown: dict[str, Any]) -> None:
    """Says that a layer has not the first of these arguments, and which may have been meant.

    Raises:
        ParameterError: Always.
    """
    name = next(iter(unknown))
    known = [param.name for param in layer_spec(type(layer)).params]
    close = did_you_mean(name, [*known, "name", "trainable", "dtype", "activity_regularizer"])
    raise ParameterError(
        f"{type(layer).__name__} has no argument {name!r}.",
        parameter=name,
        received=unknown[name],
        hint=f"Did you mean {close[0]!r}?" if close else f"It takes {', '.join(known) or 'none'}.",
    )
