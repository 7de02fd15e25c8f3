"""Translates the arguments of layers that older and newer versions of Keras wrote."""

from typing import Any

from runtime.configurable import constructor_parameters, constructor_signature
from runtime.errors import FileFormatError, did_you_mean

_OF_ALL_LAYERS = frozenset(
    {
        "activity_regularizer",
        "autocast",
        "batch_input_shape",
        "batch_size",
        "dtype",
        "input_dim",
        "input_length",
        "input_shape",
        "name",
        "trainable",
    }
)

_WITHOUT_EFFECT = frozenset(
    {
        # Which of several equal computations Keras 2 chose.
        "implementation",
        # Shapes that Keras 2 wrote beside the arguments; they are found again when the layer is called.
        "key_shape",
        "query_shape",
        "value_shape",
        # How Keras 2 made random numbers.
        "rng_type",
        # Start values, which the saved weights replace, of kernels that are called otherwise since Keras 3.
        "kernel_initializer",
        # Written by Keras 2 for each layer; tensors are dense here.
        "ragged",
        "sparse",
    }
)


def known_arguments(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """The arguments that a layer class has, out of a config of any version.

    A class may name older arguments in `_former_arguments`: old name → new name, or None where it has no
    effect any more; and in `_arguments_in_files` those that only files have. Arguments that are not known
    are dropped when their value says "nothing special".

    Raises:
        FileFormatError: An argument that is not known and means something.
    """
    known = _parameters(cls) | set(getattr(cls, "_arguments_in_files", ()))
    former: dict[str, str | None] = getattr(cls, "_former_arguments", {})
    arguments: dict[str, Any] = {}
    for key, value in config.items():
        name = former.get(key, key) if key not in known else key
        if name in known or name in _OF_ALL_LAYERS:
            arguments[name] = value
        elif name is not None and key not in _WITHOUT_EFFECT and not _says_nothing(value):
            close = did_you_mean(key, known)
            raise FileFormatError(
                f"its argument '{str(key)[:100]}' is not known here; it has the value {str(value)[:100]!r}.",
                hint=f"Did you mean '{close[0]}'?" if close else "",
            )
    if isinstance(policy := arguments.get("dtype"), dict):
        arguments["dtype"] = _dtype_of(policy)
    return arguments


def _parameters(cls: type) -> set[str]:
    """Parameters of a constructor, and of those it hands further arguments on to."""
    names: set[str] = set()
    for base in cls.__mro__:
        if "__init__" in vars(base):
            names |= set(constructor_parameters(base))
            if "kwargs" not in constructor_signature(base).parameters:
                break
    return names


def _says_nothing(value: Any) -> bool:
    """True for what a constructor would have by default: off, none, empty, one group, automatic."""
    if isinstance(value, bool):
        return not value
    return value is None or value in (0, 1, "auto", "", [], {})


def _dtype_of(policy: dict[str, Any]) -> Any:
    """Name of the dtype in a policy as Keras writes it."""
    config = policy.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    if not isinstance(name, str):
        raise FileFormatError(f"its dtype is {str(policy)[:100]}, which names none.")
    return name
